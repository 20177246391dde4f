package io.trunkline.database;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells people why the server does not start, where the reason is the database. */
final class StartFailure extends AbstractFailureAnalyzer<DatabaseException> {
    @Override
    protected FailureAnalysis analyze(Throwable root, DatabaseException failure) {
        return new FailureAnalysis(String.valueOf(failure.getMessage()), remedy(failure), failure);
    }

    private static String remedy(DatabaseException failure) {
        if (failure instanceof DatabaseUnavailable) {
            return "Start PostgreSQL, or correct trunkline.database.url. A server that starts waits for its database"
                    + " as long as trunkline.database.start-wait says.";
        }
        return switch (failure.state()) {
            case "28P01", "28000" -> "Correct user and password in trunkline.database.url (or requests-url).";
            case "3D000" -> "Create the database, or correct its name in trunkline.database.url.";
            case "42501" ->
                "Give the role of trunkline.database.url what it needs: CREATE on the database, and CREATEROLE unless"
                        + " trunkline.database.requests-url names a role that exists.";
            default -> "See the statement and PostgreSQL's answer above.";
        };
    }
}
