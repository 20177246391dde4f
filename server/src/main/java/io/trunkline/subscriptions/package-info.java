/**
 * Subscriptions with their SIM profile, phone numbers, services and products, and the stock that these come from.
 */
@ApplicationModule(
        displayName = "subscriptions",
        allowedDependencies = {
            "ids",
            "keys",
            "database",
            "web",
            "security",
            "accounts",
            "subscribers",
            "catalog",
            "events",
            "qr",
            "network :: smdp",
            "network :: hlr"
        })
@NullMarked
package io.trunkline.subscriptions;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
