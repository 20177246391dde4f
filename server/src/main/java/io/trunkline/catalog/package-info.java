/**
 * What can be ordered: product offerings and order templates.
 */
@ApplicationModule(
        displayName = "catalog",
        allowedDependencies = {"ids", "database", "web", "security", "rating", "network :: hlr"})
@NullMarked
package io.trunkline.catalog;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
