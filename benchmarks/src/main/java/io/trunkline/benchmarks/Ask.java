package io.trunkline.benchmarks;

/**
 * A request before it has a token.
 *
 * @param client whose token it takes
 * @param prefer the preference it states; empty: none
 */
record Ask(String client, String path, String prefer) {}
