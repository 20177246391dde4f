package io.trunkline.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.database.Database;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.SharedServer;
import io.trunkline.stories.World;
import io.trunkline.web.Json;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** What the operator changes of clients and organizations is written down: what it was, and what it is. */
@Tag("database")
@ExtendWith(SharedServer.class)
class ClientsTest {
    private final RunningServer server;
    private final Clients clients;

    ClientsTest(RunningServer server) {
        this.server = server;
        this.clients = server.bean(Clients.class);
    }

    private record Entry(String action, String actor, JsonNode before, JsonNode after) {}

    private List<Entry> entries(World world, String action) {
        return server.bean(Database.class)
                .owner()
                .list(
                        """
                        SELECT action, actor, before, after FROM audit_entries
                        WHERE organization_id = ? AND action = ? ORDER BY id""",
                        row -> new Entry(
                                row.text("action"),
                                row.text("actor"),
                                Json.parse(row.text("before")),
                                Json.parse(row.text("after"))),
                        world.organization(),
                        action);
    }

    @Test
    void a_change_of_a_client_tells_what_it_was_and_what_it_is() {
        World world = server.world("audited-client");
        clients.setLicences(world.organization(), world.clientId(), EnumSet.of(Licence.ACCOUNTS));
        clients.setLimit(world.organization(), world.clientId(), 5, 10);
        clients.revoke(world.organization(), world.clientId());

        assertThat(entries(world, "client.licences_set")).singleElement().satisfies(entry -> {
            assertThat(entry.actor()).isEqualTo("operator");
            assertThat(entry.before().path("licences").size())
                    .isEqualTo(Licence.ofOrganizations().size());
            assertThat(entry.after().path("licences").toString()).isEqualTo("[\"accounts\"]");
        });
        assertThat(entries(world, "client.limit_set")).singleElement().satisfies(entry -> {
            assertThat(entry.before().path("requests_per_second").intValue()).isEqualTo(1_000);
            assertThat(entry.after().path("requests_per_second").intValue()).isEqualTo(5);
        });
        assertThat(entries(world, "client.revoked")).singleElement().satisfies(entry -> {
            assertThat(entry.before().path("status").stringValue()).isEqualTo("active");
            assertThat(entry.after().path("status").stringValue()).isEqualTo("revoked");
        });
    }

    @Test
    void what_changes_nothing_is_not_written_down() {
        World world = server.world("audited-twice");
        clients.suspend(world.organization());
        clients.suspend(world.organization());
        clients.resume(world.organization());
        clients.revoke(world.organization(), world.clientId());
        clients.revoke(world.organization(), world.clientId());

        assertThat(entries(world, "organization.suspended"))
                .singleElement()
                .satisfies(entry ->
                        assertThat(entry.before().path("status").stringValue()).isEqualTo("active"));
        assertThat(entries(world, "organization.active")).hasSize(1);
        assertThat(entries(world, "client.revoked")).hasSize(1);
    }
}
