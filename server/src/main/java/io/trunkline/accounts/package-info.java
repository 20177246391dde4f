/**
 * Organizations and their accounts: branches and departments.
 */
@ApplicationModule(
        displayName = "accounts",
        allowedDependencies = {"ids", "database", "web", "security"})
@NullMarked
package io.trunkline.accounts;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
