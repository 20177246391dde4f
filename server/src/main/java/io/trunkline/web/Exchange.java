package io.trunkline.web;

import io.trunkline.database.Row;
import io.trunkline.database.Slice;
import io.trunkline.ids.OrganizationId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import tools.jackson.databind.JsonNode;

/** One request and the ways to answer it: what a resource needs of HTTP. */
public final class Exchange {
    static final MediaType HAL = MediaType.parseMediaType("application/hal+json");
    /** About what an item of usage takes. */
    private static final int ROW_BYTES = 1_000;

    private static final List<MediaType> REPRESENTATIONS = List.of(MediaType.APPLICATION_JSON, HAL);

    private final HttpServletRequest request;
    private final PublicUrl publicUrl;
    private final Cursors cursors;
    private final Parameters parameters;
    private final Preferences preferences;

    Exchange(HttpServletRequest request, PublicUrl publicUrl, Cursors cursors) {
        this.request = request;
        this.publicUrl = publicUrl;
        this.cursors = cursors;
        this.parameters = new Parameters(request.getQueryString());
        this.preferences = Preferences.of(Collections.list(request.getHeaders("Prefer")));
    }

    public HttpServletRequest request() {
        return request;
    }

    public Parameters parameters() {
        return parameters;
    }

    public Preferences preferences() {
        return preferences;
    }

    public String correlationId() {
        return Correlation.of(request);
    }

    /** The page asked for, of an organization's list at this path. */
    public Page page(OrganizationId organization) {
        return new Page(cursors, organization, request.getRequestURI(), parameters);
    }

    /** Reads the JSON body, up to 1 MB. */
    public Body body() {
        return Body.read(request, List.of(MediaType.APPLICATION_JSON, HAL));
    }

    /** Reads a body of JSON, or of another type, of which the reader makes what JSON would have said; up to 1 MB. */
    public Body body(MediaType other, Function<byte[], JsonNode> reader) {
        return Body.read(request, List.of(MediaType.APPLICATION_JSON, HAL), other, reader);
    }

    /** Reads a text of one of these types, up to 1 MB. */
    public String text(List<MediaType> accepted) {
        return new String(Body.raw(request, accepted), StandardCharsets.UTF_8);
    }

    /** Reads a JSON merge patch (RFC 7396), up to 1 MB. */
    public Body mergePatch() {
        return Body.read(request, List.of(Body.MERGE_PATCH, MediaType.APPLICATION_JSON));
    }

    /** 200 with one resource; 304 where the caller knows it, 412 where the caller expects another. */
    public ResponseEntity<byte[]> resource(Consumer<Json> content) {
        MediaType type = negotiated();
        byte[] body = json(content);
        requireMatch(body);
        String etag = EntityTags.tag(type, body);
        boolean known = tags("If-None-Match").holdsWeakly(etag);
        var answer = describe(ResponseEntity.status(known ? HttpStatus.NOT_MODIFIED : HttpStatus.OK))
                .header("ETag", etag);
        return known ? answer.build() : answer.contentType(type).body(body);
    }

    /** 200 with what everybody may see; 304 where the caller has it. Any cache may keep it, and asks again. */
    public ResponseEntity<byte[]> published(Published document) {
        parameters.check();
        boolean known = tags("If-None-Match").holdsWeakly(document.etag());
        var answer = ResponseEntity.status(known ? HttpStatus.NOT_MODIFIED : HttpStatus.OK)
                .cacheControl(CacheControl.noCache().cachePublic())
                .header("ETag", document.etag());
        return known ? answer.build() : answer.contentType(document.type()).body(document.body());
    }

    /** 200 with what was worked out for this request alone and is kept nowhere. */
    public ResponseEntity<byte[]> computed(Consumer<Json> content) {
        MediaType type = negotiated();
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .contentType(type)
                .body(json(content));
    }

    /** 200 with a resource as a change has left it: the conditions were on what it was before. */
    public ResponseEntity<byte[]> changed(Consumer<Json> content) {
        MediaType type = negotiated();
        byte[] body = json(content);
        return describe(ResponseEntity.ok())
                .header("ETag", EntityTags.tag(type, body))
                .contentType(type)
                .body(body);
    }

    /**
     * Refuses a change of a resource that is not as the caller expects it.
     *
     * @throws Refusal 412
     */
    public void requireUnchanged(Consumer<Json> current) {
        byte[] body = json(current);
        requireMatch(body);
        EntityTags unexpected = tags("If-None-Match");
        if (REPRESENTATIONS.stream().anyMatch(type -> unexpected.holdsWeakly(EntityTags.tag(type, body)))) {
            throw preconditionFailed("If-None-Match", body);
        }
    }

    /** Any representation will do: a change is one of the resource, not of the form in which it was read. */
    private void requireMatch(byte[] body) {
        requireMatch(
                expected ->
                        REPRESENTATIONS.stream().anyMatch(type -> expected.holdsStrongly(EntityTags.tag(type, body))),
                () -> preconditionFailed("If-Match", body));
    }

    private void requireMatch(Predicate<EntityTags> holds, Supplier<Refusal> otherwise) {
        if (request.getHeader("If-Match") == null) {
            return;
        }
        EntityTags expected = tags("If-Match");
        if (!expected.readable()) {
            throw Problem.invalid(List.of(Violation.header(
                            "If-Match",
                            Violation.Code.PATTERN,
                            Parameters.quoted(request.getHeader("If-Match"))
                                    + " is neither * nor a list of entity tags in double quotes")))
                    .refusal();
        }
        if (!holds.test(expected)) {
            throw otherwise.get();
        }
    }

    private EntityTags tags(String header) {
        return EntityTags.of(Collections.list(request.getHeaders(header)));
    }

