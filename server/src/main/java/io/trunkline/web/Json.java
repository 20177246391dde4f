package io.trunkline.web;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads JSON strictly and writes it field by field, in the order of the contract. */
public final class Json {
    private static final int USUAL_BYTES = 2_048;
    private static final int MAX_DEPTH = 32;
    private static final int MAX_TEXT = 100_000;
    private static final int MAX_NUMBER_DIGITS = 40;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_TEXT)
                    .maxNumberLength(MAX_NUMBER_DIGITS)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final JsonMapper MAPPER = JsonMapper.builder(FACTORY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();
    /** Where what is not closed began, as the parser puts it: it names the parser's settings. */
    private static final Pattern START_MARKER = Pattern.compile(" \\(start marker at \\[.*?]\\)");

    private final JsonGenerator generator;
    private final String publicUrl;

    private Json(JsonGenerator generator, String publicUrl) {
        this.generator = generator;
        this.publicUrl = publicUrl;
    }

    /**
     * Reads one JSON value.
     *
     * @throws Refusal {@link ErrorCode#MALFORMED_JSON} with line and column
     */
    static JsonNode read(byte[] body) {
        try {
            return MAPPER.readTree(body);
        } catch (JacksonException e) {
            TokenStreamLocation at = e.getLocation();
            String place = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
            throw Problem.of(ErrorCode.MALFORMED_JSON, explained(e) + place).refusal();
        }
    }

    /** In words that name no class. */
    private static String explained(JacksonException e) {
        return switch (e) {
            case StreamConstraintsException _ ->
                "nested deeper than " + MAX_DEPTH + " levels, or a text or number longer than " + MAX_TEXT
                        + " characters or " + MAX_NUMBER_DIGITS + " digits,";
            case StreamReadException syntax ->
                START_MARKER.matcher(syntax.getOriginalMessage()).replaceAll("");
            default -> "expected one JSON value in UTF-8 and nothing after it,";
        };
    }

    /** Reads what we have written ourselves. */
    public static JsonNode parse(String text) {
        return MAPPER.readTree(text);
    }

    /** Writes one object. */
    static byte[] write(String publicUrl, Consumer<Json> content) {
        return write(publicUrl, USUAL_BYTES, content);
    }

    /** Writes one object that is expected to have about so many bytes. */
    static byte[] write(String publicUrl, int expectedBytes, Consumer<Json> content) {
        var bytes = new ByteArrayOutputStream(expectedBytes);
        try (JsonGenerator generator = MAPPER.createGenerator(bytes)) {
            generator.writeStartObject();
            content.accept(new Json(generator, publicUrl));
            generator.writeEndObject();
        }
        return bytes.toByteArray();
    }

    /** What is written of an object; it fails as what it is read from. */
    @FunctionalInterface
    public interface Content<E extends Exception> {
        void write(Json json) throws E;
    }

    /** Writes one object without links, in one line without its end. */
    public static <E extends Exception> byte[] line(Content<E> content) throws E {
        var bytes = new ByteArrayOutputStream(USUAL_BYTES);
        try (JsonGenerator generator = MAPPER.createGenerator(bytes)) {
            generator.writeStartObject();
            content.write(new Json(generator, ""));
            generator.writeEndObject();
        }
        return bytes.toByteArray();
    }

    /** Writes one object without links, e.g. for a {@code jsonb} column. */
    public static String text(Consumer<Json> content) {
        return new String(write("", content), java.nio.charset.StandardCharsets.UTF_8);
    }

    /** As {@code 2023-01-01T00:00:00.000Z}. */
    public static String time(Instant instant) {
        return Times.text(instant);
    }

    public Json text(String name, @Nullable String value) {
        generator.writeName(name);
        if (value == null) {
            generator.writeNull();
        } else {
            generator.writeString(value);
        }
        return this;
    }

    public Json time(String name, @Nullable Instant value) {
        return text(name, value == null ? null : time(value));
    }

    public Json bool(String name, boolean value) {
        generator.writeName(name);
        generator.writeBoolean(value);
        return this;
    }

    public Json number(String name, long value) {
        generator.writeName(name);
        generator.writeNumber(value);
        return this;
    }

    public Json none(String name) {
        generator.writeName(name);
        generator.writeNull();
        return this;
    }

    public Json object(String name, Consumer<Json> content) {
        generator.writeName(name);
        generator.writeStartObject();
        content.accept(this);
        generator.writeEndObject();
        return this;
    }

    public Json texts(String name, Iterable<String> values) {
        generator.writeName(name);
        generator.writeStartArray();
        values.forEach(generator::writeString);
        generator.writeEndArray();
        return this;
    }

    public <T> Json objects(String name, Iterable<T> values, BiConsumer<Json, T> content) {
        generator.writeName(name);
        generator.writeStartArray();
        for (T value : values) {
            generator.writeStartObject();
            content.accept(this, value);
            generator.writeEndObject();
        }
        generator.writeEndArray();
        return this;
    }

    /** An array whose objects are written one by one between {@link #beginEntry} and {@link #endEntry}. */
    Json array(String name, Runnable entries) {
        generator.writeName(name);
        generator.writeStartArray();
        entries.run();
        generator.writeEndArray();
        return this;
    }

    void beginEntry() {
        generator.writeStartObject();
    }

    void endEntry() {
        generator.writeEndObject();
    }

    /** {@code "relation": {"href": "…"}}, inside of {@code _links}; the path begins with a slash. */
    public Json link(String relation, String path) {
        return object(relation, link -> link.text("href", publicUrl + path));
    }

    public Json links(Consumer<Json> links) {
        return object("_links", links);
    }

    public Json embedded(Consumer<Json> resources) {
        return object("_embedded", resources);
    }
}
