/**
 * The master key and what is derived from it: sealed values, message authentication, secrets of our own.
 * A leaf: it knows no other room.
 */
@ApplicationModule(
        displayName = "keys",
        allowedDependencies = {})
@NullMarked
package io.trunkline.keys;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
