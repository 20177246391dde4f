package io.trunkline.database;

import java.sql.SQLException;
import java.util.Optional;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** A statement failed. */
public class DatabaseException extends RuntimeException {
    private final String state;
    private final String constraint;

    DatabaseException(String message, SQLException cause) {
        super(message, cause);
        this.state = Optional.ofNullable(cause.getSQLState()).orElse("");
        this.constraint = refusal(cause)
                .map(PSQLException::getServerErrorMessage)
                .map(ServerErrorMessage::getConstraint)
                .orElse("");
    }

    /** What the server has said, which of a batch is the cause of what the driver says. */
    private static Optional<PSQLException> refusal(SQLException failure) {
        return failure instanceof PSQLException refusal
                ? Optional.of(refusal)
                : failure.getCause() instanceof PSQLException ofBatch ? Optional.of(ofBatch) : Optional.empty();
    }

    /** PostgreSQL's SQLSTATE, empty where there is none. */
    public String state() {
        return state;
    }

    /** Whether a unique or exclusion constraint of this name refused the statement. */
    public boolean violates(String name) {
        return state.startsWith("23") && constraint.equals(name);
    }
}
