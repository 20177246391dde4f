package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an order had under way when it was canceled is taken back as soon as it is over, not when its lease ends. */
@Tag("database")
@Tag("neighbours")
class RenouncedLeaseTest {
    private static final String PATH = "/enterprise/orders";
    /** Answered after a while, and in time. */
    private static final String SLOW = """
            [{"operation": "*", "fault": "late", "delay_ms": 1000, "times": 100000}]""";

    @Test
    void aLostPhoneIsSuspendedAlthoughAStepOfAnotherOrderIsUnderWay() {
        try (RunningServer server = RunningServer.start(Map.of("trunkline.orders.lease", "1h"))) {
            World world = server.world("renounced").stock(1);
            Api api = world.api();
            Changing line = Changing.line(world, api);
            world.faults("hlr", SLOW);
            Api.Answer termination = api.post(PATH, change(api, line, "terminate_subscription", ""));
            assertThat(termination.status()).as(termination.text()).isEqualTo(201);
            Api.await("the step to be under way", () -> underWay(world));
            Api.Answer lost =
                    api.post(PATH, change(api, line, "suspend_subscription", ", \"reason\": \"lost_or_stolen\""));
            assertThat(lost.status()).as(lost.text()).isEqualTo(201);
            assertThat(api.get(termination.link("self")).json().path("status").stringValue())
                    .isEqualTo("canceled");
            assertThat(api.awaitOrder(lost.link("self")).json().path("status").stringValue())
                    .isEqualTo("completed");
            new Ledger(world).settle().balances();
        }
    }

    private static boolean underWay(World world) {
        return !world.sql()
                .list("SELECT 1 AS one FROM order_work WHERE lease IS NOT NULL", row -> row.integer("one"))
                .isEmpty();
    }

    private static String change(Api api, Changing line, String type, String more) {
        String account = api.get(line.path("")).link("account").replaceFirst(".*/", "");
        String id = line.id();
        return """
                {"type": "%s", "account_id": "%s", "subscription_id": "%s"%s}""".formatted(type, account, id, more);
    }
}
