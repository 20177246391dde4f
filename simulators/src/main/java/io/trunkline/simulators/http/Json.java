package io.trunkline.simulators.http;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** JSON with snake_case names; a duplicate key or anything after the document is an error. */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    public static byte[] write(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /** One line: strings are escaped, so there is no line break in it. */
    public static String line(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /** Reads what {@link #line} wrote. */
    public static <T> T parse(String line, Class<T> type) {
        return MAPPER.readValue(line, type);
    }

    /**
     * A request's body.
     *
     * @throws ProblemException 400 where it is no JSON
     */
    public static JsonNode body(Request request) {
        try {
            JsonNode node = MAPPER.readTree(request.body());
            if (node == null || node.isMissingNode()) {
                throw new ProblemException(400, "expected a JSON document, but the body is empty");
            }
            return node;
        } catch (JacksonException noJson) {
            throw new ProblemException(400, "the body is no JSON: " + noJson.getOriginalMessage());
        }
    }
}
