package io.trunkline.usage;

import java.time.Duration;

/**
 * The limits of exports.
 *
 * @param workers how many exports this server makes at a time; 0: others do it
 * @param atOnce most exports of one organization that are made at a time, by all servers
 * @param most exports of one organization that are made or can be downloaded
 * @param mostBytes how large an export may become, compressed as it is kept
 * @param kept how long a file can be downloaded
 * @param remembered how long it is told of an export
 * @param poll how often exports are looked for
 * @param turn how long one is worked on before others get their turn
 * @param lease after this another server takes over
 * @param tidyEvery how often files are removed that nobody can download any more
 */
record UsageExportSettings(
        int workers,
        int atOnce,
        int most,
        long mostBytes,
        Duration kept,
        Duration remembered,
        Duration poll,
        Duration turn,
        Duration lease,
        Duration tidyEvery) {
    UsageExportSettings {
        require(workers >= 0, "workers", workers, "0 or more");
        require(atOnce > 0, "at-once", atOnce, "at least 1");
        require(most > 0, "most", most, "at least 1");
        require(mostBytes > 0, "most-size", mostBytes, "at least 1");
        require(lease.toMillis() > 0, "lease", lease, "more than 0");
    }

    private static void require(boolean holds, String name, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "trunkline.usage.exports." + name + " is " + value + ", expected " + expected);
        }
    }
}
