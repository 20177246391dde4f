package io.trunkline.web;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;

/** A body that is JSON, or as good as JSON: the bytes that came and the violations found in them. */
public final class Body {
    /** The most bytes of a body. */
    static final int MAX_BYTES = 1_000_000;
    /** RFC 7396 4. */
    static final MediaType MERGE_PATCH = MediaType.parseMediaType("application/merge-patch+json");

    private final byte[] bytes;
    private final JsonNode root;
    private final List<Violation> violations = new ArrayList<>();

    private Body(byte[] bytes, JsonNode root) {
        this.bytes = bytes;
        this.root = root;
    }

    static Body read(HttpServletRequest request, List<MediaType> accepted) {
        requireType(request, accepted);
        byte[] bytes = limited(request);
        return new Body(bytes, Json.read(bytes));
    }

    /** A body that is JSON, or of one further type, of which the reader makes what JSON would have said. */
    static Body read(
            HttpServletRequest request, List<MediaType> json, MediaType other, Function<byte[], JsonNode> reader) {
        var accepted = new ArrayList<>(json);
        accepted.add(other);
        requireType(request, accepted);
        byte[] bytes = limited(request);
        boolean isOther = MediaType.parseMediaType(request.getContentType()).equalsTypeAndSubtype(other);
        return new Body(bytes, isOther ? reader.apply(bytes) : Json.read(bytes));
    }

    /** The bytes of a body that is no JSON. */
    static byte[] raw(HttpServletRequest request, List<MediaType> accepted) {
        requireType(request, accepted);
        return limited(request);
    }

    /** As they came, for comparing a repeated request. */
    byte[] bytes() {
        return bytes;
    }

    /** What is not valid so far; rules that need more than the shape add to it. */
    public List<Violation> violations() {
        return violations;
    }

    /** The body as an object whose fields are read one by one. */
    public Shape shape() {
        if (!root.isObject()) {
            throw Problem.invalid(List.of(Violation.pointer(
                            "", Violation.Code.TYPE, "expected an object, got " + Shape.typeOf(root))))
                    .refusal();
        }
        return new Shape(root, "", violations);
    }

    /** Refuses the request when anything is not valid. */
    public void check() {
        check(Problem.MOST_VIOLATIONS);
    }

    /** The same of a body that may hold so many mistakes, each of which is to be told. */
    public void check(int most) {
        if (!violations.isEmpty()) {
            throw Problem.invalid(violations, most).refusal();
        }
    }

    private static void requireType(HttpServletRequest request, List<MediaType> accepted) {
        String given = request.getContentType();
        try {
            MediaType type = given == null ? null : MediaType.parseMediaType(given);
            if (type != null && accepted.stream().anyMatch(type::equalsTypeAndSubtype)) {
                return;
            }
        } catch (InvalidMediaTypeException e) {
            throw unsupported(request, accepted);
        }
        throw unsupported(request, accepted);
    }

    static Refusal unsupported(HttpServletRequest request, List<MediaType> accepted) {
        String given = request.getContentType();
        String types = MediaType.toString(accepted);
        return Problem.of(
                        ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                        "expected Content-Type: " + types + ", got "
                                + (given == null ? "none" : Parameters.quoted(given)))
                .withHeader("PATCH".equals(request.getMethod()) ? "Accept-Patch" : "Accept", types)
                .refusal();
    }

    private static byte[] limited(HttpServletRequest request) {
        if (request.getContentLengthLong() > MAX_BYTES) {
            throw tooLarge();
        }
        try (InputStream in = request.getInputStream()) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw tooLarge();
            }
            return bytes;
        } catch (IOException e) {
            throw Problem.of(ErrorCode.MALFORMED_JSON, "the body ended before it was complete")
                    .refusal();
        }
    }

    private static Refusal tooLarge() {
        return Problem.of(ErrorCode.CONTENT_TOO_LARGE, "a body has at most " + MAX_BYTES + " bytes")
                .refusal();
    }
}
