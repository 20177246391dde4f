package io.trunkline.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.World;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** What is taken from a client on one server ends on every other one, by itself. */
@Tag("database")
@Tag("neighbours")
final class TenSecondsTest {
    private static RunningServer first;
    private static ConfigurableApplicationContext second;

    @BeforeAll
    static void start() {
        first = RunningServer.start(Map.of("trunkline.public-url", "http://trunkline.example"));
        second = first.second(Map.of("trunkline.public-url", "http://trunkline.example"));
    }

    @AfterAll
    static void stop() {
        second.close();
        first.close();
    }

    /** At the second server, with a token that it has verified and remembers. */
    private static Api atSecond(World world) {
        Api api = world.api().at(RunningServer.urlOf(second));
        assertThat(api.get("/enterprise/accounts").status()).isEqualTo(200);
        return api;
    }

    @Test
    void what_is_verified_is_trusted_for_less_than_ten_seconds_without_asking_again() {
        // A change is seen at the next look; where looking fails, trust ends. Both ways it takes effect within 10 s.
        assertThat(Epoch.POLL).isLessThan(Epoch.TRUSTED);
        assertThat(Epoch.TRUSTED).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void a_revoked_client() {
        World world = first.world("revoked");
        Api api = atSecond(world);

        first.bean(Clients.class).revoke(world.organization(), world.clientId());

        Api.Answer answer = api.await("/enterprise/accounts", refused -> refused.status() != 200);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.code()).isEqualTo("invalid_token");
        assertThat(api.form(
                                Issuer.TOKEN_PATH,
                                List.of(
                                        List.of("grant_type", "client_credentials"),
                                        List.of("client_id", world.clientId()),
                                        List.of("client_secret", world.secret())))
                        .status())
                .as("and it gets no new one")
                .isEqualTo(401);
    }

