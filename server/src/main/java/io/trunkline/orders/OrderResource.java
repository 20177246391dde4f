package io.trunkline.orders;

import io.trunkline.database.DatabaseException;
import io.trunkline.database.Slice;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.OrderId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.security.Caller;
import io.trunkline.security.Licence;
import io.trunkline.security.Needs;
import io.trunkline.web.Body;
import io.trunkline.web.Created;
import io.trunkline.web.Exchange;
import io.trunkline.web.Idempotency;
import io.trunkline.web.Json;
import io.trunkline.web.Page;
import io.trunkline.web.Parameters;
import io.trunkline.web.Refusal;
import java.time.Clock;
import java.util.Optional;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Needs(Licence.ORDERS)
class OrderResource {
    private final Orders orders;
    private final OrderWorker worker;
    private final Idempotency idempotency;
    private final Clock clock;

    OrderResource(Orders orders, OrderWorker worker, Idempotency idempotency, Clock clock) {
        this.orders = orders;
        this.worker = worker;
        this.idempotency = idempotency;
        this.clock = clock;
    }

    @PostMapping("/enterprise/orders")
    ResponseEntity<byte[]> place(Caller caller, Exchange exchange) {
        Body body = exchange.body();
        Parameters parameters = exchange.parameters();
        boolean dryRun = parameters.oneOf("validate", "true", "false").equals(Optional.of("true"));
        parameters.check();
        Request request = Request.read(body.shape(), clock.instant());
        var asking = new OrderEndings.Asking(caller, exchange.correlationId());
        if (dryRun) {
            // Nothing is made, so nothing is kept under an Idempotency-Key: it is free for the order itself.
            return exchange.computed(orders.preview(request, body, asking)::write);
        }
        ResponseEntity<byte[]> answer = place(exchange, body, request, asking);
        if (request instanceof OrderRequest) {
            worker.wake(OrderStep.RESERVE.neighbour());
        } else {
            worker.wake();
        }
        return answer;
    }

    private ResponseEntity<byte[]> place(Exchange exchange, Body body, Request request, OrderEndings.Asking asking) {
        Caller caller = asking.caller();
        try {
            return idempotency.once(caller.organization(), caller.clientId(), exchange, body, sql -> {
                OrderView placed = orders.place(sql, request, body, asking);
                return new Created(
                        Order.path(placed.order().id()),
                        Optional.of(placed.order().subscriber()),
                        placed::write);
            });
        } catch (DatabaseException e) {
            throw e.violates("one_order_in_flight") && request instanceof ChangeRequest change
                    ? orders.secondOf(caller.organization(), change)
                    : e;
        }
    }

    @DeleteMapping("/enterprise/orders/{id}")
    ResponseEntity<byte[]> cancel(Caller caller, Exchange exchange, @PathVariable String id) {
        exchange.parameters().check();
        OrderId known = OrderId.parse(id).orElseThrow(Refusal::notFound);
        OrderView view = orders.cancel(caller, known, exchange.correlationId());
        worker.wake();
        return exchange.changed(view::write);
    }

    @GetMapping("/enterprise/orders")
    ResponseEntity<byte[]> list(Caller caller, Exchange exchange) {
        Parameters parameters = exchange.parameters();
        var filter = new OrderStore.Filter(
                parameters.oneOf("status", "pending", "completed", "canceled").map(Order.Status::of),
                parameters.oneOf("type", Order.Type.texts()).map(Order.Type::of),
                parameters.matching("account_id", "^acc_[0-9A-Z]{26}$", AccountId::parse),
                parameters.matching("subscription_id", "^sub_[0-9A-Z]{26}$", SubscriptionId::parse));
        Page page = exchange.page(caller.organization());
        parameters.check();
        Slice.Rows<OrderView> rows = orders.list(caller.organization(), filter, page.slice());
        return exchange.list("orders", page, rows, (Json json, OrderView view) -> view.write(json));
    }

    @GetMapping("/enterprise/orders/{id}")
    ResponseEntity<byte[]> get(Caller caller, Exchange exchange, @PathVariable String id) {
        exchange.parameters().check();
        OrderView view = OrderId.parse(id)
                .flatMap(known -> orders.find(caller.organization(), known))
                .orElseThrow(Refusal::notFound);
        return exchange.resource(view::write);
    }
}
