package io.trunkline.subscriptions;

import io.trunkline.database.Database;
import java.time.Clock;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Numbers that rest after their line has ended, so that calls for its person do not reach the next one. */
@Component
class Quarantine {
    private static final Logger log = LoggerFactory.getLogger(Quarantine.class);
    private static final int AT_ONCE = 1_000;
    private static final String END = """
            WITH over AS (
                SELECT msisdn FROM number_stock WHERE state = 'quarantined' AND changed_at <= ?
                ORDER BY changed_at LIMIT ? FOR UPDATE SKIP LOCKED)
            UPDATE number_stock n
            SET state = 'free', organization_id = NULL, order_id = NULL, subscription_id = NULL, changed_at = ?
            FROM over WHERE n.msisdn = over.msisdn""";

    private final Database database;
    private final StockSettings settings;
    private final Clock clock;

    Quarantine(Database database, StockSettings settings, Clock clock) {
        this.database = database;
        this.settings = settings;
        this.clock = clock;
    }

    /** Numbers that have rested long enough are free again. */
    void end() {
        Instant now = clock.instant();
        Instant since = now.minus(settings.quarantine());
        int freed = 0;
        int last;
        do {
            last = database.owner().update(END, since, AT_ONCE, now);
            freed += last;
        } while (last == AT_ONCE);
        if (freed > 0) {
            log.info("{} numbers have rested for {} and are free again", freed, settings.quarantine());
        }
    }
}
