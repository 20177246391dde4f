package io.trunkline.benchmarks;

import java.util.List;

/**
 * One request.
 *
 * @param path with its query
 * @param prefer the preference it states; empty: none
 */
record Call(String path, String token, String prefer) {
    List<String> headers() {
        return prefer.isEmpty()
                ? List.of("Authorization: Bearer " + token)
                : List.of("Authorization: Bearer " + token, "Prefer: " + prefer);
    }
}
