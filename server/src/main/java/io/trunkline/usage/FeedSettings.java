package io.trunkline.usage;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How files are taken in.
 *
 * @param directory with {@code drop}, {@code archive} and {@code reject} in it; empty: no files are read
 * @param quietTime how long a file must not have changed
 * @param poll how often the directory is looked at
 * @param lateAfter how long nothing may come before the source is late
 * @param columns names of columns in the files, with our name for each
 */
record FeedSettings(
        Optional<Path> directory, Duration quietTime, Duration poll, Duration lateAfter, Map<String, String> columns) {
    /** Reads {@code ours=theirs} pairs. */
    static Map<String, String> columns(List<String> pairs) {
        var names = new HashMap<String, String>();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            String ours = pair.substring(0, Math.max(0, equals)).strip();
            if (!FeedColumn.BY_NAME.containsKey(ours) || equals == pair.length() - 1) {
                throw new IllegalArgumentException("trunkline.usage.columns has \"" + pair
                        + "\", expected OURS=THEIRS with one of " + FeedColumn.BY_NAME.keySet());
            }
            names.put(pair.substring(equals + 1).strip(), ours);
        }
        return Map.copyOf(names);
    }
}
