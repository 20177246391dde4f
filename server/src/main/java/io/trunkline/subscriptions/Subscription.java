package io.trunkline.subscriptions;

import io.trunkline.accounts.Account;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.subscribers.Subscriber;
import io.trunkline.web.Json;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A person's line in an account.
 *
 * @param hasSimProfile whether a profile is or was reserved for it: a pending one may still wait for one
 */
public record Subscription(
        SubscriptionId id,
        AccountId account,
        SubscriberId subscriber,
        Status status,
        Instant createdAt,
        Optional<Instant> terminatedAt,
        boolean hasSimProfile) {

    /** Pending while its first order runs; such a one is in no list unless it is asked for. */
    public enum Status {
        PENDING,
        ACTIVE,
        SUSPENDED,
        TERMINATED;

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Status of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    public static String path(SubscriptionId id) {
        return "/enterprise/subscriptions/" + id;
    }

    void writeFields(Json json) {
        json.text("id", id.text())
                .text("status", status.text())
                .time("created_at", createdAt)
                .time("terminated_at", terminatedAt.orElse(null));
    }

    void writeLinks(Json json) {
        json.links(links -> {
            links.link("self", path(id))
                    .link("account", Account.path(account))
                    .link("subscriber", Subscriber.path(subscriber));
            if (hasSimProfile) {
                links.link("sim_profile", SimProfile.path(id));
            }
            links.link("phone_numbers", PhoneNumber.path(id)).link("services", Service.path(id));
        });
    }
}
