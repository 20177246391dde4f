/**
 * The outside: SM-DP+ and mail, each behind a small interface that answers with an
 * {@link io.trunkline.network.Outcome}.
 *
 * <p>Nothing here keeps state or decides what happens next: whoever calls has committed what it is about to do, and
 * repeats an unknown outcome with the same identifiers. Every call is bounded in time and in number.
 */
@ApplicationModule(
        displayName = "network",
        allowedDependencies = {"ids"})
@NullMarked
package io.trunkline.network;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