    private Refusal preconditionFailed(String header, byte[] body) {
        return preconditionFailed(header, EntityTags.tag(negotiated(), body));
    }

    private static Refusal preconditionFailed(String header, String etag) {
        return Problem.of(
                        ErrorCode.PRECONDITION_FAILED, header + " does not hold: the resource's entity tag is " + etag)
                .refusal();
    }

    /** 200 with a page of resources under {@code _embedded}. */
    public <T> ResponseEntity<byte[]> list(String name, Page page, Slice.Rows<T> rows, BiConsumer<Json, T> shape) {
        MediaType type = negotiated();
        byte[] body = json(json -> {
            json.embedded(embedded -> embedded.objects(name, rows.rows(), shape));
            page.links(json, rows.ends());
        });
        return describe(ResponseEntity.ok()).contentType(type).body(body);
    }

    /** A list that hands over its rows one by one and then tells where it goes on. */
    @FunctionalInterface
    public interface RowSource {
        Slice.Ends each(Slice.Sink sink);
    }

    /** How a row of a result becomes a resource, without an object of its own. */
    @FunctionalInterface
    public interface RowShape {
        void write(Json json, Row row) throws SQLException;
    }

    /**
     * 200 with a page of resources, each written from its row while the result is open. The database's connection is
     * given back before the answer is sent: a slow client holds none.
     */
    public ResponseEntity<byte[]> stream(String name, Page page, RowSource rows, RowShape shape) {
        MediaType type = negotiated();
        int expectedBytes = (page.slice().limit() + 1) * ROW_BYTES;
        byte[] body = Json.write(publicUrl.base(), expectedBytes, json -> {
            Slice.Ends[] ends = {new Slice.Ends(Optional.empty(), Optional.empty())};
            json.embedded(embedded -> embedded.array(
                    name,
                    () -> ends[0] = rows.each(row -> {
                        embedded.beginEntry();
                        shape.write(embedded, row);
                        embedded.endEntry();
                    })));
            page.links(json, ends[0]);
        });
        return describe(ResponseEntity.ok()).contentType(type).body(body);
    }

    /**
     * A file that is written piece by piece, however large it is.
     *
     * @param etag without its quotes
     */
    public record Download(MediaType type, String name, String etag, long bytes, Writer content) {
        /** Writes the file. */
        @FunctionalInterface
        public interface Writer {
            void writeTo(OutputStream out) throws IOException;
        }
    }

    /** 200 with a file to be kept; 304 where the caller has it, 412 where the caller expects another. */
    public void download(HttpServletResponse response, Download file) throws IOException {
        negotiated(List.of(file.type()));
        String etag = '"' + file.etag() + '"';
        requireMatch(expected -> expected.holdsStrongly(etag), () -> preconditionFailed("If-Match", etag));
        boolean known = tags("If-None-Match").holdsWeakly(etag);
        response.setStatus((known ? HttpStatus.NOT_MODIFIED : HttpStatus.OK).value());
        response.setHeader("Cache-Control", "private, no-cache");
        response.setHeader("Vary", "Accept, Prefer");
        response.setHeader("ETag", etag);
        if (known) {
            return;
        }
        response.setContentType(file.type().toString());
        response.setContentLengthLong(file.bytes());
        response.setHeader("Content-Disposition", "attachment; filename=\"" + file.name() + '"');
        // So that one which ends too early is told from a whole one at once.
        response.setHeader("Connection", "close");
        if (!"HEAD".equals(request.getMethod())) {
            file.content().writeTo(response.getOutputStream());
        }
    }

    /** One object as JSON, with links from the public base URL. */
    public byte[] json(Consumer<Json> content) {
        return Json.write(publicUrl.base(), content);
    }

    String publicUrl(String path) {
        return publicUrl.base() + path;
    }

    private ResponseEntity.BodyBuilder describe(ResponseEntity.BodyBuilder answer) {
        answer.cacheControl(CacheControl.noCache().cachePrivate()).header("Vary", "Accept, Prefer");
        if (!preferences.applied().isEmpty()) {
            answer.header("Preference-Applied", preferences.applied());
        }
        return answer;
    }

    /** HAL's own type where it is asked for, else plain JSON. */
    public MediaType negotiated() {
        return negotiated(REPRESENTATIONS);
    }

    /**
     * The best of these types for the request's {@code Accept}, the first one where all are alike.
     *
     * @throws Refusal 406
     */
    public MediaType negotiated(List<MediaType> offered) {
        List<String> accept = Collections.list(request.getHeaders("Accept"));
        if (accept.isEmpty()) {
            return offered.getFirst();
        }
        List<MediaType> wanted;
        try {
            wanted = MediaType.parseMediaTypes(accept);
        } catch (InvalidMediaTypeException e) {
            throw Problem.invalid(List.of(Violation.header("Accept", Violation.Code.PATTERN, e.getMessage())))
                    .refusal();
        }
        return Accept.best(wanted, offered)
                .orElseThrow(() -> Problem.of(
                                ErrorCode.NOT_ACCEPTABLE,
                                "can be answered: " + MediaType.toString(offered) + "; asked for: "
                                        + MediaType.toString(wanted))
                        .refusal());
    }

    /** The {@code Idempotency-Key}; one that does not hold is noted beside what is not valid in the body. */
    Optional<String> idempotencyKey(Body body) {
        String key = request.getHeader("Idempotency-Key");
        if (key == null) {
            return Optional.empty();
        }
        if (!key.matches("[\\x20-\\x7e]{1,255}") || key.isBlank()) {
            body.violations()
                    .add(Violation.header(
                            "Idempotency-Key",
                            Violation.Code.PATTERN,
                            "expected 1 to 255 printable ASCII characters, got " + key.length() + " characters"));
            return Optional.empty();
        }
        return Optional.of(key);
    }
}
