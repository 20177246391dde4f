/**
 * Texts: taken on, sent to SMSCs by a durable worker, followed to their receipts; and texts that come in.
 */
@ApplicationModule(
        displayName = "sms",
        allowedDependencies = {
            "ids",
            "keys",
            "database",
            "web",
            "security",
            "subscribers",
            "subscriptions",
            "events",
            "network",
            "network :: smsc"
        })
@NullMarked
package io.trunkline.sms;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
