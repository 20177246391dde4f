package io.trunkline.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.ids.OrganizationId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The second wall between organizations, for every table that there is: they are found in the catalog, so that a new
 * one cannot escape. Each gets a row of each of two organizations; then a query forgets its predicate.
 */
@Tag("database")
final class TenancyTest {
    /** Tables of the operator, each with the reason why it is no tenant's. Everything else is. */
    private static final Map<String, String> OPERATORS = Map.ofEntries(
            Map.entry("organizations", "the tenants themselves"),
            Map.entry("api_clients", "looked up before the organization is known"),
            Map.entry("api_client_secrets", "looked up before the organization is known"),
            Map.entry("signing_keys", "the operator's; they sign for all organizations"),
            Map.entry("security_epoch", "one number for all servers"),
            Map.entry("product_offerings", "offered to many organizations; a policy shows the offered ones"),
            Map.entry("usage_sources", "whence the usage of all organizations comes"),
            Map.entry("usage_records", "known before it is known whose they are"),
            Map.entry("usage_quarantine", "of records that are nobody's yet"),
            Map.entry("tariffs", "what offerings cost, for all organizations"),
            Map.entry("tariff_book", "zones and emergency numbers, for all organizations"),
            Map.entry("number_stock", "the operator's until it is given out"),
            Map.entry("profile_stock", "the operator's until it is given out"),
            Map.entry("stock_levels", "how much of the operator's stock is left"),
            Map.entry("operator_events", "of what is the operator's own"),
            Map.entry("sms_parts", "what SMSCs call submissions; their receipts name no organization"),
            Map.entry("sms_inbound_parts", "segments that wait for the others, before it is known whose the text is"),
            Map.entry("chores", "of the servers; they work across organizations"),
            Map.entry("bounce_mailboxes", "what comes back of the mails of all organizations"),
            Map.entry("usage_sequencer", "one number for the batches of all organizations"),
            Map.entry("flyway_schema_history", "of the schema itself"));

    /** Of the operator's tables, those that requests may read, through a policy of their own. */
    private static final Set<String> OPERATORS_SHOWN = Set.of("product_offerings");

    /** Indexes of tenant tables that do not begin with the organization, each with the reason. */
    private static final Map<String, String> ACROSS_ORGANIZATIONS = Map.ofEntries(
            Map.entry("due_order_work", "workers lease what is due, whoever it is of"),
            Map.entry("idempotency_keys_by_age", "old answers are forgotten, whoever they were given to"),
            Map.entry("one_holder_per_sim_profile", "a profile has one holder in all organizations"),
            Map.entry("one_holder_per_number", "a number has one holder in all organizations"),
            Map.entry("sim_profiles_by_imsi", "a record of usage tells a SIM, not an organization"),
            Map.entry("phone_numbers_by_number", "a record of usage tells a number, not an organization"),
            Map.entry("sms_with_text", "old words are forgotten, whoever they are of"),
            Map.entry("sms_inbound_with_text", "old words are forgotten, whoever they are of"),
            Map.entry("deliveries_by_id", "what comes back of a mail names a delivery, not an organization"),
            Map.entry("due_sms_recipients", "what is due is leased by SMSC, then shared among organizations"),
            Map.entry("open_sms_recipients", "what has no more time ends, whoever it is of"),
            Map.entry("sms_opt_outs_by_sender", "a number that gets a new holder begins anew"),
            Map.entry("sms_opt_outs_by_recipient", "a number that gets a new holder begins anew"));

    private static final OrganizationId A = OrganizationId.create(Instant.parse("2026-01-01T00:00:00Z"));
    private static final OrganizationId B = OrganizationId.create(Instant.parse("2026-01-02T00:00:00Z"));
    private static final String PERMISSION_DENIED = "42501";

    private static OwnDatabase own;
    private static String role;
    private static List<Table> tables;

    private record Table(String name, boolean tenant) {}

    @BeforeAll
    static void fill() throws SQLException {
        own = OwnDatabase.create();
        role = own.connections().requestsRole();
        try (Connection owner = own.owner()) {
            owner.createStatement().execute("SET session_replication_role = replica");
            tables = tables(owner);
            for (Table table : tables) {
                if (!table.name().equals("flyway_schema_history")) {
                    GenericRows.forget(owner, table.name(), List.of(A, B));
                }
            }
            owner.createStatement().execute("RESET session_replication_role");
        }
    }

    @AfterAll
    static void drop() {
        own.close();
    }

    /** Partitions are looked at by themselves. */
    private static List<Table> tables(Connection owner) throws SQLException {
        try (Statement statement = owner.createStatement();
                ResultSet result = statement.executeQuery("""
                        SELECT c.relname, coalesce(a.attname = 'organization_id', false) AS tenant
                        FROM pg_class c
                        LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
                        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
                        WHERE c.relnamespace = 'trunkline'::regnamespace AND c.relkind IN ('r', 'p')
                            AND NOT c.relispartition
                        ORDER BY 1""")) {
            var found = new ArrayList<Table>();
            while (result.next()) {
                found.add(new Table(result.getString(1), result.getBoolean(2)));
            }
            return found;
        }
    }

