package io.trunkline.usage;

import io.trunkline.usage.FeedLine.Read;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** How the lines of a feed are written: CSV after RFC 4180, a record a line, or a JSON object a line. */
sealed interface FeedFormat {
    /** The values of a line; empty where it is malformed. */
    Optional<Map<FeedColumn, String>> values(String line);

    /** The line that tells the columns; empty where none does. */
    Optional<String> header();

    /** Reads a line by itself. */
    default Read read(LineSource.Line line, Instant now, Instant oldest) {
        if (line.tooLong()) {
            return new Read.Bad(FeedReason.LINE_TOO_LONG, Optional.empty());
        }
        Optional<String> text = text(line.bytes());
        if (text.isEmpty()) {
            return new Read.Bad(FeedReason.BAD_ENCODING, Optional.empty());
        }
        // PostgreSQL's texts cannot hold it, and no value of a record is a control character.
        Optional<Map<FeedColumn, String>> values =
                text.filter(plain -> plain.indexOf('\0') < 0).flatMap(this::values);
        return values.map(found -> FeedValues.judge(found, now, oldest))
                .orElseGet(() -> new Read.Bad(FeedReason.MALFORMED, Optional.empty()));
    }

    /** Empty where it is no UTF-8. */
    static Optional<String> text(byte[] bytes) {
        if (isAscii(bytes)) {
            return Optional.of(new String(bytes, StandardCharsets.ISO_8859_1));
        }
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static boolean isAscii(byte[] bytes) {
        for (byte one : bytes) {
            if (one < 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Comma separated, with names in the first line.
     *
     * @param columns null where a column is none of ours
     */
    record Csv(String line, List<Optional<FeedColumn>> columns) implements FeedFormat {
        private static final Set<FeedColumn> NEEDED = EnumSet.of(
                FeedColumn.RECORD_ID,
                FeedColumn.TYPE,
                FeedColumn.DIRECTION,
                FeedColumn.STARTED_AT,
                FeedColumn.QUANTITY);
        private static final String BYTE_ORDER_MARK = "\ufeff";

        /**
         * By its first line; empty where that does not name what every record needs.
         *
         * @param names of the columns in a vendor's layout, with our name for each
         */
        static Optional<FeedFormat> of(String header, Map<String, String> names) {
            String line = header.startsWith(BYTE_ORDER_MARK) ? header.substring(1) : header;
            return split(line).flatMap(cells -> {
                var columns = new ArrayList<Optional<FeedColumn>>();
                var known = EnumSet.noneOf(FeedColumn.class);
                boolean twice = false;
                for (String cell : cells) {
                    String name = names.getOrDefault(cell.strip(), cell.strip());
                    Optional<FeedColumn> column = Optional.ofNullable(FeedColumn.BY_NAME.get(name));
                    twice |= column.isPresent() && !known.add(column.get());
                    columns.add(column);
                }
                return Optional.of((FeedFormat) new Csv(line, List.copyOf(columns)))
                        .filter(_ -> known.containsAll(NEEDED))
                        .filter(twice ? _ -> false : _ -> true);
            });
        }

        @Override
        public Optional<String> header() {
            return Optional.of(line);
        }

        @Override
        public Optional<Map<FeedColumn, String>> values(String text) {
            return split(text).filter(cells -> cells.size() == columns.size()).map(cells -> {
                var values = new EnumMap<FeedColumn, String>(FeedColumn.class);
                for (int i = 0; i < cells.size(); i++) {
                    if (columns.get(i).isPresent()) {
                        values.put(columns.get(i).get(), cells.get(i));
                    }
                }
                return values;
            });
        }

        /** Empty where quotes do not match. */
        private static Optional<List<String>> split(String text) {
            var cells = new ArrayList<String>();
            int at = 0;
            while (true) {
                if (at < text.length() && text.charAt(at) == '"') {
                    var cell = new StringBuilder();
                    at = quoted(text, at + 1, cell);
                    if (at < 0 || (at < text.length() && text.charAt(at) != ',')) {
                        return Optional.empty();
                    }
                    cells.add(cell.toString());
                } else {
                    int comma = text.indexOf(',', at);
                    int end = comma < 0 ? text.length() : comma;
                    String cell = text.substring(at, end);
                    if (cell.indexOf('"') >= 0) {
                        return Optional.empty();
                    }
                    cells.add(cell);
                    at = end;
                }
                if (at >= text.length()) {
                    return Optional.of(cells);
                }
                at++;
            }
        }

        /** The place behind the closing quote; -1 where there is none. */
        private static int quoted(String text, int from, StringBuilder cell) {
            int at = from;
            while (at < text.length()) {
                char c = text.charAt(at);
                if (c != '"') {
                    cell.append(c);
                } else if (at + 1 < text.length() && text.charAt(at + 1) == '"') {
                    cell.append(c);
                    at++;
                } else {
                    return at + 1;
                }
                at++;
            }
            return -1;
        }
    }

    /** One JSON object a line. */
    record Ndjson(Map<String, String> names) implements FeedFormat {
        private static final JsonFactory JSON = JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();

        @Override
        public Optional<String> header() {
            return Optional.empty();
        }

        @Override
        public Optional<Map<FeedColumn, String>> values(String text) {
            try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    return Optional.empty();
                }
                var values = new EnumMap<FeedColumn, String>(FeedColumn.class);
                var seen = new HashSet<String>();
                while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = parser.currentName();
                    FeedColumn column = FeedColumn.BY_NAME.get(names.getOrDefault(name, name));
                    JsonToken token = parser.nextToken();
                    if (column == null) {
                        parser.skipChildren();
                    } else if (!seen.add(column.text()) || !put(values, column, token, parser)) {
                        return Optional.empty();
                    }
                }
                return parser.nextToken() == null ? Optional.of(values) : Optional.empty();
            } catch (JacksonException e) {
                return Optional.empty();
            }
        }

        private static boolean put(
                Map<FeedColumn, String> values, FeedColumn column, JsonToken token, JsonParser parser) {
            switch (token) {
                case VALUE_STRING, VALUE_NUMBER_INT -> values.put(column, parser.getString());
                case VALUE_NULL -> values.put(column, "");
                default -> {
                    return false;
                }
            }
            return true;
        }
    }
}
