package io.trunkline.subscriptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.events.Events;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.SharedServer;
import io.trunkline.stories.World;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers that rest and come back, and warnings before something runs out. */
@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StockLifeTest {
    private static final Duration REST = Duration.ofDays(90);
    /** The thresholds of the server, whose chore may count at any moment. */
    private static final StockSettings SETTINGS =
            new StockSettings(REST, Duration.ofMinutes(1), List.of(1_000L, 100L, 1L), List.of(1_000L, 100L, 1L));
    /** In no stock of other tests. */
    private static final String COUNTRY = "AQ";

    private static final String ADD = """
            INSERT INTO number_stock (msisdn, country, state, organization_id, order_id, subscription_id, changed_at)
            VALUES (?, ?, ?, ?, gen_random_uuid(), gen_random_uuid(), ?)""";
    private static final String STATE = """
            SELECT state || CASE WHEN organization_id IS NULL AND order_id IS NULL AND subscription_id IS NULL THEN ''
                ELSE ' of somebody' END AS state
            FROM number_stock WHERE msisdn = ?""";
    private static final String SET_FREE = """
            INSERT INTO profile_stock (iccid, imsi, profile_type, state, order_id, changed_at)
            SELECT (8944997777000000000 + n)::text, (1027777000000 + n)::text, ?,
                CASE WHEN n <= ? THEN 'free' ELSE 'retired' END,
                CASE WHEN n <= ? THEN NULL ELSE gen_random_uuid() END, now()
            FROM generate_series(1, 120) n
            ON CONFLICT (iccid) DO UPDATE SET state = excluded.state, order_id = excluded.order_id""";
    private static final String WARNINGS = """
            SELECT type || ' ' || (data ->> 'free') || ' ' || (data ->> 'threshold') AS told FROM operator_events
            WHERE subject = ? ORDER BY occurred_at, id""";

    private Database database;
    private Sql sql;
    private Events events;
    private World world;
    private Instant now;

    @BeforeAll
    void prepare(RunningServer server) {
        database = server.bean(Database.class);
        sql = database.owner();
        events = server.bean(Events.class);
        world = server.world("stock-life");
        now = sql.one("SELECT now() AS now", row -> row.instant("now")).orElseThrow();
    }

    private void add(String msisdn, String state) {
        sql.update(ADD, msisdn, COUNTRY, state, world.organization(), now);
    }

    private String state(String msisdn) {
        return sql.one(STATE, row -> row.text("state"), msisdn).orElseThrow();
    }

    private void endQuarantineAt(Instant at) {
        new Quarantine(database, SETTINGS, Clock.fixed(at, ZoneOffset.UTC)).end();
    }

    @Test
    void aNumberRestsForItsQuarantineAndIsThenNobodys() {
        add("67210001", "quarantined");
        add("67210002", "in_use");
        add("67210003", "in_doubt");
        endQuarantineAt(now.plus(REST).minusSeconds(1));
        assertThat(state("67210001")).isEqualTo("quarantined of somebody");
        endQuarantineAt(now.plus(REST));
        assertThat(state("67210001")).isEqualTo("free");
        assertThat(state("67210002")).isEqualTo("in_use of somebody");
        assertThat(state("67210003")).isEqualTo("in_doubt of somebody");
    }

    @Test
    void moreThanOneHelpingOfThemComesBackAtOnce() {
        sql.update("""
                INSERT INTO number_stock (msisdn, country, state, organization_id, order_id, changed_at)
                SELECT '67220' || n, 'TV', 'quarantined', ?, gen_random_uuid(), ?
                FROM generate_series(10000, 12500) n""", world.organization(), now.minus(REST));
        endQuarantineAt(now);
        assertThat(sql.list("SELECT DISTINCT state FROM number_stock WHERE country = 'TV'", row -> row.text("state")))
                .containsExactly("free");
    }

    /** So many of 120, in one statement: whoever counts meanwhile finds the same. */
    private void setFree(int count) {
        sql.update(SET_FREE, world.profileType(), count, count);
    }

    private List<String> warnings() {
        return sql.list(WARNINGS, row -> row.text("told"), "profiles/" + world.profileType());
    }

    @Test
    void eachThresholdIsWarnedOfOnceUntilThereIsMoreAgain() {
        MeterRegistry meters = new SimpleMeterRegistry();
        var levels = new StockLevels(database, events, SETTINGS, meters, Clock.systemUTC());
        int[] free = {120, 100, 99, 98, 109, 99, 110, 99, 1, 0, 1, 0, 120};
        String thousand = "stock.low 120 1000";
        String hundred = "stock.low 99 100";
        String none = "stock.exhausted 0 1";
        List<List<String>> told = List.of(
                List.of(thousand),
                List.of(thousand),
                List.of(thousand, hundred),
                List.of(thousand, hundred),
                List.of(thousand, hundred),
                List.of(thousand, hundred),
                List.of(thousand, hundred),
                List.of(thousand, hundred, hundred),
                List.of(thousand, hundred, hundred),
                List.of(thousand, hundred, hundred, none),
                List.of(thousand, hundred, hundred, none),
                List.of(thousand, hundred, hundred, none),
                List.of(thousand, hundred, hundred, none));
        for (int i = 0; i < free.length; i++) {
            setFree(free[i]);
            levels.count();
            assertThat(warnings()).as("count " + i + ": " + free[i] + " free").isEqualTo(told.get(i));
        }
        assertThat(meters.get("trunkline.stock.age").gauge().value()).isLessThan(60);
        assertThat(meters.get("trunkline.stock.free")
                        .tag("kind", "profiles")
                        .tag("name", world.profileType())
                        .gauge()
                        .value())
                .isEqualTo(120);
    }

    @ParameterizedTest(name = "warned of {0}, {1} free: {2}")
    @CsvSource({
        "0,1000,0",
        "0,999,1000",
        "1000,1000,1000",
        "1000,1099,1000",
        "1000,1100,0",
        "1000,99,100",
        "100,0,1",
        "100,109,100",
        "100,110,1000",
        "1,1,1",
        "1,2,100",
        "1,5000,0",
        "50,99,100",
        "50,40,100"
    })
    void theThresholdThatHolds(long before, long free, long expected) {
        OptionalLong warned = StockLevels.warned(
                List.of(1L, 100L, 1_000L), before == 0 ? OptionalLong.empty() : OptionalLong.of(before), free);
        assertThat(warned.orElse(0)).isEqualTo(expected);
    }

    @Test
    void aThresholdBelowOneIsRefused() {
        assertThatThrownBy(() -> new StockSettings(REST, REST, List.of(0L), List.of()))
                .hasMessageContaining("1 or more")
                .hasMessageContaining("[0]");
    }
}
