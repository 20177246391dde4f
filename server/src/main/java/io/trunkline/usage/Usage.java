package io.trunkline.usage;

import io.trunkline.database.Database;
import io.trunkline.database.Slice;
import io.trunkline.database.Sql;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.UsageItemId;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.springframework.stereotype.Component;

/** What lines have used. */
@Component
public class Usage {
    /** Most items that are looked at for a page in the order of processing. */
    private static final int EXAMINED_IDS = 1_000;

    private final Database database;
    private final UsagePartitions partitions;
    private final UsageSettings settings;
    private final Clock clock;

    Usage(Database database, UsagePartitions partitions, UsageSettings settings, Clock clock) {
        this.database = database;
        this.partitions = partitions;
        this.settings = settings;
        this.clock = clock;
    }

    /** What started before this is not kept. */
    public Instant oldest() {
        return partitions.oldest();
    }

    /**
     * Makes room for items that started in this time; to be called before the transaction that adds them.
     *
     * @throws IllegalArgumentException where it lies before {@link #oldest} or months ahead
     */
    public void cover(Instant first, Instant last) {
        partitions.cover(first, last);
    }

    /**
     * Adds items as one batch, of any organizations, in a transaction of the owner. After its commit the batch gets its
     * number in the order of processing by itself.
     *
     * @return the batch's id
     */
    public long add(Sql transaction, List<UsageItem> items) {
        Instant now = clock.instant();
        return add(transaction, items, _ -> now);
    }

    /** The same for items that are said to have been processed at other times, e.g. of a history that is made up. */
    public long add(Sql transaction, List<UsageItem> items, Function<UsageItem, Instant> processedAt) {
        if (items.isEmpty()) {
            throw new IllegalArgumentException("a batch has at least one item");
        }
        return UsageStore.add(transaction, UsagePartitions.ALL, items, processedAt);
    }

    /** Takes the items of a month, batch by batch. */
    @FunctionalInterface
    public interface Batches {
        void add(List<UsageItem> items, Function<UsageItem, Instant> processedAt);
    }

    /**
     * Fills a whole month that has no items yet, e.g. with a history that is taken over from elsewhere: all of it in
     * one transaction, its indexes built at the end. That is several times as fast as adding to a month in use.
     *
     * @throws IllegalStateException where the month has items already
     */
    public void fill(YearMonth month, Consumer<Batches> content) {
        partitions.fill(
                month,
                (sql, table) -> content.accept((items, processedAt) -> UsageStore.add(sql, table, items, processedAt)));
    }

    /** Whether any organization has items of this month. */
    public boolean has(YearMonth month) {
        return partitions.has(month);
    }

    /** Newest first. A page may be short and still go on. */
    Slice.Ends list(OrganizationId organization, UsageFilter filter, Slice slice, Slice.Sink sink) {
        return UsageStore.list(database.of(organization), organization, filter, slice, settings.examinedRows(), sink);
    }

    /** In the order of processing, after a place; a place to read on from is always told. */
    Slice.Ends processed(OrganizationId organization, UsageFilter filter, Slice.Key after, int limit, Slice.Sink sink) {
        int most = filter.isEmpty() ? limit + 1 : EXAMINED_IDS;
        return UsageStore.processed(database.of(organization), organization, filter, after, limit, most, sink);
    }

    /** Hands over the item's row; false where there is none. */
    boolean find(OrganizationId organization, UsageItemId id, Slice.Sink sink) {
        return UsageStore.find(database.of(organization), organization, id, sink);
    }
}
