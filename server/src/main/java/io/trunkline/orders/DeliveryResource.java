package io.trunkline.orders;

import io.trunkline.database.DatabaseException;
import io.trunkline.database.Slice;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.security.Caller;
import io.trunkline.security.Licence;
import io.trunkline.security.Needs;
import io.trunkline.subscriptions.SimProfile;
import io.trunkline.web.Body;
import io.trunkline.web.Created;
import io.trunkline.web.Exchange;
import io.trunkline.web.Idempotency;
import io.trunkline.web.Json;
import io.trunkline.web.Page;
import io.trunkline.web.Refusal;
import java.util.Optional;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** How the activation code of a line's profile was delivered; a POST delivers it again. */
@RestController
@Needs(Licence.ORDERS)
class DeliveryResource {
    private final Deliveries deliveries;
    private final OrderWorker worker;
    private final Idempotency idempotency;

    DeliveryResource(Deliveries deliveries, OrderWorker worker, Idempotency idempotency) {
        this.deliveries = deliveries;
        this.worker = worker;
        this.idempotency = idempotency;
    }

    @GetMapping("/enterprise/subscriptions/{id}/sim-profile/deliveries")
    ResponseEntity<byte[]> list(Caller caller, Exchange exchange, @PathVariable String id) {
        Page page = exchange.page(caller.organization());
        exchange.parameters().check();
        SubscriptionId known = SubscriptionId.parse(id).orElseThrow(Refusal::notFound);
        Slice.Rows<Deliveries.Entry> rows = deliveries.list(caller.organization(), known, page.slice());
        return exchange.list("deliveries", page, rows, (Json json, Deliveries.Entry entry) -> entry.write(json));
    }

    @PostMapping("/enterprise/subscriptions/{id}/sim-profile/deliveries")
    ResponseEntity<byte[]> again(Caller caller, Exchange exchange, @PathVariable String id) {
        Body body = exchange.body();
        exchange.parameters().check();
        SubscriptionId known = SubscriptionId.parse(id).orElseThrow(Refusal::notFound);
        DeliveryRequest request = DeliveryRequest.readDelivery(body.shape());
        ResponseEntity<byte[]> answer;
        try {
            answer = idempotency.once(caller.organization(), caller.clientId(), exchange, body, sql -> {
                Deliveries.Entry entry = deliveries.again(sql, caller, known, request, body, exchange.correlationId());
                return new Created(
                        SimProfile.deliveriesPath(known),
                        Optional.of(entry.kept().subscriber()),
                        entry::write);
            });
        } catch (DatabaseException e) {
            throw e.violates("order_work_pkey") ? deliveries.secondOf(caller.organization(), known) : e;
        }
        worker.wake(OrderStep.DELIVER.neighbour());
        return answer;
    }
}
