/**
 * Orders: what is asked for, the steps that carry it out, and the durable worker that takes them.
 */
@ApplicationModule(
        displayName = "orders",
        allowedDependencies = {
            "ids",
            "keys",
            "database",
            "web",
            "security",
            "accounts",
            "subscribers",
            "catalog",
            "subscriptions",
            "events",
            "qr",
            "letters",
            "network",
            "network :: smdp",
            "network :: hlr",
            "network :: mail"
        })
@NullMarked
package io.trunkline.orders;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
