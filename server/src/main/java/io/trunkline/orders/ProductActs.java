package io.trunkline.orders;

import io.trunkline.network.Outcome;
import io.trunkline.subscriptions.ProductChanges;
import io.trunkline.subscriptions.Subscription;
import io.trunkline.subscriptions.Subscriptions;
import java.time.Clock;
import org.springframework.stereotype.Component;

/** The step that changes products. */
@Component
class ProductActs {
    private final Subscriptions subscriptions;
    private final ProductChanges products;
    private final Clock clock;

    ProductActs(Subscriptions subscriptions, ProductChanges products, Clock clock) {
        this.subscriptions = subscriptions;
        this.products = products;
        this.clock = clock;
    }

    static ProductChange change(Order order) {
        return order.changes().orElseThrow(() -> new IllegalStateException(order.id() + " changes no products"));
    }

    Outcome<Act.Written> change(Order order, Act.Attempt attempt) {
        ProductChange change = change(order);
        return Act.accepted(sql -> {
            Subscription line = subscriptions
                    .find(sql, order.organization(), order.subscription())
                    .orElseThrow(() -> new IllegalStateException(order.id() + " has no subscription"));
            products.change(sql, order.organization(), line, change.add(), change.remove(), change.services());
            OrderStore.reached(sql, order, Order.Milestone.PRODUCTS_CHANGED, clock.instant());
        });
    }
}
