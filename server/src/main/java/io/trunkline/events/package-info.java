/**
 * What happened, in rows that are written in the transaction of the change.
 */
@ApplicationModule(
        displayName = "events",
        allowedDependencies = {"ids", "database", "web"})
@NullMarked
package io.trunkline.events;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
