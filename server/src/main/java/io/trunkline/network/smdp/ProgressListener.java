package io.trunkline.network.smdp;

/**
 * Hears how far devices have come. Every bean of this type is told, one after the other, by the thread that will then
 * answer the SM-DP+: do no more than commit it.
 */
@FunctionalInterface
public interface ProgressListener {
    /**
     * May be told late, twice, and out of order; for a profile that nobody here knows, too.
     *
     * @throws RuntimeException where it could not be committed: the SM-DP+ is answered 503 and tells it again
     */
    void progressed(DownloadProgress progress);
}
