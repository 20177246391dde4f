package io.trunkline.orders;

import io.trunkline.web.ErrorCode;
import io.trunkline.web.Problem;
import io.trunkline.web.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.http.MediaType;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvReadFeature;

/**
 * A batch as a table (RFC 4180): a line of column names, then a line for each order. It becomes what JSON would have
 * said, so that everything else is the same. An empty cell is as good as an absent field.
 */
final class BatchCsv {
    static final MediaType TYPE = MediaType.parseMediaType("text/csv");

    /** Each column's place in the order. Cells of the last three hold several values, with blanks between. */
    private static final Map<String, String> COLUMNS = new TreeMap<>(Map.ofEntries(
            Map.entry("type", "/type"),
            Map.entry("account_id", "/account_id"),
            Map.entry("template_id", "/template_id"),
            Map.entry("subscriber_id", "/subscriber/id"),
            Map.entry("first_name", "/subscriber/first_name"),
            Map.entry("last_name", "/subscriber/last_name"),
            Map.entry("email", "/subscriber/email"),
            Map.entry("employee_id", "/subscriber/employee_id"),
            Map.entry("group", "/subscriber/group"),
            Map.entry("locale", "/subscriber/locale"),
            Map.entry("delivery", "/sim_profile/delivery/type"),
            Map.entry("to", "/sim_profile/delivery/to"),
            Map.entry("cc", "/sim_profile/delivery/cc"),
            Map.entry("eid", "/sim_profile/delivery/eid"),
            Map.entry("subscription_id", "/subscription_id"),
            Map.entry("reason", "/reason"),
            Map.entry("add", "/add"),
            Map.entry("remove", "/remove"),
            Map.entry("services", "/services"),
            Map.entry("requested_at", "/requested_at")));

    private static final List<String> LISTS = List.of("to", "cc", "add", "remove");
    private static final CsvMapper MAPPER =
            CsvMapper.builder().enable(CsvReadFeature.WRAP_AS_ARRAY).build();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final List<Integer> lines = new ArrayList<>();

    /** The line on which an order begins, from 1; empty where the batch came as JSON. */
    Optional<Integer> line(int order) {
        return order < lines.size() ? Optional.of(lines.get(order)) : Optional.empty();
    }

    /**
     * Reads a table.
     *
     * @throws Refusal where it is none, or its columns are not known
     */
    JsonNode read(byte[] bytes) {
        String text = text(bytes);
        ArrayNode orders = NODES.arrayNode();
        List<String> columns = List.of();
        int line = 1;
        try (MappingIterator<String[]> rows = MAPPER.readerFor(String[].class).readValues(text)) {
            while (rows.hasNextValue()) {
                String[] cells = rows.nextValue();
                if (columns.isEmpty()) {
                    columns = columns(cells);
                } else if (!isBlank(cells)) {
                    lines.add(line);
                    orders.add(order(columns, cells, line));
                }
                // A cell in quotes may have line ends of its own.
                line += 1
                        + (int) String.join("", cells)
                                .chars()
                                .filter(c -> c == '\n')
                                .count();
            }
        } catch (JacksonException e) {
            throw refusal("line " + e.getLocation().getLineNr() + ": " + e.getOriginalMessage());
        }
        if (columns.isEmpty()) {
            throw refusal("line 1: expected the names of the columns, got nothing");
        }
        return NODES.objectNode().set("orders", orders);
    }

    private static String text(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.indexOf(BYTE_ORDER_MARK) == 0 ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw refusal("it is not in UTF-8: save it as CSV UTF-8");
        }
    }

    private static Refusal refusal(String detail) {
        return Problem.of(ErrorCode.MALFORMED_CSV, detail).refusal();
    }

    private static boolean isBlank(String[] cells) {
        return Arrays.stream(cells).allMatch(String::isBlank);
    }

    private static List<String> columns(String[] cells) {
        List<String> names = Arrays.stream(cells)
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .toList();
        if (names.size() == 1 && names.getFirst().contains(";")) {
            throw refusal("line 1: expected commas between the columns, got semicolons");
        }
        var seen = new HashSet<String>();
        var faults = new ArrayList<String>();
        for (String name : names) {
            if (!COLUMNS.containsKey(name)) {
                faults.add("there is no column \"" + name + "\"");
            } else if (!seen.add(name)) {
                faults.add("the column " + name + " is there twice");
            }
        }
        for (String needed : List.of("type", "account_id")) {
            if (!names.contains(needed)) {
                faults.add("the column " + needed + " is missing");
            }
        }
        if (!faults.isEmpty()) {
            throw refusal(
                    "line 1: " + String.join("; ", faults) + ". Columns are " + String.join(", ", COLUMNS.keySet()));
        }
        return names;
    }

    private static ObjectNode order(List<String> columns, String[] cells, int line) {
        if (cells.length > columns.size()) {
            throw refusal("line " + line + ": expected " + columns.size() + " cells as in line 1, got " + cells.length);
        }
        ObjectNode order = NODES.objectNode();
        for (int i = 0; i < cells.length; i++) {
            String cell = cells[i].strip();
            if (!cell.isEmpty()) {
                put(order, columns.get(i), cell);
            }
        }
        if (order.path("sim_profile").isObject()) {
            // There are no others.
            ((ObjectNode) order.path("sim_profile")).put("sim_type", "esim");
        }
        return order;
    }

    private static void put(ObjectNode order, String column, String cell) {
        String[] path = COLUMNS.getOrDefault(column, "").substring(1).split("/");
        ObjectNode place = order;
        for (String name : Arrays.copyOf(path, path.length - 1)) {
            place = place.withObjectProperty(name);
        }
        String last = path[path.length - 1];
        if (column.equals("services")) {
            place.set(last, services(cell));
        } else if (LISTS.contains(column)) {
            ArrayNode values = place.putArray(last);
            words(cell).forEach(values::add);
        } else {
            place.put(last, cell);
        }
    }

    private static List<String> words(String cell) {
        return List.of(cell.split("\\s+"));
    }

    /** {@code voice=on data=off}. */
    private static ArrayNode services(String cell) {
        ArrayNode services = NODES.arrayNode();
        for (String word : words(cell)) {
            String[] parts = word.split("=", 2);
            ObjectNode service = services.addObject().put("type", parts[0]);
            switch (parts.length == 2 ? parts[1] : "") {
                case "on" -> service.put("enabled", true);
                case "off" -> service.put("enabled", false);
                // Refused as the wrong kind of value, with what came.
                default -> service.put("enabled", word);
            }
        }
        return services;
    }
}
