package io.trunkline.usage;

import io.trunkline.catalog.Tariffs;
import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.Id;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.security.Audit;
import io.trunkline.security.Caller;
import io.trunkline.usage.StoredRecords.Stored;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Rates usage again by the tariffs of its dates, on request: of a line, or of all lines of an account where they share
 * allowances. Each request is one transaction; doing it twice changes nothing.
 */
@Component
class Reratings {
    /** Most items of a request. */
    static final int MOST_ITEMS = 50_000;

    private static final String OF_LINE = "SELECT organization_id, id FROM subscriptions WHERE id = ?";
    private static final String OF_ACCOUNT = """
            SELECT organization_id, id FROM subscriptions
            WHERE (organization_id, account_id) = (SELECT organization_id, id FROM accounts WHERE id = ?)
            ORDER BY id""";

    private final Database database;
    private final Tariffs tariffs;
    private final Audit audit;
    private final UsageThresholds thresholds;
    private final UsageSettings settings;
    private final Clock clock;

    Reratings(
            Database database,
            Tariffs tariffs,
            Audit audit,
            UsageThresholds thresholds,
            UsageSettings settings,
            Clock clock) {
        this.database = database;
        this.tariffs = tariffs;
        this.audit = audit;
        this.thresholds = thresholds;
        this.settings = settings;
        this.clock = clock;
    }

    /** What months began before this are closed: their items never change. */
    Instant firstOpen() {
        return YearMonth.from(clock.instant().minus(settings.closesAfter()).atOffset(ZoneOffset.UTC))
                .atDay(1)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
    }

    /** Lines of one organization that are rated together. */
    record Lines(OrganizationId organization, String subject, List<SubscriptionId> ids) {}

    private record OfOrganization(OrganizationId organization, SubscriptionId line) {}

    Optional<Lines> line(SubscriptionId line) {
        return lines(OF_LINE, line, "subscription/" + line);
    }

    Optional<Lines> account(AccountId account) {
        return lines(OF_ACCOUNT, account, "account/" + account);
    }

    private Optional<Lines> lines(String query, Id id, String subject) {
        List<OfOrganization> found = database.owner()
                .list(
                        query,
                        row -> new OfOrganization(
                                new OrganizationId(row.uuid("organization_id")), new SubscriptionId(row.uuid("id"))),
                        id);
        return found.stream()
                .findFirst()
                .map(first -> new Lines(
                        first.organization(),
                        subject,
                        found.stream().map(OfOrganization::line).toList()));
    }

    /** Empty where there is more than {@link #MOST_ITEMS}. */
    Optional<Rerating.Outcome> rate(Lines lines, Instant from, Caller caller, String correlationId) {
        return database.inOwnerTransaction(sql -> {
            Rerating.lock(sql, lines.organization(), lines.ids());
            List<Stored> records = StoredRecords.of(sql, lines.organization(), lines.ids(), from, MOST_ITEMS);
            if (records.stream().mapToLong(record -> record.items().size()).sum() > MOST_ITEMS) {
                return Optional.empty();
            }
            Rerating.Outcome outcome = new Rerating(
                            sql, lines.organization(), records, tariffs.book(sql), clock.instant())
                    .run(thresholds);
            note(sql, lines, from, outcome, caller, correlationId);
            return Optional.of(outcome);
        });
    }

    private void note(
            Sql sql, Lines lines, Instant from, Rerating.Outcome outcome, Caller caller, String correlationId) {
        audit.record(
                sql,
                new Audit.Entry(
                        lines.organization(),
                        "client",
                        caller.clientId(),
                        "usage.rerated",
                        lines.subject(),
                        correlationId,
                        Optional.empty(),
                        Optional.of(json -> json.time("from", from)
                                .number("records", outcome.records())
                                .number("changed", outcome.changed())
                                .number("removed", outcome.removed())
                                .number("quarantined", outcome.refused())),
                        Optional.empty()));
    }
}
