/**
 * How we speak SQL: two roles, the organization of a request, transactions, the schema's history.
 * A leaf but for {@code ids} and {@code keys}; it knows no table.
 */
@ApplicationModule(
        displayName = "database",
        allowedDependencies = {"ids", "keys"})
@NullMarked
package io.trunkline.database;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
