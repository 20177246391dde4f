package io.trunkline.usage;

import io.trunkline.catalog.Tariffs;
import io.trunkline.database.Sql;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** What the batches of one file have left of allowances, so far as they have met them. */
final class KnownBalances {
    private final Map<UsageBalances.Key, UsageBalances.Known> known = new HashMap<>();

    /** What a batch begins with; only what was not met yet is read. */
    UsageBalances of(Sql sql, Tariffs.Book book, Set<UsageBalances.Key> keys) {
        var strange = new ArrayList<UsageBalances.Key>();
        var own = new UsageBalances(false);
        for (UsageBalances.Key key : keys) {
            UsageBalances.Known one = known.get(key);
            if (one == null) {
                strange.add(key);
            } else {
                own.begin(key, one);
            }
        }
        UsageBalances found = UsageBalances.look(sql, book, strange);
        strange.forEach(key -> own.begin(key, found.known(key)));
        return own;
    }

    int size() {
        return known.size();
    }

    /** What a batch has left. */
    void leave(Set<UsageBalances.Key> keys, UsageBalances balances) {
        keys.forEach(key -> known.put(key, balances.known(key)));
    }
}
