/**
 * What usage costs: zones, tariffs, allowances and their periods, and how a record is split and priced. Pure functions;
 * nothing here reads a clock, a file or the database.
 */
@ApplicationModule(
        displayName = "rating",
        allowedDependencies = {"ids"})
@NullMarked
package io.trunkline.rating;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
