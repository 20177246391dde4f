package io.trunkline.usage;

import io.trunkline.database.CopyRows;
import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Sums of items by day, of lines and of accounts, as summaries read them. What a batch brings is added up in memory and
 * becomes rows of its own, written in the batch's transaction: nobody waits for anybody.
 */
final class UsageRollups {
    static final String LINES = "usage_line_days";
    static final String ACCOUNTS = "usage_account_days";
    /** What tells rows of one line and day apart. */
    static final String KINDS = "type, direction, cost_type, currency, location_country";

    private static final String SUMS = "items, quantity, charged_quantity, cost_micros";
    private static final String ADDED_UP = "sum(items), sum(quantity), sum(charged_quantity), sum(cost_micros)";
    private static final String COPY_LINES =
            LINES + " (organization_id, subscription_id, day, subscriber_id, account_id, " + KINDS + ", " + SUMS + ")";
    private static final int LINES_COLUMNS = 14;
    private static final String COPY_ACCOUNTS =
            ACCOUNTS + " (organization_id, day, account_id, " + KINDS + ", " + SUMS + ")";
    private static final int ACCOUNTS_COLUMNS = 12;

    /** Of items, whatever table they lie in. */
    static final String OF_ITEMS = "SELECT organization_id, subscription_id, subscriber_id, account_id, "
            + "(started_at AT TIME ZONE 'UTC')::date AS day, " + KINDS + ", 1::bigint AS items, quantity, "
            + "charged_quantity, cost_micros FROM %s";

    private static final String FORGET = "DELETE FROM %s WHERE day >= ?::date AND day < ?::date";
    private static final String SUM_LINES =
            "INSERT INTO " + COPY_LINES + " SELECT organization_id, subscription_id, day, subscriber_id, account_id, "
                    + KINDS + ", " + ADDED_UP + " FROM (" + OF_ITEMS
                    + ") items GROUP BY organization_id, subscription_id, day, subscriber_id, account_id, " + KINDS;
    private static final String SUM_ACCOUNTS =
            "INSERT INTO " + COPY_ACCOUNTS + " SELECT organization_id, day, account_id, " + KINDS + ", " + ADDED_UP
                    + " FROM (" + OF_ITEMS + ") items GROUP BY organization_id, day, account_id, " + KINDS;

    /** Most days of organizations that a run puts together; the next one goes on. */
    private static final int DAYS_AT_ONCE = 10_000;

    private static final String TO_FOLD = """
            SELECT organization_id, day::text AS day FROM usage_account_days WHERE NOT folded
            GROUP BY organization_id, day HAVING count(*) > 1 ORDER BY organization_id, day LIMIT ?""";
    /** A row that another transaction adds meanwhile is not seen, and stays as it is. */
    private static final String FOLD =
            "WITH gone AS (DELETE FROM usage_account_days WHERE organization_id = ? AND day = ?::date RETURNING *)\n"
                    + "INSERT INTO usage_account_days (organization_id, day, account_id, " + KINDS + ", " + SUMS
                    + ", folded)\nSELECT organization_id, day, account_id, " + KINDS + ", " + ADDED_UP
                    + ", true FROM gone GROUP BY organization_id, day, account_id, " + KINDS
                    + " HAVING sum(items) <> 0 OR sum(quantity) <> 0 OR sum(charged_quantity) <> 0"
                    + " OR sum(cost_micros) <> 0";

    private final Map<Line, Sums> lines = new HashMap<>();
    private final Map<Account, Sums> accounts = new HashMap<>();

    private record Kind(
            char type,
            char direction,
            char costType,
            String currency,
            @Nullable String country) {
        void write(CopyRows rows) {
            rows.letter(type)
                    .letter(direction)
                    .letter(costType)
                    .textOrNull(currency)
                    .textOrNull(country);
        }
    }

    private record Account(UUID organization, LocalDate day, UUID account, Kind kind) {}

    private record Line(Account account, UUID subscription, UUID subscriber) {}

    private static final class Sums {
        private long items;
        private long quantity;
        private long charged;
        private long micros;

        void add(UsageItem item, int sign) {
            items += sign;
            quantity += sign * item.event().quantity();
            charged += sign * item.charge().quantity();
            micros += sign * item.charge().micros();
        }

        void write(CopyRows rows) {
            rows.number(items).number(quantity).number(charged).number(micros);
        }
    }

    void add(UsageItem item) {
        add(item, 1);
    }

    /** One that is there no more. */
    void subtract(UsageItem item) {
        add(item, -1);
    }

    private void add(UsageItem item, int sign) {
        UsageItem.Holder holder = item.holder();
        UsageItem.Event event = item.event();
        UsageItem.Charge charge = item.charge();
        var account = new Account(
                holder.organization().value(),
                event.startedAt().atOffset(ZoneOffset.UTC).toLocalDate(),
                holder.account().value(),
                new Kind(
                        event.type().letter(),
                        event.direction().letter(),
                        charge.type().letter(),
                        charge.currency(),
                        event.country()));
        var line = new Line(
                account, holder.subscription().value(), holder.subscriber().value());
        accounts.computeIfAbsent(account, _ -> new Sums()).add(item, sign);
        lines.computeIfAbsent(line, _ -> new Sums()).add(item, sign);
    }

    /** What was added, ready to be sent. */
    record Rows(CopyRows lines, CopyRows accounts) {
        /** In the transaction of the items. */
        void write(Sql transaction) {
            if (lines.size() > 0) {
                transaction.copy(COPY_LINES, lines);
                transaction.copy(COPY_ACCOUNTS, accounts);
            }
        }
    }

    Rows rows() {
        var ofLines = new CopyRows(LINES_COLUMNS, lines.size());
        lines.forEach((line, sums) -> {
            Account account = line.account();
            ofLines.row()
                    .uuid(account.organization())
                    .uuid(line.subscription())
                    .date(account.day())
                    .uuid(line.subscriber())
                    .uuid(account.account());
            account.kind().write(ofLines);
            sums.write(ofLines);
        });
        var ofAccounts = new CopyRows(ACCOUNTS_COLUMNS);
        accounts.forEach((account, sums) -> {
            ofAccounts.row().uuid(account.organization()).date(account.day()).uuid(account.account());
            account.kind().write(ofAccounts);
            sums.write(ofAccounts);
        });
        return new Rows(ofLines, ofAccounts);
    }

    /** Makes the sums of a month anew, all of whose items lie in one table. */
    static void sum(Sql transaction, String table, YearMonth month) {
        String first = month.atDay(1).toString();
        String end = month.plusMonths(1).atDay(1).toString();
        transaction.update(FORGET.formatted(LINES), first, end);
        transaction.update(FORGET.formatted(ACCOUNTS), first, end);
        transaction.update(SUM_LINES.formatted(table));
        transaction.update(SUM_ACCOUNTS.formatted(table));
    }

    private record Day(UUID organization, String day) {}

    /** Puts together what many batches have brought of one day, a day of an organization at a time. */
    static void fold(Database database) {
        database.owner()
                .list(TO_FOLD, row -> new Day(row.uuid("organization_id"), row.text("day")), DAYS_AT_ONCE)
                .forEach(day -> database.owner().update(FOLD, day.organization(), day.day()));
    }
}
