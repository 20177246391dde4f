package io.trunkline.usage;

import static io.trunkline.usage.FeedWorld.HEADER;
import static io.trunkline.usage.FeedWorld.call;
import static io.trunkline.usage.FeedWorld.data;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.database.Sql;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.SharedServer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** What is rated again is what it would be had it come in the order of its time; twice is once. */
@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RerateTest {
    private static final Instant BEGIN = Instant.parse("2020-02-01T00:00:00Z");

    private RunningServer server;
    private FeedWorld feed;
    private Api operator;
    private Api api;
    private Sql sql;
    private Instant at;

    @BeforeAll
    void prepare(RunningServer shared) {
        server = shared;
        feed = new FeedWorld(server, "rerate");
        operator = Api.ofOperator(server);
        api = feed.world.api();
        sql = feed.world.sql();
        // All of one calendar month, and in none that is closed.
        Instant recent = Instant.now().minus(Duration.ofMinutes(30)).truncatedTo(ChronoUnit.SECONDS);
        Instant month = server.bean(Reratings.class).firstOpen();
        at = recent.minus(Duration.ofHours(1)).isBefore(month) ? month : recent;
    }

    private void send(String csv) {
        Api.Answer answer =
                operator.post("/operator/usage/batches?source=rerate", HEADER + csv, "Content-Type", "text/csv");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json().path("quarantined")).isEmpty();
    }

    private String rerate(String whose, Instant from) {
        Api.Answer answer = operator.post("/operator/usage/rerate?" + whose + "&from=" + from, "");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        JsonNode json = answer.json();
        return json.path("records") + " records, " + json.path("changed") + " changed, " + json.path("removed")
                + " removed, " + json.path("quarantined") + " quarantined";
    }

    /** Oldest first. */
    private List<String> items(SubscriptionId line) {
        return api.get("/enterprise/usage/items?limit=100&subscription-id=" + line)
                .json()
                .path("_embedded")
                .path("items")
                .valueStream()
                .map(item -> item.path("started_at").stringValue() + " "
                        + item.path("cost_type").stringValue() + " " + item.path("quantity") + " "
                        + item.path("charged_quantity") + " "
                        + item.path("cost").path("micros"))
                .sorted()
                .toList();
    }

    private void isSound() {
        JsonNode audit = operator.get("/operator/usage/audit").json();
        String own = feed.world.organization().value().toString();
        for (String kind : List.of("differences", "sums")) {
            assertThat(audit.path(kind)
                            .valueStream()
                            .filter(one ->
                                    one.path("organization").stringValue().equals(own)))
                    .as(kind)
                    .isEmpty();
        }
    }

    private String processedAfter(String link) {
        return api.get(link).link("next");
    }

    /** To the end of what has its number. */
    private String end() {
        Instant limit = Instant.now().plusSeconds(30);
        while (!sql.list("SELECT 1 AS one FROM usage_batches WHERE number IS NULL", _ -> true)
                .isEmpty()) {
            assertThat(Instant.now()).as("batches wait for their numbers").isBefore(limit);
            LockSupport.parkNanos(20_000_000);
        }
        String at = "/enterprise/usage/items?limit=100&processed-after=";
        for (String next = processedAfter(at); !next.equals(at); next = processedAfter(at)) {
            at = next;
        }
        return at;
    }

    @Test
    void what_came_late_is_put_into_its_place_and_twice_is_once() {
        FeedWorld.Line line = feed.line(BEGIN, null);
        // The later one comes first and takes the whole allowance.
        send(data("late-2", line, at.plusSeconds(20), 10_000));
        send(data("late-1", line, at, 2_000));
        assertThat(items(line.id()))
                .containsExactly(
                        at.toString().replace("Z", ".000Z") + " out_of_bundle 2000 2048 614400",
                        at.plusSeconds(20).toString().replace("Z", ".000Z") + " in_bundle 10000 10240 0");
        String seen = end();

        assertThat(rerate("subscription-id=" + line.id(), at))
                .isEqualTo("2 records, 3 changed, 0 removed, 0 quarantined");

        String later = at.plusSeconds(20).toString().replace("Z", ".000Z");
        assertThat(items(line.id()))
                .containsExactly(
                        at.toString().replace("Z", ".000Z") + " in_bundle 2000 2048 0",
                        later + " in_bundle 8192 8192 0",
                        later + " out_of_bundle 1808 2048 614400");
        isSound();
        end();
        assertThat(api.get(seen).json().path("_embedded").path("items").size())
                .as("changed items are processed again")
                .isEqualTo(3);
        List<String> before = items(line.id());
        assertThat(rerate("subscription-id=" + line.id(), at))
                .isEqualTo("2 records, 0 changed, 0 removed, 0 quarantined");
        assertThat(items(line.id())).isEqualTo(before);
        // What came before the moment stays as it is, and so does what it has consumed.
        assertThat(rerate("subscription-id=" + line.id(), at.plusSeconds(20)))
                .isEqualTo("1 records, 0 changed, 0 removed, 0 quarantined");
        assertThat(sql.list(
                        "SELECT action FROM audit_entries WHERE subject = ?",
                        row -> row.text("action"),
                        "subscription/" + line.id()))
                .containsExactly("usage.rerated", "usage.rerated", "usage.rerated");
    }

    @Test
    void lines_of_an_account_share_a_pool_in_the_order_of_time() {
        FeedWorld.Line one = feed.line(BEGIN, null);
        FeedWorld.Line other = feed.line(BEGIN, null);
        send(call("pool-1", one, "+493012345678", at.plusSeconds(100), 120));
        send(call("pool-2", other, "+493012345678", at, 120));

        assertThat(rerate("account-id=" + feed.world.account(), at)).endsWith(" 0 quarantined");
        isSound();
        assertThat(rerate("account-id=" + feed.world.account(), at)).contains(" 0 changed, 0 removed");
    }

    @Test
    void a_record_that_has_no_rate_any_more_goes_to_quarantine_and_comes_back() {
        FeedWorld.Line line = feed.line(BEGIN, null);
        send(data("norate", line, at, 1_000));
        String end =
                "UPDATE products SET status = 'terminated', terminates_at = ? WHERE organization_id = ? AND id = ?";
        sql.update(end, at.minusSeconds(10), feed.world.organization(), line.product());

        assertThat(rerate("subscription-id=" + line.id(), at))
                .isEqualTo("1 records, 0 changed, 1 removed, 1 quarantined");
        assertThat(items(line.id())).isEmpty();
        isSound();

        sql.update(
                "UPDATE products SET status = 'active', terminates_at = NULL WHERE organization_id = ? AND id = ?",
                feed.world.organization(),
                line.product());
        Api.Answer retried = operator.post("/operator/usage/quarantine/retry?source=rerate&reason=no_product", "");
        assertThat(retried.json().path("accepted").intValue())
                .as(retried.text())
                .isEqualTo(1);
        assertThat(items(line.id())).hasSize(1);
        isSound();
    }

    @Test
    void closed_months_and_what_is_not_valid_are_refused() {
        Instant open = server.bean(Reratings.class).firstOpen();
        FeedWorld.Line line = feed.line(BEGIN, null);
        assertThat(operator.post(
                                "/operator/usage/rerate?subscription-id=" + line.id() + "&from=" + open.minusMillis(1),
                                "")
                        .violations())
                .containsExactly("from state");
        assertThat(operator.post("/operator/usage/rerate", "").violations())
                .containsExactlyInAnyOrder("from required", "subscription-id mismatch");
        assertThat(operator.post("/operator/usage/rerate?account-id=" + SomeUsage.nobody("acc_") + "&from=" + at, "")
                        .violations())
                .containsExactly("account-id not_found");
    }
}
