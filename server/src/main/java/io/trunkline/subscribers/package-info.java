/**
 * People. Personal data lives only here; elsewhere it is sealed under the key of its person, which this room keeps.
 */
@ApplicationModule(
        displayName = "subscribers",
        allowedDependencies = {"ids", "keys", "database", "web", "security", "events", "network :: mail"})
@NullMarked
package io.trunkline.subscribers;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
