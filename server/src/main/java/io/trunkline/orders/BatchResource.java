package io.trunkline.orders;

import io.trunkline.database.DatabaseException;
import io.trunkline.database.Slice;
import io.trunkline.ids.BatchId;
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
import java.util.List;
import java.util.Optional;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Needs(Licence.ORDERS)
class BatchResource {
    private static final int ATTEMPTS = 3;

    private final Batches batches;
    private final OrderWorker worker;
    private final Idempotency idempotency;

    BatchResource(Batches batches, OrderWorker worker, Idempotency idempotency) {
        this.batches = batches;
        this.worker = worker;
        this.idempotency = idempotency;
    }

    @PostMapping("/enterprise/orders/batches")
    ResponseEntity<byte[]> place(Caller caller, Exchange exchange) {
        var table = new BatchCsv();
        Body body = exchange.body(BatchCsv.TYPE, table::read);
        Parameters parameters = exchange.parameters();
        boolean partial = parameters.oneOf("partial", "true", "false").equals(Optional.of("true"));
        boolean dryRun = parameters.oneOf("validate", "true", "false").equals(Optional.of("true"));
        parameters.check();
        List<Batches.Sent> sent = batches.read(body, table);
        var asking = new OrderEndings.Asking(caller, exchange.correlationId());
        if (dryRun) {
            return exchange.computed(batches.preview(sent, partial, body, asking)::write);
        }
        ResponseEntity<byte[]> answer = place(exchange, body, sent, partial, asking);
        worker.wake();
        return answer;
    }

    private ResponseEntity<byte[]> place(
            Exchange exchange, Body body, List<Batches.Sent> sent, boolean partial, OrderEndings.Asking asking) {
        Caller caller = asking.caller();
        for (int attempt = 1; ; attempt++) {
            try {
                return idempotency.once(caller.organization(), caller.clientId(), exchange, body, sql -> {
                    Batch placed = batches.place(sql, sent, partial, body, asking);
                    return new Created(placed.path(), Optional.empty(), placed::write);
                });
            } catch (DatabaseException e) {
                // Another order on one of the subscriptions was placed at the same moment: it is seen the next time.
                if (!e.violates("one_order_in_flight") || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    @GetMapping("/enterprise/orders/batches")
    ResponseEntity<byte[]> list(Caller caller, Exchange exchange) {
        Parameters parameters = exchange.parameters();
        Page page = exchange.page(caller.organization());
        parameters.check();
        Slice.Rows<Batch> rows = batches.list(caller.organization(), page.slice());
        return exchange.list("batches", page, rows, (Json json, Batch batch) -> batch.write(json));
    }

    @GetMapping("/enterprise/orders/batches/{id}")
    ResponseEntity<byte[]> get(Caller caller, Exchange exchange, @PathVariable String id) {
        exchange.parameters().check();
        Batch batch = batches.find(caller.organization(), known(id)).orElseThrow(Refusal::notFound);
        return exchange.resource(batch::write);
    }

    @GetMapping("/enterprise/orders/batches/{id}/rows")
    ResponseEntity<byte[]> lines(Caller caller, Exchange exchange, @PathVariable String id) {
        Parameters parameters = exchange.parameters();
        Optional<BatchStore.Outcome> outcome =
                parameters.oneOf("status", BatchStore.Outcome.TEXTS).map(BatchStore.Outcome::of);
        Page page = exchange.page(caller.organization());
        parameters.check();
        Slice.Rows<Batch.Line> rows = batches.lines(caller.organization(), known(id), outcome, page.slice());
        return exchange.list("rows", page, rows, (Json json, Batch.Line line) -> line.write(json));
    }

    @DeleteMapping("/enterprise/orders/batches/{id}")
    ResponseEntity<byte[]> cancel(Caller caller, Exchange exchange, @PathVariable String id) {
        exchange.parameters().check();
        Batch batch = batches.cancel(known(id), new OrderEndings.Asking(caller, exchange.correlationId()));
        worker.wake();
        return exchange.changed(batch::write);
    }

    private static BatchId known(String id) {
        return BatchId.parse(id).orElseThrow(Refusal::notFound);
    }
}
