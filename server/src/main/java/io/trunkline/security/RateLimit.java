package io.trunkline.security;

/**
 * How many requests a client may make: so many a second in the long run, and so many at once after a pause.
 *
 * @param burst the quota of a client that has been still
 */
record RateLimit(int requestsPerSecond, int burst) {
    /** The policy's name in the header fields. */
    static final String NAME = "\"client\"";

    /** Of a client that has none of its own. */
    static final RateLimit DEFAULT = new RateLimit(1_000, 2_000);

    /** {@code RateLimit-Policy} of draft-ietf-httpapi-ratelimit-headers-10: the quota, and the time that refills it. */
    String policy() {
        return NAME + ";q=" + burst + ";w=" + Math.ceilDiv(burst, requestsPerSecond);
    }
}
