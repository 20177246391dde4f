package io.trunkline.orders;

import io.trunkline.database.DatabaseException;
import io.trunkline.database.Slice;
import io.trunkline.database.Sql;
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
import io.trunkline.web.Shape;
import java.util.Optional;
import java.util.function.Function;
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

    OrderResource(Orders orders, OrderWorker worker, Idempotency idempotency) {
        this.orders = orders;
        this.worker = worker;
        this.idempotency = idempotency;
    }

    @PostMapping("/enterprise/orders")
    ResponseEntity<byte[]> place(Caller caller, Exchange exchange) {
        Body body = exchange.body();
        exchange.parameters().check();
        Shape order = body.shape();
        // Of an order of no known type nothing else could be said: it is read as the most usual one.
        Order.Type type = order.oneOf("type", true, Order.Type.texts())
                .map(Order.Type::of)
                .orElse(Order.Type.ACTIVATE_SUBSCRIPTION);
        ResponseEntity<byte[]> answer;
        if (type == Order.Type.ACTIVATE_SUBSCRIPTION) {
            OrderRequest request = OrderRequest.read(order);
            answer = once(
                    caller, exchange, body, sql -> orders.place(sql, caller, request, body, exchange.correlationId()));
            worker.wake(OrderStep.RESERVE.neighbour());
        } else {
            answer = change(caller, exchange, body, ChangeRequest.read(order, type));
            worker.wake();
        }
        return answer;
    }

    private ResponseEntity<byte[]> change(Caller caller, Exchange exchange, Body body, ChangeRequest request) {
        try {
            return once(
                    caller, exchange, body, sql -> orders.place(sql, caller, request, body, exchange.correlationId()));
        } catch (DatabaseException e) {
            throw e.violates("one_order_in_flight") ? orders.secondOf(caller.organization(), request) : e;
        }
    }

    private ResponseEntity<byte[]> once(Caller caller, Exchange exchange, Body body, Function<Sql, OrderView> placing) {
        return idempotency.once(caller.organization(), caller.clientId(), exchange, body, sql -> {
            OrderView placed = placing.apply(sql);
            return new Created(
                    Order.path(placed.order().id()), Optional.of(placed.order().subscriber()), placed::write);
        });
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
