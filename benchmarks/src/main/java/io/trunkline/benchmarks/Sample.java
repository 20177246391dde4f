package io.trunkline.benchmarks;

/**
 * What one turn came to.
 *
 * @param count of requests, all answered as they should be
 * @param clientCpuSeconds what the client itself has used
 */
record Sample(long count, double seconds, double p50Ms, double p99Ms, double clientCpuSeconds) {
    double perSecond() {
        return count / seconds;
    }
}
