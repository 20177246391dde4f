package io.trunkline.simulators.hlr;

import io.trunkline.simulators.faults.Fault;
import io.trunkline.simulators.faults.Faults;
import io.trunkline.simulators.http.Answer;
import io.trunkline.simulators.http.Fields;
import io.trunkline.simulators.http.Json;
import io.trunkline.simulators.http.Problem;
import io.trunkline.simulators.http.ProblemException;
import io.trunkline.simulators.http.Reply;
import io.trunkline.simulators.http.Request;
import io.trunkline.simulators.http.Routes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * The register as a vendor's: a document for each subscriber.
 *
 * <ul>
 *   <li>{@code PUT /subscribers/{imsi}}: the whole document, 201 or 200
 *   <li>{@code PATCH /subscribers/{imsi}}: a JSON merge patch (RFC 7396) of {@code msisdn}, {@code cs_enabled}, {@code
 *       ps_enabled}
 *   <li>{@code DELETE /subscribers/{imsi}}: 204
 *   <li>{@code GET /subscribers/{imsi}}, {@code GET /subscribers?msisdn=}: without the keys
 * </ul>
 *
 * <p>404 where there is none, 409 where another one has the number, 400 with all violations.
 */
final class RestResource {
    static final List<String> OPERATIONS = List.of("put", "patch", "delete", "get");

    private static final Pattern IMSI = Pattern.compile("\\d{6,15}");
    private static final Pattern MSISDN = Pattern.compile("\\d{1,15}");
    private static final Pattern KEY = Pattern.compile("[0-9a-fA-F]{32}");
    private static final Pattern MERGE_PATCH =
            Pattern.compile("application/merge-patch\\+json *(;.*)?", Pattern.CASE_INSENSITIVE);
    private static final byte[] GARBAGE = "\u0000\u0001{]% this is not JSON".getBytes(StandardCharsets.UTF_8);

    private final Subscribers subscribers;
    private final Faults faults;

    RestResource(Subscribers subscribers, Faults faults) {
        this.subscribers = subscribers;
        this.faults = faults;
    }

    Routes routes() {
        return new Routes()
                .add("PUT", "/subscribers/{imsi}", request -> serve(request, this::put))
                .add("PATCH", "/subscribers/{imsi}", request -> serve(request, this::patch))
                .add("DELETE", "/subscribers/{imsi}", request -> serve(request, this::delete))
                .add("GET", "/subscribers/{imsi}", request -> serve(request, this::one))
                .add("GET", "/subscribers", request -> serve(request, this::byNumber));
    }

    private interface Operation {
        Reply carryOut(Request request);
    }

    private Answer serve(Request request, Operation operation) {
        Optional<Fault> fault = faults.next(request.method().toLowerCase(Locale.ROOT));
        if (fault.isEmpty()) {
            return act(request, operation);
        }
        return switch (fault.get().fault()) {
            case REFUSE -> Problem.reply(422, fault.get().codeOr("refused on request"));
            case HANG -> new Answer.Hang(fault.get().hang());
            case DROP_BEFORE -> new Answer.Drop();
            case ERROR_500 -> Problem.reply(500, "the HLR failed");
            case DROP_AFTER -> {
                act(request, operation);
                yield new Answer.Drop();
            }
            case LATE -> new Answer.Late(act(request, operation), fault.get().delay());
            case TWICE -> new Answer.Twice(act(request, operation));
            case GARBAGE -> {
                act(request, operation);
                yield Reply.of(200, "application/json", GARBAGE);
            }
        };
    }

    private static Reply act(Request request, Operation operation) {
        try {
            return operation.carryOut(request);
        } catch (Subscribers.NumberTakenException taken) {
            return Problem.reply(409, String.valueOf(taken.getMessage()));
        }
    }

    private static String imsi(Request request) {
        String imsi = request.variable("imsi");
        if (!IMSI.matcher(imsi).matches()) {
            throw new ProblemException(400, "an IMSI is 6 to 15 digits");
        }
        return imsi;
    }

    private Reply put(Request request) {
        String imsi = imsi(request);
        Fields fields = Fields.of(Json.body(request));
        String named = fields.text("imsi", IMSI).orElse(imsi);
        if (!named.equals(imsi)) {
            fields.violation("imsi", "is another one than that of the path");
        }
        String msisdn = fields.text("msisdn", MSISDN).orElse(null);
        boolean cs = fields.flag("cs_enabled").orElse(true);
        boolean ps = fields.flag("ps_enabled").orElse(true);
        Subscriber.Keys keys =
                fields.object("authentication").map(RestResource::keys).orElse(null);
        fields.refuseOthers().check();
        boolean isNew =
                subscribers.createOrChange(imsi, before -> new Subscriber(before.id(), imsi, msisdn, cs, ps, keys));
        return shown(isNew ? 201 : 200, imsi);
    }

    private static Subscriber.Keys keys(Fields fields) {
        fields.required("algorithm", fields.word("algorithm", List.of("milenage")), "");
        String k = fields.required("k", fields.text("k", KEY), "");
        String opc = fields.required("opc", fields.text("opc", KEY), "");
        fields.refuseOthers();
        return new Subscriber.Keys(k, "opc", opc);
    }

    private Reply patch(Request request) {
        String imsi = imsi(request);
        if (request.header("Content-Type")
                .filter(MERGE_PATCH.asMatchPredicate())
                .isEmpty()) {
            return Problem.reply(415, "expected Content-Type: application/merge-patch+json");
        }
        JsonNode body = Json.body(request);
        Fields fields = Fields.of(body);
        String msisdn = fields.text("msisdn", MSISDN).orElse(null);
        Optional<Boolean> cs = fields.flag("cs_enabled");
        Optional<Boolean> ps = fields.flag("ps_enabled");
        fields.refuseOthers().check();
        return subscribers
                .change(
                        imsi,
                        before -> (body.has("msisdn") ? before.withMsisdn(msisdn) : before)
                                .withServices(cs.orElse(before.csEnabled()), ps.orElse(before.psEnabled())))
                .map(_ -> shown(200, imsi))
                .orElseGet(() -> none(imsi));
    }

    private Reply delete(Request request) {
        String imsi = imsi(request);
        return subscribers.delete(imsi).map(_ -> Reply.empty(204)).orElseGet(() -> none(imsi));
    }

    private Reply one(Request request) {
        return shown(200, imsi(request));
    }

    private Reply byNumber(Request request) {
        String number = request.query().getOrDefault("msisdn", "");
        if (!MSISDN.matcher(number).matches()) {
            throw new ProblemException(400, "msisdn is missing or no number of 1 to 15 digits");
        }
        List<SubscriberRoutes.View> found = subscribers.findByNumber(number).stream()
                .map(SubscriberRoutes.View::of)
                .toList();
        return Reply.json(200, Map.of("subscribers", found));
    }

    private Reply shown(int status, String imsi) {
        return subscribers
                .find(imsi)
                .map(subscriber -> Reply.json(status, SubscriberRoutes.View.of(subscriber)))
                .orElseGet(() -> none(imsi));
    }

    private static Reply none(String imsi) {
        return Problem.reply(404, "there is no subscriber " + imsi);
    }
}
