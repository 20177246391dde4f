package io.trunkline.network.hlr;

import io.trunkline.ids.Imsi;
import io.trunkline.ids.Msisdn;
import io.trunkline.network.Outcome;
import io.trunkline.network.http.HttpCalls;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A register of lines that keeps a document for each subscriber, as vendors' UDRs do: {@code PUT}, {@code PATCH} (JSON
 * merge patch), {@code DELETE} and {@code GET} of {@code /subscribers/{imsi}}, {@code GET /subscribers?msisdn=}.
 *
 * <pre>
 * {"imsi": "001010000000002", "msisdn": "491720000002" or null, "cs_enabled": true, "ps_enabled": true,
 *  "authentication": {"algorithm": "milenage", "k": "…", "opc": "…"}}
 * </pre>
 *
 * <p>Its names are those of the simulated one; a vendor's differ, and this class is where they would. Thread-safe;
 * closing it ends the calls under way.
 */
public final class RestHlr implements Hlr, AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String MERGE_PATCH = "application/merge-patch+json";

    private final HttpCalls calls;
    private final String subscribers;
    private final @Nullable String bearerToken;

    public RestHlr(RestSettings settings) {
        String base = settings.baseUrl().toString();
        this.subscribers = (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + "/subscribers";
        this.bearerToken = settings.bearerToken();
        this.calls = new HttpCalls("the HLR", settings.limits(), null);
    }

    @Override
    public Capabilities capabilities() {
        return Capabilities.CS_AND_PS;
    }

    @Override
    public Outcome<Done> provision(Line line, SimKeys keys, String correlation) {
        ObjectNode document = services(line.services())
                .put("imsi", line.imsi().digits())
                .put("msisdn", line.number() == null ? null : line.number().digits());
        document.putObject("authentication")
                .put("algorithm", "milenage")
                .put("k", keys.ki())
                .put("opc", keys.opc());
        return possible(
                line.services(),
                () -> find(line.imsi(), correlation)
                        .then(byImsi -> holder(line.number(), correlation)
                                .then(byNumber -> LineRules.provisioning(line, byImsi, byNumber)
                                        .<Outcome<Done>>map(code -> code.rejected(""))
                                        .orElseGet(() -> change("PUT", line.imsi(), document, correlation)))));
    }

    private Outcome<Optional<Line>> holder(@Nullable Msisdn number, String correlation) {
        return number == null ? new Outcome.Accepted<>(Optional.empty()) : find(number, correlation);
    }

    @Override
    public Outcome<Done> setServices(Imsi imsi, Services services, String correlation) {
        return possible(services, () -> change("PATCH", imsi, services(services), correlation));
    }

    @Override
    public Outcome<Done> moveNumber(Msisdn number, Imsi from, Imsi to, String correlation) {
        return find(to, correlation)
                .then(there -> find(number, correlation).then(holder -> switch (LineRules.moving(
                        number, from, to, there, holder)) {
                    case LineRules.Move.Nothing() -> new Outcome.Accepted<>(new Done());
                    case LineRules.Move.Refused(HlrCode code) -> code.rejected("");
                    case LineRules.Move.Set() -> change("PATCH", to, number(number), correlation);
                    case LineRules.Move.FreeAndSet() ->
                        change("PATCH", from, number(null), correlation)
                                .then(_ -> settled(change("PATCH", to, number(number), correlation)));
                }));
    }

    /** After the number was freed a refusal is not without effect. */
    private static Outcome<Done> settled(Outcome<Done> set) {
        return set instanceof Outcome.Rejected<Done> rejected
                ? new Outcome.Unknown<>("the HLR freed the number, and did not set it: " + rejected.detail())
                : set;
    }

    @Override
    public Outcome<Done> delete(Imsi imsi, String correlation) {
        Outcome<Done> deleted = change("DELETE", imsi, null, correlation);
        return HlrCode.NO_SUCH_LINE.rejects(deleted) ? new Outcome.Accepted<>(new Done()) : deleted;
    }

    @Override
    public Outcome<Optional<Line>> find(Imsi imsi, String correlation) {
        return send("GET", "/" + imsi.digits(), null, correlation).then(answer -> {
            if (answer.statusCode() == 404) {
                return new Outcome.Accepted<>(Optional.empty());
            }
            return json(answer)
                    .then(document -> line(document)
                            .filter(line -> line.imsi().equals(imsi))
                            .<Outcome<Optional<Line>>>map(line -> new Outcome.Accepted<>(Optional.of(line)))
                            .orElseGet(() -> new Outcome.Unknown<>(
                                    "the HLR answered for another IMSI than asked, or for none")));
        });
    }

    @Override
    public Outcome<Optional<Line>> find(Msisdn number, String correlation) {
        return send("GET", "?msisdn=" + number.digits(), null, correlation)
                .then(RestHlr::json)
                .then(list -> {
                    JsonNode found = list.path("subscribers");
                    if (found.isArray() && found.isEmpty()) {
                        return new Outcome.Accepted<>(Optional.empty());
                    }
                    return line(found.path(0))
                            .filter(line -> number.equals(line.number()) && found.size() == 1)
                            .<Outcome<Optional<Line>>>map(line -> new Outcome.Accepted<>(Optional.of(line)))
                            .orElseGet(
                                    () -> new Outcome.Unknown<>("the HLR did not answer with one line of the number"));
                });
    }

    private Outcome<Done> change(String method, Imsi imsi, @Nullable ObjectNode body, String correlation) {
        return send(method, "/" + imsi.digits(), body, correlation).then(answer -> switch (answer.statusCode()) {
            case 200, 201, 204 -> new Outcome.Accepted<>(new Done());
            default -> refused(answer.statusCode());
        });
    }

    private Outcome<HttpResponse<byte[]>> send(
            String method, String path, @Nullable ObjectNode body, String correlation) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(subscribers + path))
                .header("X-Correlation-ID", correlation)
                .header("Accept", "application/json")
                .method(
                        method,
                        body == null
                                ? BodyPublishers.noBody()
                                : BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
        if (body != null) {
            request.header("Content-Type", method.equals("PATCH") ? MERGE_PATCH : "application/json");
        }
        if (bearerToken != null) {
            request.header("Authorization", "Bearer " + bearerToken);
        }
        return calls.send(request);
    }

    private static Outcome<JsonNode> json(HttpResponse<byte[]> answer) {
        if (answer.statusCode() != 200) {
            return refused(answer.statusCode());
        }
        try {
            return new Outcome.Accepted<>(JSON.readTree(answer.body()));
        } catch (JacksonException e) {
            return new Outcome.Unknown<>("the HLR answered with " + answer.body().length + " bytes that are no JSON");
        }
    }

    /** A server error may come after the work was done; what a proxy says in its place comes instead of it. */
    private static <T> Outcome<T> refused(int status) {
        String detail = "HTTP " + status;
        return switch (status) {
            case 404, 410 -> HlrCode.NO_SUCH_LINE.rejected(detail);
            case 409 -> HlrCode.NUMBER_IN_USE.rejected(detail);
            case 400, 413, 415, 422 -> HlrCode.NOT_VALID.rejected(detail);
            case 401, 403, 407 -> HlrCode.NOT_ALLOWED.rejected(detail);
            case 405, 501 -> HlrCode.NOT_SUPPORTED.rejected(detail);
            case 408, 429 -> HlrCode.BUSY.rejected(detail);
            default ->
                status >= 300 && status < 500
                        ? HlrCode.HLR_FAILED.rejected(detail)
                        : new Outcome.Unknown<>("the HLR answered with HTTP " + status);
        };
    }

    private static Optional<Line> line(JsonNode document) {
        boolean circuitSwitched = document.path("cs_enabled").asBoolean(false);
        boolean packetSwitched = document.path("ps_enabled").asBoolean(false);
        var services = new Services(circuitSwitched, circuitSwitched, packetSwitched);
        Optional<Msisdn> number = Msisdn.parse(document.path("msisdn").asString(""));
        return Imsi.parse(document.path("imsi").asString(""))
                .map(imsi -> new Line(imsi, number.orElse(null), services));
    }

    private static ObjectNode services(Services services) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("cs_enabled", services.voice())
                .put("ps_enabled", services.data());
    }

    /** In a merge patch null removes (RFC 7396). */
    private static ObjectNode number(@Nullable Msisdn number) {
        return JsonNodeFactory.instance.objectNode().put("msisdn", number == null ? null : number.digits());
    }

    private Outcome<Done> possible(Services services, Supplier<Outcome<Done>> call) {
        return capabilities()
                .refusal(services, 1)
                .<Outcome<Done>>map(code -> code.rejected(services.toString()))
                .orElseGet(call);
    }

    @Override
    public void close() {
        calls.close();
    }
}
