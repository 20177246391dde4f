package io.trunkline.box;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.keys.MasterKeys;
import io.trunkline.postgres.ThrowawayPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** On a PostgreSQL of the operator's own, prepared by the SQL of the documents. */
@Tag("database")
class ExternalDatabaseTest {
    private static final Pattern SQL = Pattern.compile("(?ms)^```sql\\n(.*?)^```$");

    @Test
    void anOwnerThatMayMakeRolesIsEnough() throws Exception {
        ThrowawayPostgres.Database database = ThrowawayPostgres.createDatabase();
        String owner = database.name() + "_owner";
        execute(database.url(), documented(0, database.name(), owner, ""));
        try {
            serve(database, url(database, owner));
        } finally {
            forget(database, owner, database.name() + "_requests");
        }
    }

    @Test
    void twoRolesThatAreThereNeedNoRightToMakeAny() throws Exception {
        ThrowawayPostgres.Database database = ThrowawayPostgres.createDatabase();
        String owner = database.name() + "_owner";
        String requests = database.name() + "_readers";
        execute(database.url(), documented(1, database.name(), owner, requests));
        try {
            serve(database, url(database, owner), "--requests-database-url", url(database, requests));
        } finally {
            forget(database, owner, requests);
        }
    }

    private static void serve(ThrowawayPostgres.Database database, String ownerUrl, String... more) throws IOException {
        try (BoxProcess box = BoxProcess.create()) {
            String[] options = new String[more.length + 2];
            options[0] = "--database-url";
            options[1] = ownerUrl;
            System.arraycopy(more, 0, options, 2, more.length);
            assertThat(box.run("up", options)).isEqualTo(1);
            assertThat(box.output()).contains("TRUNKLINE_MASTER_KEY_FILE");
            Path key = Files.createTempDirectory("trunkline-key").resolve("master.key");
            MasterKeys.readOrCreate(key);
            box.with("TRUNKLINE_MASTER_KEY_FILE", key.toString()).up(options);
            try (BoxClient client = new BoxClient(box)) {
                assertThat(client.get("/enterprise/accounts").status()).isEqualTo(200);
                String account = client.firstAccount();
                BoxClient.Answer order = client.order(account, "one", "one@external.example");
                assertThat(order.status()).as(order.body()).isEqualTo(201);
                BoxProcess.await(
                        "completion",
                        () -> client.get("/enterprise/orders/"
                                        + order.json().path("id").stringValue())
                                .json()
                                .path("status")
                                .stringValue("")
                                .equals("completed"));
            }
            assertThat(box.data().resolve("postgres")).as(database.name()).isEmptyDirectory();
            assertThat(box.data().resolve("keys/master.key")).doesNotExist();
        }
    }

    private static String documented(int block, String database, String owner, String requests) throws IOException {
        Path document = Path.of("..", "docs", "operating.md");
        Matcher matcher = SQL.matcher(Files.readString(document));
        for (int i = 0; i <= block; i++) {
            assertThat(matcher.find()).as("SQL block %d of %s", block, document).isTrue();
        }
        return matcher.group(1)
                .replaceAll("(?m)^CREATE DATABASE .*$", "ALTER DATABASE " + database + " OWNER TO trunkline_owner;")
                .replace("trunkline_owner", owner)
                .replace("trunkline_requests", requests)
                .replace("DATABASE trunkline ", "DATABASE " + database + " ");
    }

    private static String url(ThrowawayPostgres.Database database, String role) {
        return "postgresql://" + role + ":change-me@"
                + database.url().replaceFirst("^jdbc:postgresql://", "").replaceFirst("\\?.*$", "");
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void forget(ThrowawayPostgres.Database database, String... roles) throws SQLException {
        for (String role : roles) {
            execute(database.url(), "DROP OWNED BY " + role + " CASCADE");
        }
        execute(database.url(), "ALTER DATABASE " + database.name() + " OWNER TO CURRENT_USER");
        for (String role : roles) {
            execute(database.url(), "DROP ROLE " + role);
        }
    }
}
