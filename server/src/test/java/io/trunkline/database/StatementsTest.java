package io.trunkline.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StatementsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "08001",
                "08006", // no connection, connection lost
                "57P01",
                "57P02",
                "57P03", // stopping, crashed, starting
                "53100",
                "53200",
                "53300", // disk, memory, connections
                "58030", // I/O
                "57014", // longer than a statement may take
                "40001",
                "40P01", // lost against another transaction
                "25006" // a standby, or one that was a primary until now
            })
    void what_may_succeed_later_is_unavailable(String state) {
        assertThat(Statements.explain("SELECT 1", new SQLException("x", state)))
                .isInstanceOf(DatabaseUnavailable.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"23505", "42601", "42501", "22012", "57000"})
    void what_will_never_succeed_is_a_failure_and_names_the_statement(String state) {
        DatabaseException explained = Statements.explain("SELECT 1", new SQLException("x", state));
        assertThat(explained).isNotInstanceOf(DatabaseUnavailable.class).hasMessage("x by: SELECT 1");
        assertThat(explained.state()).isEqualTo(state);
    }

    @Test
    void a_pool_that_has_no_connection_in_time_is_unavailable() {
        assertThat(Statements.explain("SELECT 1", new SQLTransientConnectionException("x")))
                .isInstanceOf(DatabaseUnavailable.class);
    }

    @Test
    void an_exception_without_a_state_has_an_empty_one() {
        assertThat(Statements.explain("SELECT 1", new SQLException("x")).state())
                .isEmpty();
    }
}
