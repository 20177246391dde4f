package io.trunkline.simulators.smdp;

import io.trunkline.simulators.http.Json;
import io.trunkline.simulators.journal.Journal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The stock and its journal: each change is in the journal before anybody is told of it. */
final class Profiles implements AutoCloseable {
    /** A line of the journal: exactly one of the two. */
    private record Change(
            @Nullable StockRange range, @Nullable Profile profile) {}

    private final Journal journal;
    private final Stock stock;
    private volatile Consumer<Profile> watcher = profile -> {};

    private Profiles(Journal journal, Stock stock) {
        this.journal = journal;
        this.stock = stock;
    }

    static Profiles open(Path file) throws IOException {
        Stock stock = new Stock();
        Journal journal = Journal.open(file, line -> {
            Change change = Json.parse(line, Change.class);
            StockRange range = change.range();
            if (range != null) {
                stock.apply(range);
            }
            Profile profile = change.profile();
            if (profile != null) {
                stock.apply(profile);
            }
        });
        long live = stock.ranges().size() + (long) stock.touched().size();
        if (journal.lines() > Math.max(Journal.COMPACT_FROM_LINES, 2 * live)) {
            List<String> lines = new ArrayList<>();
            stock.ranges().forEach(range -> lines.add(Json.line(new Change(range, null))));
            stock.touched().forEach(profile -> lines.add(Json.line(new Change(null, profile))));
            journal.compact(lines);
        }
        return new Profiles(journal, stock);
    }

    /** Looks without changing; what is returned must not refer to the stock. */
    synchronized <T> T read(Function<Stock, T> question) {
        return question.apply(stock);
    }

    /** Decides and, where the function is executed, writes the change down and applies it, as one step. */
    synchronized Outcome execute(Function<Stock, Outcome> function) {
        Outcome outcome = function.apply(stock);
        if (outcome instanceof Outcome.Executed(Profile changed)) {
            put(List.of(changed));
        }
        return outcome;
    }

    /** Writes what the decision returns; nothing where it throws. */
    synchronized void put(Function<Stock, List<Profile>> decision) {
        put(decision.apply(stock));
    }

    private void put(List<Profile> changed) {
        journal.append(changed.stream()
                .map(profile -> Json.line(new Change(null, profile)))
                .toList());
        changed.forEach(stock::apply);
        changed.forEach(watcher);
    }

    /** From now on hears of every change, while the stock is held: it must not wait. */
    void watch(Consumer<Profile> by) {
        watcher = by;
    }

    /** Adds ranges; nothing where the decision throws. */
    synchronized void add(Function<Stock, List<StockRange>> decision) {
        List<StockRange> ranges = decision.apply(stock);
        journal.append(
                ranges.stream().map(range -> Json.line(new Change(range, null))).toList());
        ranges.forEach(stock::apply);
    }

    @Override
    public synchronized void close() throws IOException {
        journal.close();
    }
}
