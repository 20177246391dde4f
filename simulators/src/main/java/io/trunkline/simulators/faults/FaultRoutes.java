package io.trunkline.simulators.faults;

import io.trunkline.simulators.http.Answer;
import io.trunkline.simulators.http.Fields;
import io.trunkline.simulators.http.Json;
import io.trunkline.simulators.http.Problem;
import io.trunkline.simulators.http.ProblemException;
import io.trunkline.simulators.http.Reply;
import io.trunkline.simulators.http.Request;
import io.trunkline.simulators.http.Routes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * {@code PUT}, {@code GET}, {@code DELETE /<peer>/faults}.
 *
 * <p>The body of PUT is a list of {@code {"operation", "fault", "code", "delay_ms", "probability", "times"}}; all but
 * {@code fault} may be absent and are then {@code "*"}, the peer's default code, 0, 1.0 and 1. Answers show what is
 * left. 400 with all violations where the list is wrong; then the old one stays.
 */
public final class FaultRoutes {
    /** Faults of one list. */
    static final int MOST_FAULTS = 1_000;

    private final Faults faults;
    private final List<String> operations;
    private final Pattern code;

    /**
     * The routes of one peer.
     *
     * @param operations the peer's operations, without {@code *}
     * @param code what a code looks like with this peer
     */
    public FaultRoutes(Faults faults, List<String> operations, Pattern code) {
        this.faults = faults;
        this.operations = new ArrayList<>(operations);
        this.operations.add(Fault.EVERY_OPERATION);
        this.code = code;
    }

    public void addTo(Routes routes, String path) {
        routes.add("GET", path, request -> show());
        routes.add("PUT", path, this::replace);
        routes.add("DELETE", path, request -> {
            faults.replace(List.of());
            return Reply.empty(204);
        });
    }

    private Answer show() {
        return Reply.json(200, faults.left());
    }

    private Answer replace(Request request) {
        JsonNode body = Json.body(request);
        if (!body.isArray() || body.size() > MOST_FAULTS) {
            throw new ProblemException(400, "expected a list of at most " + MOST_FAULTS + " faults");
        }
        List<Problem.Violation> violations = new ArrayList<>();
        List<Fault> list = new ArrayList<>();
        for (int i = 0; i < body.size(); i++) {
            list.add(read(new Fields(body.get(i), "/" + i, violations)));
        }
        if (!violations.isEmpty()) {
            throw ProblemException.of(violations);
        }
        faults.replace(list);
        return show();
    }

    private Fault read(Fields fields) {
        Optional<String> operation = fields.word("operation", operations);
        String kind = fields.required("fault", fields.word("fault", FaultKind.words()), FaultKind.REFUSE.word());
        Optional<String> refusal = fields.text("code", code);
        Optional<Integer> delay = fields.number("delay_ms", 0, Math.toIntExact(Fault.LONGEST_HANG.toMillis()));
        Optional<Double> probability = fields.fraction("probability", 0, 1);
        Optional<Integer> times = fields.number("times", 1, Integer.MAX_VALUE);
        fields.refuseOthers();
        return new Fault(
                operation.orElse(Fault.EVERY_OPERATION),
                FaultKind.of(kind),
                refusal.orElse(null),
                delay.orElse(0),
                probability.orElse(1.0),
                times.orElse(1));
    }
}
