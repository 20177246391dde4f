package io.trunkline.usage;

import io.trunkline.database.Database;
import io.trunkline.database.DatabaseException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Gives batches their numbers after their commit, in the order in which they are found. One server at a time does it:
 * it holds a lease, and numbers under the lock of the row that counts. So numbers become visible in their order, and
 * whoever reads on after a number misses nothing, however late a transaction commits.
 */
@Component
class UsageSequencer implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(UsageSequencer.class);

    /** How long a stop waits for numbers that are being given. */
    private static final Duration DRAIN = Duration.ofSeconds(5);

    private static final String WAITING = "SELECT EXISTS (SELECT FROM usage_batches WHERE number IS NULL) AS waiting";
    /** By the database's clock, which all servers share. */
    private static final String TAKE = """
            UPDATE usage_sequencer SET holder = ?, held_until = clock_timestamp() + interval '2 seconds'
            WHERE holder = ? OR held_until <= clock_timestamp()
            RETURNING last_number""";
    /** All organizations' rows of a batch were committed at once, and have one number. */
    private static final String NUMBER = """
            UPDATE usage_batches b SET number = ? + waiting.place
            FROM (SELECT organization_id, id, dense_rank() OVER (ORDER BY id) AS place
                  FROM usage_batches WHERE number IS NULL) waiting
            WHERE b.organization_id = waiting.organization_id AND b.id = waiting.id
            RETURNING b.number""";

    private static final String COUNTED = "UPDATE usage_sequencer SET last_number = ?";

    private final Database database;
    private final UUID self = UUID.randomUUID();
    private final Loop loop;

    UsageSequencer(Database database, UsageSettings settings) {
        this.database = database;
        this.loop = new Loop("usage-sequencer", settings.sequencerPoll(), DRAIN);
    }

    /** Numbers what waits; false where nothing does, or another server sees to it. */
    boolean number() {
        if (database.owner().one(WAITING, row -> row.bool("waiting")).orElse(false)) {
            return database.inOwnerTransaction(sql -> {
                Optional<Long> last = sql.one(TAKE, row -> row.longInteger("last_number"), self, self);
                if (last.isEmpty()) {
                    return false;
                }
                long highest = sql.list(NUMBER, row -> row.longInteger("number"), last.get()).stream()
                        .max(Long::compare)
                        .orElse(last.get());
                sql.update(COUNTED, highest);
                return highest > last.get();
            });
        }
        return false;
    }

    @Override
    public void start() {
        loop.start(this::tryToNumber);
    }

    private void tryToNumber() {
        try {
            number();
        } catch (DatabaseException e) {
            log.warn("batches wait for their numbers: {}", e.getMessage());
        }
    }

    @Override
    public void stop() {
        loop.stop();
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }
}
