/**
 * What can be ordered: product offerings and order templates.
 */
@ApplicationModule(
        displayName = "catalog",
        allowedDependencies = {"ids", "database", "web", "security"})
@NullMarked
package io.trunkline.catalog;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
