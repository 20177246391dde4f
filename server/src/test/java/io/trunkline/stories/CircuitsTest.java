package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A neighbour that is away: its work waits without a call, that of the others goes on, and people can see it. */
@Tag("database")
@Tag("neighbours")
class CircuitsTest {
    private static final String PATH = "/enterprise/orders";
    private static final String GONE = """
            [{"operation": "*", "fault": "drop_before", "times": 100000}]""";

    private static Api.Answer ready(RunningServer server) {
        return new Api(server.url(), "", "").anonymous("GET", "/readyz");
    }

    private static String neighbours(RunningServer server) {
        return ready(server).json().path("components").path("neighbours").toString();
    }

    private static boolean has(Api api, String order, String milestone) {
        return Api.milestones(api.get(order).json()).contains(milestone);
    }

    @Test
    void workForAnHlrThatIsAwayWaitsAndTheSmdpIsOrderedAtAllTheSame() {
        try (RunningServer server = RunningServer.start(Map.of(
                "trunkline.orders.circuit-failures", "3",
                "trunkline.orders.circuit-pause", "200ms",
                "trunkline.orders.poll", "50ms"))) {
            World world = server.world("circuits").stock(6);
            Api api = world.api();
            assertThat(neighbours(server)).doesNotContain("open since");
            world.faults("hlr", GONE);
            List<String> first = placed(world, api);
            Api.await("the circuit to open", () -> neighbours(server).contains("open since"));
            assertThat(ready(server).status())
                    .as("orders wait; requests do not")
                    .isEqualTo(200);

            List<String> then = placed(world, api);
            Api.await(
                    "the SM-DP+ to be ordered at",
                    () -> then.stream().allMatch(order -> has(api, order, "profile_ordered")));
            assertThat(then).noneMatch(order -> has(api, order, "line_provisioned"));

            world.noFaults();
            Stream.concat(first.stream(), then.stream())
                    .forEach(order -> assertThat(
                                    api.awaitOrder(order).json().path("status").stringValue())
                            .isEqualTo("completed"));
            Api.await("the circuit to close", () -> !neighbours(server).contains("open since"));
            new Ledger(world).settle().balances();
        }
    }

    private static List<String> placed(World world, Api api) {
        return Stream.generate(() -> api.post(PATH, world.apiOrder()).link("self"))
                .limit(3)
                .toList();
    }
}
