package io.trunkline.orders;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** A lane for each neighbour. */
@Component
class Lanes {
    private final Map<Neighbour, Lane> lanes = new EnumMap<>(Neighbour.class);

    Lanes(OrderSettings settings, Clock clock, MeterRegistry meters) {
        for (Neighbour neighbour : Neighbour.values()) {
            Optional<Circuit> circuit = hasCircuit(neighbour)
                    ? Optional.of(new Circuit(neighbour, settings.circuitFailures(), settings.circuitPause(), clock))
                    : Optional.empty();
            var lane = new Lane(neighbour, settings.inFlight(neighbour), circuit);
            lanes.put(neighbour, lane);
            Gauge.builder("trunkline.orders.in.flight", lane, Lane::inFlight)
                    .description("Orders that this server is working on, by the neighbour of their step")
                    .tag("neighbour", neighbour.text())
                    .register(meters);
            circuit.ifPresent(
                    one -> Gauge.builder("trunkline.orders.circuit.open", one, state -> state.isOpen() ? 1 : 0)
                            .description("Whether the work for a neighbour that does not answer waits")
                            .tag("neighbour", neighbour.text())
                            .register(meters));
        }
    }

    private static boolean hasCircuit(Neighbour neighbour) {
        return switch (neighbour) {
            case SMDP, HLR -> true;
            // A mail that cannot be sent holds nothing up: each is tried by itself, for a day.
            case NONE, MAIL -> false;
        };
    }

    Lane of(Neighbour neighbour) {
        Lane lane = lanes.get(neighbour);
        if (lane == null) {
            throw new IllegalStateException("there is no lane for " + neighbour);
        }
        return lane;
    }

    Collection<Lane> all() {
        return Collections.unmodifiableCollection(lanes.values());
    }
}
