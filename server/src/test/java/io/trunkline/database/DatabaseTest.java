package io.trunkline.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.ids.OrganizationId;
import io.trunkline.postgres.ThrowawayPostgres;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One connection a pool: whatever stayed on it would be found by the next one. */
@Tag("database")
final class DatabaseTest {
    private static final OrganizationId A = OrganizationId.create(Instant.parse("2026-01-01T00:00:00Z"));
    private static final OrganizationId B = OrganizationId.create(Instant.parse("2026-01-02T00:00:00Z"));
    private static final String SETTING =
            "SELECT coalesce(current_setting('trunkline.organization', true), '') AS organization";
    private static final String READ = "SELECT id FROM accounts WHERE organization_id = ?";

    private static OwnDatabase own;

    @BeforeAll
    static void create() throws SQLException {
        own = OwnDatabase.create();
        for (OrganizationId organization : List.of(A, B)) {
            own.database()
                    .owner()
                    .update(
                            """
                            INSERT INTO organizations (id, key, name, status, created_at)
                            VALUES (?, ?, 'n', 'active', now())""",
                            organization,
                            organization
                                    .text()
                                    .toLowerCase(java.util.Locale.ROOT)
                                    .replace('_', '-'));
        }
        own.execute("CREATE TABLE trunkline.scratch (id uuid PRIMARY KEY, n integer)");
        own.execute("GRANT SELECT, INSERT ON trunkline.scratch TO "
                + own.connections().requestsRole());
    }

    @AfterAll
    static void drop() {
        own.close();
    }

    private static String organization(Sql sql) {
        return sql.one(SETTING, row -> row.text("organization")).orElseThrow();
    }

    @AfterEach
    void nothing_stays_on_the_pooled_connection() throws SQLException {
        try (Connection pooled = own.connections().requests().getConnection()) {
            assertThat(pooled.getAutoCommit()).isTrue();
            assertThat(OwnDatabase.texts(pooled, SETTING)).containsExactly("");
        }
    }

    @Test
    void a_statement_sees_its_organization_and_nobody_elses() {
        assertThat(organization(own.database().of(A))).isEqualTo(A.value().toString());
        assertThat(organization(own.database().of(B))).isEqualTo(B.value().toString());
        assertThat(organization(own.database().owner())).isEmpty();
    }

    @Test
    void a_transaction_has_its_organization_from_the_first_statement_to_the_last() {
        List<String> seen = own.database().inTransaction(A, sql -> {
            sql.updateAll(
                    "INSERT INTO scratch (id, n) VALUES (?, ?)",
                    List.<@Nullable Object[]>of(new Object[] {UUID.randomUUID(), 1}));
            return List.of(organization(sql), organization(sql));
        });
        assertThat(seen).containsExactly(A.value().toString(), A.value().toString());
    }

