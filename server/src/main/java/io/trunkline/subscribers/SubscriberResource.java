package io.trunkline.subscribers;

import io.trunkline.database.Slice;
import io.trunkline.ids.SubscriberId;
import io.trunkline.security.Caller;
import io.trunkline.security.Licence;
import io.trunkline.security.Needs;
import io.trunkline.web.Body;
import io.trunkline.web.Exchange;
import io.trunkline.web.Json;
import io.trunkline.web.Page;
import io.trunkline.web.Parameters;
import io.trunkline.web.Refusal;
import io.trunkline.web.Shape;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Needs(Licence.SUBSCRIBERS)
class SubscriberResource {
    private final Subscribers subscribers;

    SubscriberResource(Subscribers subscribers) {
        this.subscribers = subscribers;
    }

    @GetMapping("/enterprise/subscribers")
    ResponseEntity<byte[]> list(Caller caller, Exchange exchange) {
        Parameters parameters = exchange.parameters();
        var filter = new Subscribers.Filter(
                parameters.text("email"),
                parameters.text("employee_id"),
                parameters.text("group"),
                parameters.text("q"));
        Page page = exchange.page(caller.organization());
        parameters.check();
        Slice.Rows<Subscriber> rows = subscribers.list(caller.organization(), filter, page.slice());
        return exchange.list("subscribers", page, rows, (Json json, Subscriber subscriber) -> subscriber.write(json));
    }

    @GetMapping("/enterprise/subscribers/{id}")
    ResponseEntity<byte[]> get(Caller caller, Exchange exchange, @PathVariable String id) {
        exchange.parameters().check();
        Subscriber subscriber = SubscriberId.parse(id)
                .flatMap(known -> subscribers.find(caller.organization(), known))
                .orElseThrow(Refusal::notFound);
        return exchange.resource(subscriber::write);
    }

    @PatchMapping(
            path = "/enterprise/subscribers/{id}",
            consumes = {"application/merge-patch+json", "application/json"})
    ResponseEntity<byte[]> patch(Caller caller, Exchange exchange, @PathVariable String id) {
        Body body = exchange.mergePatch();
        exchange.parameters().check();
        Shape patch = body.shape();
        Subscriber changed = SubscriberId.parse(id)
                .flatMap(known -> subscribers.change(caller, known, exchange.correlationId(), before -> {
                    exchange.requireUnchanged(before::write);
                    Subscriber.Person after = PersonFields.patched(patch, before);
                    body.check();
                    return after;
                }))
                .orElseThrow(Refusal::notFound);
        return exchange.changed(changed::write);
    }
}
