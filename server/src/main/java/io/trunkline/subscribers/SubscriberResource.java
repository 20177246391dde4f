package io.trunkline.subscribers;

import io.trunkline.database.Slice;
import io.trunkline.ids.SubscriberId;
import io.trunkline.security.Caller;
import io.trunkline.security.Licence;
import io.trunkline.security.Needs;
import io.trunkline.web.Exchange;
import io.trunkline.web.Json;
import io.trunkline.web.Page;
import io.trunkline.web.Refusal;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
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
        Page page = exchange.page(caller.organization());
        exchange.parameters().check();
        Slice.Rows<Subscriber> rows = subscribers.list(caller.organization(), page.slice());
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
}
