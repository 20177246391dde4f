package io.trunkline.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("database")
class ThrowawayPostgresTest {
    @Test
    void everyDatabaseIsEmptyAndOfNobodyElse() throws SQLException {
        ThrowawayPostgres.Database one = ThrowawayPostgres.createDatabase();
        ThrowawayPostgres.Database other = ThrowawayPostgres.createDatabase();
        assertThat(one.name()).isNotEqualTo(other.name());
        Scratch.ask(one.url(), "CREATE TABLE mine ()");
        String tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
        assertThat(Scratch.ask(one.url(), tables)).isEqualTo("1");
        assertThat(Scratch.ask(other.url(), tables)).isEqualTo("0");
        assertThat(Scratch.ask(one.url(), "SELECT current_database()")).isEqualTo(one.name());
        assertThat(Scratch.ask(one.url(), "SELECT rolcreatedb AND rolcreaterole FROM pg_roles WHERE rolname = user"))
                .isEqualTo("t");
    }
}