    @Test
    void a_statement_that_fails_leaves_nothing_behind() {
        assertThatThrownBy(() -> own.database().of(A).list("SELECT 1/0", row -> row))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.state()).isEqualTo("22012"));
    }

    @Test
    void a_transaction_that_throws_is_rolled_back_and_tells_what_was_thrown() {
        UUID id = UUID.randomUUID();
        assertThatThrownBy(() -> own.database().inTransaction(A, sql -> {
                    sql.update("INSERT INTO scratch (id, n) VALUES (?, 1)", id);
                    throw new IllegalStateException("on purpose");
                }))
                .hasMessage("on purpose");
        assertThat(own.database().owner().list("SELECT n FROM scratch WHERE id = ?", row -> row.integer("n"), id))
                .isEmpty();
    }

    @Test
    void a_refused_statement_in_a_transaction_undoes_the_ones_before() {
        UUID id = UUID.randomUUID();
        assertThatThrownBy(() -> own.database().inTransaction(A, sql -> {
                    sql.update("INSERT INTO scratch (id, n) VALUES (?, 1)", id);
                    return sql.update("INSERT INTO scratch (id, n) VALUES (?, 2)", id);
                }))
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        e -> assertThat(e.violates("scratch_pkey")).isTrue());
        assertThat(own.database().owner().list("SELECT n FROM scratch WHERE id = ?", row -> row.integer("n"), id))
                .isEmpty();
    }

    @Test
    void a_read_is_one_round_trip_with_its_organization() {
        try (var roundTrips = new RoundTrips(own.port());
                Connections connections = own.through(roundTrips.port())) {
            connectOwner(connections);
            Sql sql = connections.database().of(A);
            for (int i = 0; i < 10; i++) {
                sql.list(READ, row -> row.uuid("id"), A);
            }
            long before = roundTrips.count();
            for (int i = 0; i < 10; i++) {
                sql.list(READ, row -> row.uuid("id"), A);
            }
            assertThat(roundTrips.count() - before).isEqualTo(10);
        }
    }

    /** Else the owner's pool would connect, in the background, while round trips are counted. */
    private static void connectOwner(Connections connections) {
        connections.database().owner().list("SELECT 1 AS n", row -> row.integer("n"));
    }

    @Test
    void a_transaction_of_two_statements_is_four_round_trips_at_most() {
        try (var roundTrips = new RoundTrips(own.port());
                Connections connections = own.through(roundTrips.port())) {
            connectOwner(connections);
            Database database = connections.database();
            for (int i = 0; i < 10; i++) {
                database.inTransaction(
                        A,
                        sql -> sql.list(READ, row -> row, A).size()
                                + sql.list(READ, row -> row, A).size());
            }
            long before = roundTrips.count();
            database.inTransaction(
                    A,
                    sql -> sql.list(READ, row -> row, A).size()
                            + sql.list(READ, row -> row, A).size());
            // BEGIN goes with the first statement; then the second one, and COMMIT.
            assertThat(roundTrips.count() - before).isLessThanOrEqualTo(4);
        }
    }

    @Test
    void statements_of_requests_are_counted() {
        long before = own.database().requestStatements();
        Database database = own.connections().database();
        database.of(A).list(READ, row -> row, A);
        database.inTransaction(
                A,
                sql -> sql.list(READ, row -> row, A).size()
                        + sql.list(READ, row -> row, A).size());
        database.owner().list(READ, row -> row, A);
        assertThat(database.requestStatements()).isEqualTo(3);
        assertThat(own.database().requestStatements()).isEqualTo(before);
    }

    @Test
    void every_kind_of_value_comes_back_as_it_went() {
        Instant at = Instant.now().truncatedTo(ChronoUnit.MICROS);
        UUID id = UUID.randomUUID();
        boolean read = own.database()
                .owner()
                .one(
                        """
                        SELECT ?::uuid AS id, ?::uuid AS raw, ?::timestamptz AS at, ?::text AS text, ?::text AS nothing,
                            ?::text[] AS texts, cardinality(?::uuid[]) AS uuids, cardinality(?::int[]) AS integers,
                            ?::bigint AS number, ?::boolean AS truth, ?::bytea AS bytes, ?::numeric AS decimal""",
                        row -> {
                            assertThat(row.uuid("id")).isEqualTo(A.value());
                            assertThat(row.uuidOrNull("raw")).isEqualTo(id);
                            assertThat(row.instant("at")).isEqualTo(at);
                            assertThat(row.text("text")).isEqualTo("zwölf ' \" \\ ; -- 𝄞");
                            assertThat(row.textOrNull("nothing")).isNull();
                            assertThat(row.texts("texts")).containsExactly("a,b", "{c}", "\"d\"");
                            assertThat(row.integer("uuids")).isEqualTo(2);
                            assertThat(row.integer("integers")).isEqualTo(3);
                            assertThat(row.longInteger("number")).isEqualTo(Long.MAX_VALUE);
                            assertThat(row.bool("truth")).isTrue();
                            assertThat(row.bytes("bytes")).containsExactly(0, -1, 127);
                            return true;
                        },
                        A,
                        id,
                        at,
                        "zwölf ' \" \\ ; -- 𝄞",
                        null,
                        new String[] {"a,b", "{c}", "\"d\""},
                        new UUID[] {id, id},
                        new Integer[] {1, 2, 3},
                        Long.MAX_VALUE,
                        true,
                        new byte[] {0, -1, 127},
                        new BigDecimal("1.50"))
                .orElse(false);
        assertThat(read).isTrue();
    }

    @Test
    void a_null_where_a_value_is_expected_names_the_column() {
        assertThatThrownBy(() -> own.database().owner().one("SELECT NULL::text AS name", row -> row.text("name")))
                .hasMessageContaining("column name is null");
    }

    @Test
    void a_second_row_where_one_is_expected_is_a_defect() {
        assertThatThrownBy(() ->
                        own.database().owner().one("SELECT * FROM generate_series(1, 2) AS n", row -> row.integer("n")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("found 2");
    }

    @Test
    void many_rows_are_sent_together_and_all_of_them_or_none_are_kept() {
        var rows = new ArrayList<@Nullable Object[]>();
        for (int i = 0; i < 100; i++) {
            rows.add(new Object[] {UUID.randomUUID(), 4_711});
        }
        own.database().of(A).updateAll("INSERT INTO scratch (id, n) VALUES (?, ?)", rows);
        rows.add(rows.getFirst());
        assertThatThrownBy(() -> own.database().of(A).updateAll("INSERT INTO scratch (id, n) VALUES (?, ?)", rows))
                .isInstanceOf(DatabaseException.class);
        assertThat(own.database()
                        .owner()
                        .one("SELECT count(*) AS n FROM scratch WHERE n = 4711", row -> row.longInteger("n")))
                .contains(100L);
    }

    private static long scratched(int n) {
        return own.database()
                .owner()
                .one("SELECT count(*) AS rows FROM scratch WHERE n = ?", row -> row.longInteger("rows"), n)
                .orElseThrow();
    }

    @Test
    void what_nobody_waits_for_is_seen_by_the_next_statement_and_each_is_told_its_own_rows() {
        var told = new ArrayList<Integer>();
        long seen = own.database().inOwnerTransaction(sql -> {
            // More than wait at once, each of another number of rows.
            for (int i = 0; i < 70; i++) {
                int rows = i % 3;
                sql.write(
                        told::add,
                        "INSERT INTO scratch (id, n) SELECT gen_random_uuid(), 101 FROM generate_series(1, ?)",
                        rows);
            }
            return sql.one("SELECT count(*) AS rows FROM scratch WHERE n = 101", row -> row.longInteger("rows"))
                    .orElseThrow();
        });
        assertThat(told).hasSize(70).startsWith(0, 1, 2, 0, 1, 2);
        assertThat(seen).isEqualTo(69);
    }

    @Test
    void what_waits_at_the_end_of_a_transaction_is_sent_before_the_commit() {
        boolean done = own.database().inOwnerTransaction(sql -> {
            sql.write("INSERT INTO scratch (id, n) VALUES (gen_random_uuid(), 102)");
            return true;
        });
        assertThat(done).isTrue();
        assertThat(scratched(102)).isEqualTo(1);
    }

    @Test
    void a_number_of_rows_that_is_refused_undoes_the_transaction_also_at_its_end() {
        for (boolean statementFollows : new boolean[] {true, false}) {
            assertThatThrownBy(() -> own.database().inOwnerTransaction(sql -> {
                        sql.write("INSERT INTO scratch (id, n) VALUES (gen_random_uuid(), 103)");
                        sql.write(
                                changed -> {
                                    throw new IllegalStateException(changed + " rows");
                                },
                                "UPDATE scratch SET n = 104 WHERE n = 103");
                        return statementFollows && organization(sql).isEmpty();
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("1 rows");
        }
        assertThat(scratched(103) + scratched(104)).isZero();
    }

    @Test
    void a_database_that_is_not_there_is_unavailable_and_not_a_defect() {
        try (Connections connections = own.through(1)) {
            assertThatThrownBy(() -> connections.database().of(A).list(READ, row -> row, A))
                    .isInstanceOf(DatabaseUnavailable.class);
        }
    }

    @Test
    void a_url_without_a_user_is_refused_with_an_example() {
        assertThatThrownBy(() -> new Connections(OwnDatabase.settings("jdbc:postgresql://127.0.0.1/x", 1), "p"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("?user=");
    }

    @Test
    void the_schema_is_migrated_once_and_a_second_time_changes_nothing() {
        DatabaseSettings settings = OwnDatabase.settings(own.url(), 1);
        try (var again = new Connections(settings, "a-password-of-the-test")) {
            new Schema(again, settings, "a-password-of-the-test").migrate();
            assertThat(organization(again.database().of(A))).isEqualTo(A.value().toString());
        }
    }

    @Test
    void a_database_that_cannot_hold_every_name_is_refused_with_the_way_to_make_one() {
        ThrowawayPostgres.Database ascii = ThrowawayPostgres.createDatabase(
                "ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'");
        DatabaseSettings settings = OwnDatabase.settings(ascii.url(), 1);
        try (var connections = new Connections(settings, "a-password-of-the-test")) {
            var schema = new Schema(connections, settings, "a-password-of-the-test");
            assertThatThrownBy(schema::migrate)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("encoding is SQL_ASCII")
                    .hasMessageContaining("LOCALE 'C.UTF-8'");
        }
    }

    @Test
    void a_role_for_requests_that_could_see_everything_is_refused() {
        DatabaseSettings asOwner = new DatabaseSettings(
                own.url(),
                own.url(),
                1,
                1,
                DatabaseSettings.DEFAULT_CONNECTION_WAIT,
                DatabaseSettings.DEFAULT_STATEMENT_TIMEOUT);
        try (var connections = new Connections(asOwner, "")) {
            var schema = new Schema(connections, asOwner, "");
            assertThatThrownBy(schema::migrate)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("row-level security would not hold");
        }
    }
}
