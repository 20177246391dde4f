package io.trunkline.database;

import java.time.Duration;
import java.util.Optional;
import org.springframework.boot.health.contributor.Health;

/**
 * What the database lacks for requests to be answered. Asked at most once a second, however many probes come: a
 * database that is away is not to be waited for by each.
 */
final class DatabaseHealth {
    private static final Duration REMEMBERED = Duration.ofSeconds(1);
    private static final String OWNER = "SELECT version FROM flyway_schema_history WHERE version = ? AND success";
    private static final String REQUESTS = "SELECT current_organization() IS NULL AS works";

    private final Database database;
    private final String schemaVersion;
    private Optional<Seen> seen = Optional.empty();

    /** Expects the schema to have come at least to this version. */
    DatabaseHealth(Database database, String schemaVersion) {
        this.database = database;
        this.schemaVersion = schemaVersion;
    }

    private record Seen(boolean owner, boolean requests, boolean schema, long atNanos) {
        boolean isRecent() {
            return System.nanoTime() - atNanos < REMEMBERED.toNanos();
        }
    }

    /** Whether both roles reach it. */
    Health database() {
        Seen now = look();
        return (now.owner() && now.requests() ? Health.up() : Health.down())
                .withDetail("owner", now.owner() ? "reachable" : "unreachable")
                .withDetail("requests", now.requests() ? "reachable" : now.owner() ? "unreachable" : "not tried")
                .build();
    }

    /** Whether it is what this build works on. */
    Health schema() {
        Seen now = look();
        return !now.owner()
                ? Health.unknown().withDetail("expected", schemaVersion).build()
                : (now.schema() ? Health.up() : Health.down())
                        .withDetail("expected", schemaVersion)
                        .build();
    }

    private synchronized Seen look() {
        if (seen.filter(Seen::isRecent).isEmpty()) {
            Optional<Boolean> schema = schemaIsThere();
            boolean requests = schema.isPresent() && requestsWork();
            seen = Optional.of(new Seen(schema.isPresent(), requests, schema.orElse(false), System.nanoTime()));
        }
        return seen.orElseThrow();
    }

    /** Empty where it cannot be told. */
    private Optional<Boolean> schemaIsThere() {
        try {
            return Optional.of(database.owner()
                    .one(OWNER, row -> row.text("version"), schemaVersion)
                    .isPresent());
        } catch (DatabaseUnavailable e) {
            return Optional.empty();
        } catch (DatabaseException e) {
            return Optional.of(false);
        }
    }

    private boolean requestsWork() {
        try {
            return database.ofNobody().one(REQUESTS, row -> row.bool("works")).orElse(false);
        } catch (DatabaseException e) {
            return false;
        }
    }
}