    private static List<Table> tenants() {
        return tables.stream().filter(Table::tenant).toList();
    }

    private static boolean may(String privilege, String table) throws SQLException {
        return own.texts("SELECT has_table_privilege('%s', 'trunkline.%s', '%s')".formatted(role, table, privilege))
                .equals(List.of("t"));
    }

    /** The organizations whose rows a query without any predicate sees. */
    private static List<UUID> seen(OrganizationId organization, String table) {
        return own.database()
                .of(organization)
                .list("SELECT organization_id FROM " + table, row -> row.uuid("organization_id"));
    }

    private static void isRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable statement, String what) {
        assertThatThrownBy(statement)
                .as(what)
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        e -> assertThat(e.state())
                                .as(what + ": " + e.getMessage())
                                .isEqualTo(PERMISSION_DENIED));
    }

    @Test
    void every_table_is_a_tenants_or_listed_with_the_reason_why_not() {
        assertThat(tables.stream().filter(table -> !table.tenant()).map(Table::name))
                .as("tables whose primary key does not begin with organization_id: begin it so, or list the table above"
                        + " with the reason")
                .containsExactlyInAnyOrderElementsOf(OPERATORS.keySet());
        assertThat(tenants()).hasSizeGreaterThan(15);
    }

    @Test
    void a_query_without_its_predicate_sees_no_strangers_row() throws SQLException {
        var readable = new HashSet<String>();
        for (Table table : tenants()) {
            if (may("SELECT", table.name())) {
                readable.add(table.name());
                assertThat(seen(A, table.name())).as(table.name()).containsExactly(A.value());
                assertThat(seen(B, table.name())).as(table.name()).containsExactly(B.value());
                assertThat(seen(OrganizationId.create(Instant.now()), table.name()))
                        .as(table.name())
                        .isEmpty();
            } else {
                isRefused(() -> seen(A, table.name()), table.name());
            }
        }
        assertThat(readable).contains("accounts", "orders", "subscriptions", "subscribers", "audit_entries");
    }

    @Test
    void without_an_organization_nothing_is_seen() throws SQLException {
        try (Connection requests = own.connections().requests().getConnection()) {
            for (Table table : tenants()) {
                if (may("SELECT", table.name())) {
                    assertThat(OwnDatabase.texts(requests, "SELECT count(*) FROM " + table.name()))
                            .as(table.name())
                            .containsExactly("0");
                }
            }
        }
    }

    @Test
    void a_row_cannot_be_written_for_another_organization() throws SQLException {
        var writable = new HashSet<String>();
        for (Table table : tenants()) {
            String insert = GenericRows.copy(own, table.name());
            isRefused(() -> own.database().of(A).update(insert, B), table.name());
            if (may("INSERT", table.name())) {
                writable.add(table.name());
                assertThat(own.database().of(A).update(insert, A))
                        .as(table.name())
                        .isEqualTo(1);
                own.execute("DELETE FROM %s WHERE ctid = (SELECT max(ctid) FROM %s WHERE organization_id = '%s')"
                        .formatted(table.name(), table.name(), A.value()));
            }
        }
        assertThat(writable).contains("orders", "subscribers", "audit_entries");
    }

    @Test
    void rows_of_others_can_be_neither_changed_nor_taken_nor_deleted() throws SQLException {
        for (Table table : tenants()) {
            String move = "UPDATE " + table.name() + " SET organization_id = ?";
            isRefused(() -> own.database().of(A).update(move, B), table.name());
            String take = "UPDATE " + table.name() + " SET organization_id = organization_id";
            String delete = "DELETE FROM " + table.name();
            if (may("UPDATE", table.name())) {
                assertThat(own.database().of(A).update(take)).as(table.name()).isEqualTo(1);
            }
            if (may("DELETE", table.name())) {
                assertThat(own.database()
                                .of(OrganizationId.create(Instant.now()))
                                .update(delete))
                        .as(table.name())
                        .isZero();
            } else {
                isRefused(() -> own.database().of(A).update(delete), table.name());
            }
        }
    }

    @Test
    void what_has_happened_and_who_did_it_cannot_be_changed_by_a_request() throws SQLException {
        for (String table : List.of("events", "audit_entries")) {
            assertThat(may("UPDATE", table)).isFalse();
            assertThat(may("DELETE", table)).isFalse();
        }
    }

    @Test
    void tables_of_the_operator_are_closed_to_requests() throws SQLException {
        for (String table : OPERATORS.keySet()) {
            for (String privilege : List.of("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")) {
                boolean shown = privilege.equals("SELECT") && OPERATORS_SHOWN.contains(table);
                assertThat(may(privilege, table)).as(privilege + " on " + table).isEqualTo(shown);
            }
        }
        assertThat(own.texts("""
                SELECT relname FROM pg_class
                WHERE relnamespace = 'trunkline'::regnamespace AND relname = 'product_offerings'
                    AND relrowsecurity""")).hasSize(1);
        assertThat(own.database().of(A).list("SELECT id FROM product_offerings", row -> row.uuid("id")))
                .as("nothing was offered to this organization")
                .isEmpty();
    }

    @Test
    void the_role_of_requests_owns_nothing_and_stands_above_nothing() throws SQLException {
        assertThat(own.texts("""
                SELECT rolname FROM pg_roles WHERE rolname = '%s'
                    AND NOT (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb
                             OR rolreplication)""".formatted(role))).hasSize(1);
        assertThat(own.texts(
                        "SELECT roleid::regrole FROM pg_auth_members WHERE member = '%s'::regrole".formatted(role)))
                .as("roles that it could become")
                .isEmpty();
        assertThat(own.texts("""
                SELECT relname FROM pg_class WHERE relowner = '%1$s'::regrole
                UNION ALL SELECT proname FROM pg_proc WHERE proowner = '%1$s'::regrole
                UNION ALL SELECT nspname FROM pg_namespace WHERE nspowner = '%1$s'::regrole
                UNION ALL SELECT datname FROM pg_database WHERE datdba = '%1$s'::regrole""".formatted(role))).isEmpty();
        assertThat(own.texts("SELECT has_schema_privilege('%s', 'trunkline', 'CREATE')".formatted(role)))
                .containsExactly("f");
    }

    @Test
    void nothing_lends_requests_the_owners_eyes() throws SQLException {
        assertThat(own.texts("""
                SELECT proname FROM pg_proc
                WHERE pronamespace = 'trunkline'::regnamespace AND prosecdef
                    AND has_function_privilege('%s', oid, 'EXECUTE')""".formatted(role)))
                .as("functions that run as their owner")
                .isEmpty();
        assertThat(own.texts("""
                SELECT relname FROM pg_class
                WHERE relnamespace = 'trunkline'::regnamespace AND relkind IN ('v', 'm')
                    AND NOT coalesce(reloptions @> ARRAY['security_invoker=true'], false)"""))
                .as("views see as their owner unless they are made WITH (security_invoker = true)")
                .isEmpty();
        assertThat(own.texts("""
                SELECT relname FROM pg_class
                WHERE relnamespace = 'trunkline'::regnamespace AND relispartition AND relkind IN ('r', 'p')
                    AND has_table_privilege('%s', oid, 'SELECT, INSERT, UPDATE, DELETE')""".formatted(role)))
                .as("partitions: policies are not inherited, grant on the parent only")
                .isEmpty();
    }

    @Test
    void every_tenant_table_has_row_level_security_on_its_organization() throws SQLException {
        assertThat(own.texts("""
                SELECT c.relname FROM pg_class c
                WHERE c.relnamespace = 'trunkline'::regnamespace AND c.relrowsecurity
                    AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd = '*'
                                AND pg_get_expr(p.polqual, p.polrelid)
                                    LIKE '%organization_id = current_organization()%')
                ORDER BY 1"""))
                .containsAll(tenants().stream().map(Table::name).toList());
    }

    @Test
    void keys_and_indexes_of_tenant_tables_begin_with_the_organization() throws SQLException {
        assertThat(own.texts("""
                SELECT x.relname FROM pg_index i
                JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id'
                JOIN pg_index k ON k.indrelid = c.oid AND k.indisprimary AND k.indkey[0] = a.attnum
                WHERE c.relnamespace = 'trunkline'::regnamespace AND NOT c.relispartition
                    AND i.indkey[0] <> a.attnum"""))
                .as("indexes of tenant tables that begin with another column: put organization_id first, or list the"
                        + " index above with the reason")
                .containsExactlyInAnyOrderElementsOf(ACROSS_ORGANIZATIONS.keySet());
        assertThat(GenericRows.foreignKeysAcrossOrganizations())
                .as("foreign keys between tenant tables without organization_id could point into another organization")
                .isEmpty();
    }

    @Test
    void a_table_without_a_policy_would_be_caught() throws SQLException {
        own.execute("CREATE TABLE planted (organization_id uuid, id uuid, PRIMARY KEY (organization_id, id))");
        own.execute("GRANT SELECT ON planted TO " + role);
        own.execute("INSERT INTO planted VALUES ('%s', gen_random_uuid()), ('%s', gen_random_uuid())"
                .formatted(A.value(), B.value()));
        try {
            assertThat(seen(A, "planted")).containsExactlyInAnyOrder(A.value(), B.value());
        } finally {
            own.execute("DROP TABLE planted");
        }
    }
}
