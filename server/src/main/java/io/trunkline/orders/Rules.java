package io.trunkline.orders;

import io.trunkline.web.Problem;
import io.trunkline.web.Violation;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The rules of orders of every type: for one that is placed, one that is only tried, one that starts. */
@Component
class Rules {
    private final Activations activations;
    private final Changes changes;

    Rules(Activations activations, Changes changes) {
        this.activations = activations;
        this.changes = changes;
    }

    /** What the request means; empty, with violations, where it cannot be. */
    Optional<Plan> plan(Facts facts, Request request, Plan.Origin origin, List<Violation> violations) {
        return switch (request) {
            case OrderRequest activation -> activations.plan(facts, activation, origin, violations);
            case ChangeRequest change -> changes.plan(facts, change, origin, violations);
        };
    }

    /** What the state that things are in forbids of a request that is valid. */
    Optional<Problem> conflict(Facts facts, Request request) {
        return switch (request) {
            case OrderRequest _ -> Optional.empty();
            case ChangeRequest change -> changes.conflict(facts, change);
        };
    }

    /** The order in flight that has to give way to this one, and can. */
    Optional<Order> givesWay(Facts facts, Request request) {
        return switch (request) {
            case OrderRequest _ -> Optional.empty();
            case ChangeRequest change -> changes.givesWay(facts, change);
        };
    }
}
