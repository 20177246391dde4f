/**
 * Who is calling and on what they may act: organizations' clients and licences, tokens, the audit of what they did.
 */
@ApplicationModule(
        displayName = "security",
        allowedDependencies = {"ids", "keys", "database", "web"})
@NullMarked
package io.trunkline.security;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
