package io.trunkline.usage;

import io.trunkline.catalog.Tariffs;
import io.trunkline.database.Sql;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What the batches of one file have left of allowances, so far as they have met them. */
final class KnownBalances {
    private final Map<UsageBalances.Key, UsageBalances.Known> known = new HashMap<>();

    /** What a batch begins with; only what was not met yet is read. */
    UsageBalances of(Sql sql, Tariffs.Book book, Set<UsageBalances.Key> keys) {
        Set<UsageBalances.Key> strange = new HashSet<>(keys);
        strange.removeAll(known.keySet());
        UsageBalances found = UsageBalances.look(sql, book, strange);
        var own = new HashMap<UsageBalances.Key, UsageBalances.Known>();
        for (UsageBalances.Key key : keys) {
            own.put(key, known.computeIfAbsent(key, found::known));
        }
        return UsageBalances.from(own);
    }

    int size() {
        return known.size();
    }

    /** What a batch has left. */
    void leave(Set<UsageBalances.Key> keys, UsageBalances balances) {
        keys.forEach(key -> known.put(key, balances.known(key)));
    }
}
