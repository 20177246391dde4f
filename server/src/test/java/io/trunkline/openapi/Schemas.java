package io.trunkline.openapi;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Judges values by the schemas of the description. */
final class Schemas {
    /** As the document has them: for what is given, and for what others answer. */
    static final Schemas AS_WRITTEN = new Schemas(false);
    /**
     * For what we answer: nothing that is not described, and times with three fraction digits. To a client answers are
     * open, so that fields can be added.
     */
    static final Schemas CLOSED = new Schemas(true);

    private static final String TIME = "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$";

    private final SchemaRegistry registry;
    private final boolean closed;
    private final Map<JsonNode, Schema> known = new ConcurrentHashMap<>();
    private final AtomicLong count = new AtomicLong();

    private Schemas(boolean closed) {
        this.closed = closed;
        JsonNode document = Description.OURS.document().deepCopy();
        if (closed) {
            close(document);
        }
        String text = document.toString();
        registry = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(Map.of(Description.BASE, text)));
    }

    private static void close(JsonNode node) {
        if (node instanceof ObjectNode schema && schema.path("type").toString().contains("object")) {
            if (schema.has("properties") && !schema.has("additionalProperties")) {
                schema.put("additionalProperties", false);
            }
        }
        if (node instanceof ObjectNode schema
                && schema.path("format").stringValue("").equals("date-time")) {
            schema.put("pattern", TIME);
        }
        node.forEach(Schemas::close);
    }

    /** What of the value breaks the schema, empty where nothing does. */
    List<String> faults(JsonNode schema, JsonNode value) {
        return known.computeIfAbsent(schema, this::compiled).validate(value).stream()
                .map(fault -> fault.getInstanceLocation() + ": " + fault.getMessage())
                .toList();
    }

    private Schema compiled(JsonNode schema) {
        JsonNode own = schema.deepCopy();
        if (closed) {
            close(own);
        }
        return registry.getSchema(SchemaLocation.of("https://inline.example/" + count.incrementAndGet()), own);
    }
}