    @Test
    void a_withdrawn_licence() {
        World world = first.world("withdrawn");
        Api api = atSecond(world);

        first.bean(Clients.class).setLicences(world.organization(), world.clientId(), EnumSet.of(Licence.SUBSCRIBERS));

        Api.Answer answer = api.await("/enterprise/accounts", refused -> refused.status() != 200);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.code()).isEqualTo("missing_licence");
        assertThat(api.get("/enterprise/subscribers").status())
                .as("what is left")
                .isEqualTo(200);
    }

    @Test
    void a_licence_that_is_given_later_does_not_widen_a_token() {
        World world = first.world("widened");
        first.bean(Clients.class).setLicences(world.organization(), world.clientId(), EnumSet.of(Licence.SUBSCRIBERS));
        Api api = world.api();
        assertThat(api.get("/enterprise/subscribers").status()).isEqualTo(200);

        first.bean(Clients.class).setLicences(world.organization(), world.clientId(), Licence.ofOrganizations());
        first.bean(Epoch.class).poll();

        assertThat(api.get("/enterprise/accounts").status()).isEqualTo(403);
    }

    @Test
    void a_suspended_organization_until_it_is_resumed() {
        World world = first.world("suspended");
        Api api = atSecond(world);

        first.bean(Clients.class).suspend(world.organization());
        assertThat(api.await("/enterprise/accounts", refused -> refused.status() != 200)
                        .status())
                .isEqualTo(401);

        first.bean(Clients.class).resume(world.organization());
        assertThat(api.await("/enterprise/accounts", taken -> taken.status() != 401)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void a_retired_key_and_not_its_successor() {
        World world = first.world("retired");
        Api before = atSecond(world);
        String old = first.bean(SigningKeys.class).currentId();

        first.bean(SigningKeys.class).rotate();

        // The new key's first token goes to a server that has not heard of it.
        Api after = world.api();
        after.token();
        assertThat(first.bean(SigningKeys.class).currentId()).isNotEqualTo(old);
        assertThat(after.at(RunningServer.urlOf(second))
                        .get("/enterprise/accounts")
                        .status())
                .as("a new key is known everywhere at once")
                .isEqualTo(200);
        assertThat(before.get("/enterprise/accounts").status())
                .as("the previous key verifies until it is retired")
                .isEqualTo(200);

        assertThat(first.bean(SigningKeys.class).retire(old)).isTrue();
        assertThat(first.bean(SigningKeys.class).retire(old)).as("once").isFalse();
        assertThat(before.await("/enterprise/accounts", refused -> refused.status() != 200)
                        .status())
                .isEqualTo(401);
        assertThat(after.at(RunningServer.urlOf(second))
                        .get("/enterprise/accounts")
                        .status())
                .isEqualTo(200);
        assertThat(first.bean(SigningKeys.class)
                        .retire(first.bean(SigningKeys.class).currentId()))
                .as("the current key cannot be retired")
                .isFalse();
    }

    @Test
    void keys_are_replaced_when_they_are_too_old_and_retired_when_they_have_nothing_left_to_verify()
            throws SQLException {
        SigningKeys keys = first.bean(SigningKeys.class);
        keys.tend(Duration.ofDays(90));
        String young = keys.currentId();

        execute("UPDATE signing_keys SET created_at = now() - interval '91 days' WHERE status = 'current'");
        keys.tend(Duration.ofDays(90));
        assertThat(keys.currentId()).isNotEqualTo(young);
        assertThat(keys.find(young)).as("still verifies").isPresent();
        second.getBean(SigningKeys.class).tend(Duration.ofDays(90));
        second.getBean(SigningKeys.class).reload();
        assertThat(second.getBean(SigningKeys.class).currentId()).isEqualTo(keys.currentId());

        execute("UPDATE signing_keys SET changed_at = now() - interval '2 hours' WHERE status = 'previous'");
        keys.tend(Duration.ofDays(90));
        assertThat(keys.find(young)).isEmpty();
    }

    @Test
    void a_server_that_starts_later_signs_with_the_key_of_the_others() {
        assertThat(second.getBean(SigningKeys.class).published().getKeys())
                .extracting(key -> key.getKeyID())
                .contains(first.bean(SigningKeys.class)
                        .published()
                        .getKeys()
                        .getLast()
                        .getKeyID());
    }

    @Test
    void the_database_knows_neither_secrets_nor_private_keys() throws SQLException {
        World world = first.world("secretive");
        String privatePart =
                first.bean(SigningKeys.class).current().getPrivateExponent().toString();
        var found = new ArrayList<String>();
        try (Connection connection = first.database().connect();
                Statement statement = connection.createStatement();
                ResultSet tables = statement.executeQuery(
                        "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'trunkline'")) {
            while (tables.next()) {
                found.addAll(rowsWith(connection, tables.getString(1), world.secret()));
                found.addAll(rowsWith(connection, tables.getString(1), privatePart));
            }
        }
        assertThat(found).isEmpty();
        assertThat(first.bean(Clients.class).knows(world.clientId(), world.secret()))
                .isTrue();
        assertThat(first.bean(Clients.class).knows(world.clientId(), world.secret() + "x"))
                .isFalse();
    }

    /** Searches all columns, as texts and as the bytes that they hold. */
    private static List<String> rowsWith(Connection connection, String table, String secret) throws SQLException {
        var rows = new ArrayList<String>();
        String hex = java.util.HexFormat.of().formatHex(secret.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        try (var statement = connection.prepareStatement("SELECT t::text FROM trunkline." + table
                + " t WHERE strpos(t::text, ?) > 0 OR strpos(t::text, ?) > 0")) {
            statement.setString(1, secret);
            statement.setString(2, hex);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(table + ": " + result.getString(1));
                }
            }
        }
        return rows;
    }

    @Test
    void a_secret_can_be_replaced_without_an_interruption() {
        World world = first.world("replaced");
        Clients clients = first.bean(Clients.class);
        String next = clients.newSecret(world.organization(), world.clientId());
        assertThat(new Api(first.url(), world.clientId(), world.secret()).token())
                .isNotBlank();
        assertThat(new Api(first.url(), world.clientId(), next).token()).isNotBlank();

        clients.retireOtherSecrets(world.organization(), world.clientId(), next);

        assertThat(clients.knows(world.clientId(), world.secret())).isFalse();
        assertThat(new Api(first.url(), world.clientId(), next).token()).isNotBlank();
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = first.database().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET search_path = trunkline");
            statement.execute(sql);
        }
    }
}
