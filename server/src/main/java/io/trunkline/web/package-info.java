/**
 * How we speak HTTP: HAL, problems, pages, preferences, idempotency keys, entity tags, limits. Knows no business.
 */
@ApplicationModule(
        displayName = "web",
        allowedDependencies = {"ids", "keys", "database"})
@NullMarked
package io.trunkline.web;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
