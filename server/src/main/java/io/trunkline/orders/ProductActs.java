package io.trunkline.orders;

import io.trunkline.network.Outcome;
import io.trunkline.subscriptions.ProductChanges;
import java.time.Clock;
import org.springframework.stereotype.Component;

/** The step that changes products. */
@Component
class ProductActs {
    private final ProductChanges products;
    private final Clock clock;

    ProductActs(ProductChanges products, Clock clock) {
        this.products = products;
        this.clock = clock;
    }

    static ProductChange change(Order order) {
        return order.changes().orElseThrow(() -> new IllegalStateException(order.id() + " changes no products"));
    }

    Outcome<Act.Written> change(Order order, Act.Attempt attempt) {
        ProductChange change = change(order);
        return Act.accepted(sql -> {
            products.change(
                    sql,
                    order.organization(),
                    order.account(),
                    order.subscription(),
                    change.add(),
                    change.remove(),
                    change.services());
            OrderStore.reached(sql, order, Order.Milestone.PRODUCTS_CHANGED, clock.instant());
        });
    }
}
