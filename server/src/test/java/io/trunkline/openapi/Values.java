package io.trunkline.openapi;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Makes values of the description's schemas, and breaks them. */
public final class Values {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Pattern ID = Pattern.compile("[a-z]+_[0-9A-Z]{26}");
    private static final String ID_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int LONGEST = 20;

    private final Random random;

    public Values(long seed) {
        this.random = new Random(seed);
    }

    public boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    /** A value that the schema allows. */
    public JsonNode of(JsonNode given) {
        JsonNode schema = Description.OURS.resolved(given);
        if (schema.has("enum")) {
            return any(schema.path("enum").valueStream().toList());
        }
        for (String choice : List.of("oneOf", "anyOf")) {
            if (schema.has(choice)) {
                return of(any(schema.path(choice).valueStream().toList()));
            }
        }
        List<String> types = types(schema);
        return switch (any(types)) {
            case "null" -> JSON.nullNode();
            case "boolean" -> JSON.booleanNode(random.nextBoolean());
            case "integer" ->
                JSON.numberNode(random.nextInt(
                        schema.path("minimum").intValue(0),
                        schema.path("maximum").intValue(1_000) + 1));
            case "array" -> array(schema);
            case "object" -> object(schema);
            case "string" -> JSON.stringNode(text(schema));
            default -> throw new AssertionError("of what type is " + schema + "?");
        };
    }

    private static List<String> types(JsonNode schema) {
        JsonNode type = schema.path("type");
        return type.isArray()
                ? type.valueStream().map(JsonNode::stringValue).toList()
                : List.of(type.stringValue("none"));
    }

    private <T> T any(List<T> things) {
        return things.get(random.nextInt(things.size()));
    }

    private ArrayNode array(JsonNode schema) {
        int least = schema.path("minItems").intValue(0);
        int most = Math.min(least + 2, schema.path("maxItems").intValue(Integer.MAX_VALUE));
        ArrayNode array = JSON.arrayNode();
        for (int count = random.nextInt(least, most + 1); count > 0; count--) {
            array.add(of(schema.path("items")));
        }
        return array;
    }

    private ObjectNode object(JsonNode schema) {
        ObjectNode object = JSON.objectNode();
        List<String> required =
                schema.path("required").valueStream().map(JsonNode::stringValue).toList();
        schema.path("properties").properties().forEach(property -> {
            if (required.contains(property.getKey()) || random.nextBoolean()) {
                object.set(property.getKey(), of(property.getValue()));
            }
        });
        return object;
    }

    private String text(JsonNode schema) {
        if (schema.has("examples")) {
            String example = any(schema.path("examples").valueStream().toList()).stringValue();
            return ID.matcher(example).matches() && random.nextBoolean() ? otherId(example) : example;
        }
        if (schema.path("format").stringValue("").equals("date-time")) {
            return Instant.now().plusSeconds(random.nextInt(60, 86_400)).toString();
        }
        int least = schema.path("minLength").intValue(0);
        int most = Math.min(schema.path("maxLength").intValue(LONGEST), least + LONGEST);
        var text = new StringBuilder();
        for (int length = random.nextInt(least, most + 1); length > 0; length--) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }

    private String otherId(String example) {
        var id = new StringBuilder(example.substring(0, example.length() - 25));
        while (id.length() < example.length()) {
            id.append(ID_LETTERS.charAt(random.nextInt(ID_LETTERS.length())));
        }
        return id.toString();
    }

    /** Changes something somewhere in the value, so that most schemas allow it no more. */
    public JsonNode broken(JsonNode value) {
        var changes = new ArrayList<Consumer<JsonNode>>();
        JsonNode holder = JSON.objectNode().set("value", value.deepCopy());
        collect(holder, changes);
        any(changes).accept(holder);
        return holder.path("value");
    }

    private void collect(JsonNode node, List<Consumer<JsonNode>> changes) {
        if (node instanceof ObjectNode object) {
            for (String name : object.propertyNames()) {
                changes.add(_ -> object.set(name, instead(object.get(name))));
                changes.add(_ -> object.remove(name));
                changes.add(_ -> object.putNull(name));
                collect(object.get(name), changes);
            }
            changes.add(_ -> object.put("no_such_field", 1));
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                int at = i;
                changes.add(_ -> array.set(at, instead(array.get(at))));
                collect(array.get(i), changes);
            }
            changes.add(_ -> array.removeAll());
            changes.add(_ -> {
                JsonNode first = array.isEmpty() ? JSON.stringNode("x") : array.get(0);
                for (int i = 0; i < 1_100; i++) {
                    array.add(first);
                }
            });
        }
    }

    /** Something else than this. */
    private JsonNode instead(JsonNode value) {
        return switch (random.nextInt(8)) {
            case 0 -> JSON.numberNode(random.nextInt(-2, 200));
            case 1 -> JSON.booleanNode(true);
            case 2 -> JSON.arrayNode();
            case 3 -> JSON.objectNode();
            case 4 -> JSON.stringNode("");
            case 5 -> JSON.stringNode(value.asString("") + "\u0000");
            case 6 -> JSON.stringNode("x".repeat(400));
            default -> JSON.stringNode(value.asString("").toLowerCase(Locale.ROOT) + "~");
        };
    }
}
