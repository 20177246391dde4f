package io.trunkline.subscriptions;

import io.trunkline.accounts.Account;
import io.trunkline.catalog.ProductOffering;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.OfferingId;
import io.trunkline.ids.ProductId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.web.Json;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * What a subscription has of the catalog: its plan, an add-on. It is there from the moment its line starts.
 *
 * @param terminatesAt when it ends or ended; empty where no end is known
 */
record Product(
        ProductId id,
        SubscriptionId subscription,
        AccountId account,
        OfferingId offering,
        Status status,
        Instant activatedAt,
        Optional<Instant> terminatesAt) {

    enum Status {
        ACTIVE,
        TERMINATED;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Status of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    static String path(ProductId id) {
        return "/enterprise/products/" + id;
    }

    /** The resource. */
    void write(Json json, ProductOffering instanceOf) {
        json.text("id", id.text())
                .text("status", status.text())
                .time("activated_at", activatedAt)
                .time("terminates_at", terminatesAt.orElse(null))
                .embedded(embedded -> embedded.object("product-offering", instanceOf::write))
                .links(links -> links.link("self", path(id))
                        .link("account", Account.path(account))
                        .link("subscription", Subscription.path(subscription)));
    }
}
