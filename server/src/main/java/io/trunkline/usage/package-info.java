/**
 * Usage: the items of what lines have used, by month; in which order they were processed.
 */
@ApplicationModule(
        displayName = "usage",
        allowedDependencies = {
            "ids",
            "database",
            "web",
            "security",
            "accounts",
            "subscribers",
            "subscriptions",
            "catalog",
            "events",
            "rating"
        })
@NullMarked
package io.trunkline.usage;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
