package io.trunkline.simulators.smdp;

import io.trunkline.simulators.faults.Fault;
import io.trunkline.simulators.faults.Faults;
import io.trunkline.simulators.http.Answer;
import io.trunkline.simulators.http.Json;
import io.trunkline.simulators.http.Problem;
import io.trunkline.simulators.http.Reply;
import io.trunkline.simulators.http.Request;
import io.trunkline.simulators.http.Routes;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * ES2+ over HTTP (SGP.22 6.5): {@code POST /gsma/rsp2/es2plus/<function>}.
 *
 * <p>Every function that could be read ends in HTTP 200, a failed one too. 400 where the body is no JSON, 415 where it
 * is said not to be; both are problems of RFC 9457.
 */
final class Es2Resource {
    static final String PROTOCOL_HEADER = "X-Admin-Protocol";
    static final List<String> OPERATIONS = List.of("downloadOrder", "confirmOrder", "cancelOrder", "releaseProfile");

    private static final String PATH = "/gsma/rsp2/es2plus/";
    private static final String PROTOCOL = "gsma/rsp/v2.5.0";
    private static final Pattern PROTOCOL_2 = Pattern.compile("gsma/rsp/v2\\.\\d+\\.\\d+");
    private static final Pattern JSON_TYPE = Pattern.compile("application/json *(;.*)?", Pattern.CASE_INSENSITIVE);
    private static final String DEFAULT_REFUSAL = "8.2.1/1.2";
    private static final byte[] GARBAGE = "\u0000\u0001{]% this is not JSON".getBytes(StandardCharsets.UTF_8);

    private final Profiles profiles;
    private final Faults faults;
    private final Es2Functions functions;
    private final String smdpAddress;

    Es2Resource(Profiles profiles, Faults faults, Es2Functions functions, String smdpAddress) {
        this.profiles = profiles;
        this.faults = faults;
        this.functions = functions;
        this.smdpAddress = smdpAddress;
    }

    Routes routes() {
        return new Routes()
                .add("POST", PATH + "downloadOrder", request -> serve(request, functions::downloadOrder))
                .add("POST", PATH + "confirmOrder", request -> serve(request, functions::confirmOrder))
                .add("POST", PATH + "cancelOrder", request -> serve(request, functions::cancelOrder))
                .add("POST", PATH + "releaseProfile", request -> serve(request, functions::releaseProfile));
    }

    private Answer serve(Request request, BiFunction<Es2Request, Stock, Outcome> function) {
        String operation = request.path().substring(PATH.length());
        Optional<Fault> fault = faults.next(operation);
        if (fault.isEmpty()) {
            return act(request, operation, function);
        }
        return switch (fault.get().fault()) {
            case REFUSE -> refusal(fault.get());
            case HANG -> new Answer.Hang(fault.get().hang());
            case DROP_BEFORE -> new Answer.Drop();
            case ERROR_500 -> Problem.reply(500, "the SM-DP+ failed");
            case DROP_AFTER -> {
                act(request, operation, function);
                yield new Answer.Drop();
            }
            case LATE ->
                new Answer.Late(act(request, operation, function), fault.get().delay());
            case TWICE -> new Answer.Twice(act(request, operation, function));
            case GARBAGE -> {
                act(request, operation, function);
                yield Reply.of(200, "application/json", GARBAGE).with(PROTOCOL_HEADER, PROTOCOL);
            }
        };
    }

    private static Reply refusal(Fault fault) {
        return failed(new Outcome.Failed(StatusCode.parse(fault.codeOr(DEFAULT_REFUSAL)), "", "refused on request"));
    }

    private Reply act(Request request, String operation, BiFunction<Es2Request, Stock, Outcome> function) {
        if (request.header("Content-Type").filter(JSON_TYPE.asMatchPredicate()).isEmpty()) {
            return Problem.reply(415, "expected Content-Type: application/json");
        }
        JsonNode body = Json.body(request);
        try {
            protocol(request);
            Es2Request read = new Es2Request(body);
            return switch (profiles.execute(stock -> function.apply(read, stock))) {
                case Outcome.Executed(Profile profile) -> executed(operation, profile);
                case Outcome.Failed failed -> failed(failed);
            };
        } catch (Es2Request.FailedException ended) {
            return failed(ended.failed());
        }
    }

    private static void protocol(Request request) {
        String version = request.header(PROTOCOL_HEADER).orElse("nothing");
        if (!PROTOCOL_2.matcher(version).matches()) {
            throw new Es2Request.FailedException(
                    StatusCode.VERSION_UNSUPPORTED, "", PROTOCOL_HEADER + ": expected gsma/rsp/v2.x.y, not " + version);
        }
    }

    private Reply executed(String operation, Profile profile) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("header", Map.of("functionExecutionStatus", Map.of("status", "Executed-Success")));
        if (operation.equals("downloadOrder")) {
            body.put("iccid", profile.iccid());
        }
        if (operation.equals("confirmOrder")) {
            String eid = profile.eid();
            if (eid != null) {
                body.put("eid", eid);
            }
            body.put("matchingId", String.valueOf(profile.matchingId()));
            body.put("smdpAddress", smdpAddress);
        }
        return answer(body);
    }

    private static Reply failed(Outcome.Failed failed) {
        Map<String, String> data = new LinkedHashMap<>();
        data.put("subjectCode", failed.code().subject());
        data.put("reasonCode", failed.code().reason());
        if (!failed.subjectIdentifier().isEmpty()) {
            data.put("subjectIdentifier", failed.subjectIdentifier());
        }
        data.put("message", failed.message());
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("status", "Failed");
        status.put("statusCodeData", data);
        return answer(Map.of("header", Map.of("functionExecutionStatus", status)));
    }

    private static Reply answer(Map<String, Object> body) {
        return Reply.json(200, body).with(PROTOCOL_HEADER, PROTOCOL);
    }
}
