package io.trunkline.usage;

import io.trunkline.catalog.Tariffs;
import io.trunkline.database.Sql;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * What the batches of one file have found out already: whose the lines are, what they have left, which records the last
 * ones brought. So the next one can be judged while the last one is written.
 *
 * <p>What a line was before a moment does not change any more, but for what is put right afterwards: what was looked up
 * serves records that began before that, for a while. Balances and records may change at any time; writing finds that
 * out, and what is known is then forgotten.
 */
final class KnownWorld {
    /** Most names and lines, and most balances: 40 MB at most, in a heap that may have 192. */
    private static final int MOST = 60_000;

    private static final Duration LONGEST = Duration.ofSeconds(10);
    /** By so much clocks of the network may be ahead of ours. */
    private static final Duration AHEAD = Duration.ofSeconds(5);

    private FeedLookups lookups = new FeedLookups();
    private KnownBalances balances = new KnownBalances();
    private Map<String, UUID> written = Map.of();
    private long revision;
    private Instant since = Instant.EPOCH;

    /** Whether it is to be forgotten, which must not happen while a batch is being written. */
    boolean isOld(Tariffs.Book book, Instant now) {
        return book.revision() != revision
                || now.isAfter(since.plus(LONGEST))
                || lookups.size() > MOST
                || balances.size() > MOST;
    }

    /** Nothing of it is certain any more. */
    void forget(Tariffs.Book book, Instant now) {
        lookups = new FeedLookups();
        balances = new KnownBalances();
        written = Map.of();
        revision = book.revision();
        since = now;
    }

    /** Judges a batch, and knows from then on what is so once it is written. */
    FeedRound judge(Sql sql, Tariffs.Book book, FeedStore.Source source, FeedBatch batch, Instant now) {
        Set<String> ids = FeedRound.ids(batch);
        // Those of the last batch may be written at any moment.
        Map<String, UUID> before = new HashMap<>(written);
        before.keySet().retainAll(ids);
        before.putAll(FeedStore.accepted(sql, source, ids));
        var round = new FeedRound(source, batch, before, now);
        List<FeedRecord> fresh = round.fresh();
        Instant certain = since.minus(AHEAD);
        fresh.stream().filter(record -> !record.startedAt().isBefore(certain)).forEach(lookups::forget);
        lookups.add(sql, book, fresh);
        Set<UsageBalances.Key> pots = round.mediate(fresh, new Mediation(lookups, book.zones()));
        UsageBalances own = balances.of(sql, book, pots);
        round.rate(sql, own);
        balances.leave(pots, own);
        written = round.accepted();
        return round;
    }
}
