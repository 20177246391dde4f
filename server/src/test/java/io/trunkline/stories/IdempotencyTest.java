package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.security.Licence;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.node.ObjectNode;

/** A POST that may be sent again. */
@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IdempotencyTest {
    private static final String PATH = "/enterprise/orders";
    private static final int AT_ONCE = 12;

    private World world;
    private Api api;

    @BeforeAll
    void prepare(RunningServer server) {
        world = server.world("idempotency").stock(60);
        api = world.api();
    }

    private Api.Answer post(String body, String key) {
        return api.post(PATH, body, "Idempotency-Key", key);
    }

    private long orders() {
        return world.sql()
                .one(
                        "SELECT count(*) AS n FROM orders WHERE organization_id = ?",
                        row -> row.longInteger("n"),
                        world.organization())
                .orElseThrow();
    }

    @Test
    void twelveSimultaneousRequestsWithOneKeyMakeOneOrder() throws Exception {
        for (int round = 0; round < 3; round++) {
            String key = "twelve-" + round;
            String body = world.apiOrder();
            long before = orders();
            List<Api.Answer> answers = together(body, key);

            assertThat(orders() - before).isEqualTo(1);
            List<Api.Answer> made = answers.stream()
                    .filter(answer -> answer.status() == 201
                            && answer.header("Idempotency-Replayed").isEmpty())
                    .toList();
            assertThat(made).hasSize(1);
            for (Api.Answer answer : answers) {
                if (answer.status() == 409) {
                    assertThat(answer.code()).isEqualTo("idempotency_in_progress");
                    assertThat(answer.header("Retry-After")).isEqualTo("1");
                } else {
                    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
                    assertThat(answer.response().body())
                            .isEqualTo(made.getFirst().response().body());
                }
            }
            assertThat(post(body, key).header("Idempotency-Replayed")).isEqualTo("true");
        }
    }

    private List<Api.Answer> together(String body, String key) throws Exception {
        api.token();
        var start = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Future<Api.Answer>>();
            for (int i = 0; i < AT_ONCE; i++) {
                answers.add(threads.submit(() -> {
                    start.await();
                    return post(body, key);
                }));
            }
            start.countDown();
            var all = new ArrayList<Api.Answer>();
            for (Future<Api.Answer> answer : answers) {
                all.add(answer.get());
            }
            return all;
        }
    }

    @Test
    void aReplayIsTheFirstAnswerByteForByteWhateverBecameOfTheOrder() {
        String body = world.sampleOrder("to@idempotency.example", "cc@idempotency.example");
        Api.Answer first = post(body, "replay");
        api.awaitOrder(first.link("self"));
        Api.Answer again = api.post(PATH, body, "Idempotency-Key", "replay", "X-Correlation-ID", "another");

        assertThat(again.status()).isEqualTo(201);
        assertThat(again.response().body()).isEqualTo(first.response().body());
        assertThat(again.header("Location")).isEqualTo(first.header("Location"));
        assertThat(again.header("Content-Type")).isEqualTo(first.header("Content-Type"));
        assertThat(first.header("Idempotency-Replayed")).isEmpty();
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(again.header("X-Correlation-ID")).isEqualTo("another");
        assertThat(new Mailbox(world.server()).await("to@idempotency.example", 1))
                .hasSize(1);
    }

    @Test
    void theSameKeyWithAnotherBodyIsAMismatch() {
        assertThat(post(world.apiOrder(), "mismatch").status()).isEqualTo(201);
        Api.Answer other = post(world.apiOrder() + " ", "mismatch");
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.code()).isEqualTo("idempotency_mismatch");
        assertThat(post("{}", "mismatch").status()).isEqualTo(422);
    }

    @Test
    void aRefusedRequestMayBeCorrectedUnderItsKey() {
        ObjectNode order = (ObjectNode) Api.JSON.readTree(world.apiOrder());
        order.put("account_id", world.closedAccount().text());
        assertThat(post(order.toString(), "corrected").status()).isEqualTo(400);
        assertThat(post("{", "corrected").status()).isEqualTo(400);
        Api.Answer corrected = post(world.apiOrder(), "corrected");
        assertThat(corrected.status()).isEqualTo(201);
        assertThat(corrected.header("Idempotency-Replayed")).isEmpty();
    }

    @Test
    void keysAreOfOneClient() {
        assertThat(post(world.apiOrder(), "mine").status()).isEqualTo(201);
        Api other = world.api(Licence.ofOrganizations());
        Api.Answer answer = other.post(PATH, world.apiOrder(), "Idempotency-Key", "mine");
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.header("Idempotency-Replayed")).isEmpty();
    }

    @Test
    void afterADayAKeyIsNew() {
        String body = world.apiOrder();
        Api.Answer first = post(body, "a-day");
        age("a-day", "23 hours 59 minutes");
        assertThat(post(body, "a-day").header("Idempotency-Replayed")).isEqualTo("true");
        age("a-day", "24 hours 1 second");
        Api.Answer later = post(body, "a-day");
        assertThat(later.status()).isEqualTo(201);
        assertThat(later.header("Idempotency-Replayed")).isEmpty();
        assertThat(later.json().path("id")).isNotEqualTo(first.json().path("id"));
        assertThat(post(body, "a-day").json().path("id")).isEqualTo(later.json().path("id"));
    }

    private void age(String key, String age) {
        world.sql().update("""
                        UPDATE idempotency_keys SET created_at = now() - ?::interval
                        WHERE organization_id = ? AND key = ?""", age, world.organization(), key);
    }

    @Test
    void oldAnswersAreForgottenByWhicheverServerHasTheTurn() {
        post(world.apiOrder(), "old-1");
        post(world.apiOrder(), "old-2");
        post(world.apiOrder(), "young");
        age("old-1", "25 hours");
        age("old-2", "24 hours 1 minute");
        world.sql().update("UPDATE chores SET due_at = now() WHERE name = 'forget-old-answers'");

        Api.await("the old answers to be forgotten", () -> {
            Set<String> kept = keys();
            return kept.contains("young") && !kept.contains("old-1") && !kept.contains("old-2");
        });
        assertThat(world.sql().list("""
                                SELECT due_at > now() + interval '9 minutes' AS later FROM chores
                                WHERE name = 'forget-old-answers'""", row -> row.bool("later"))).containsExactly(true);
    }

    private Set<String> keys() {
        return world
                .sql()
                .list(
                        "SELECT key FROM idempotency_keys WHERE organization_id = ?",
                        row -> row.text("key"),
                        world.organization())
                .stream()
                .collect(Collectors.toSet());
    }

    @Test
    void whatIsKeptOfAnAnswerIsSealed() {
        String body = world.apiOrder().replace("ada@example.com", "secret-person@idempotency.example");
        assertThat(post(body, "sealed").status()).isEqualTo(201);
        assertThat(world.sql()
                        .list(
                                """
                                SELECT sealed_answer FROM idempotency_keys
                                WHERE organization_id = ? AND key = 'sealed'""",
                                row -> new String(
                                        row.bytes("sealed_answer"), java.nio.charset.StandardCharsets.ISO_8859_1),
                                world.organization()))
                .singleElement()
                .asString()
                .doesNotContain("secret-person", "Ada");
    }
}
