package io.trunkline.sms;

import io.trunkline.database.Slice;
import io.trunkline.ids.Msisdn;
import io.trunkline.ids.SmsId;
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
import java.time.Instant;
import java.util.Optional;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Needs(Licence.MESSAGES)
class SmsResource {
    private final SmsMessages messages;
    private final SmsSender sender;
    private final Idempotency idempotency;
    private final Clock clock;

    SmsResource(SmsMessages messages, SmsSender sender, Idempotency idempotency, Clock clock) {
        this.messages = messages;
        this.sender = sender;
        this.idempotency = idempotency;
        this.clock = clock;
    }

    @PostMapping({Sms.PATH, "/enterprise/messages"})
    ResponseEntity<byte[]> send(Caller caller, Exchange exchange) {
        Body body = exchange.body();
        Parameters parameters = exchange.parameters();
        boolean dryRun = parameters.oneOf("dry-run", "true", "false").equals(Optional.of("true"));
        parameters.check();
        SmsRequest request = SmsRequest.read(body, clock.instant());
        if (dryRun) {
            SmsMessages.Plan plan = messages.plan(messages.of(caller.organization()), caller, request, body);
            return ResponseEntity.ok()
                    .cacheControl(CacheControl.noStore())
                    .contentType(exchange.negotiated())
                    .body(exchange.json(json -> writePlan(json, plan)));
        }
        ResponseEntity<byte[]> answer =
                idempotency.once(caller.organization(), caller.clientId(), exchange, body, sql -> {
                    SmsId id = messages.accept(sql, caller, request, body, exchange.correlationId());
                    return Created.told(Sms.path(id), json -> json.text("sms_id", id.text()));
                });
        sender.wake();
        return answer;
    }

    private static void writePlan(Json json, SmsMessages.Plan plan) {
        json.none("sms_id")
                .text("encoding", plan.segments().encoding().word())
                .number("segments", plan.segments().count())
                .object(
                        "recipients",
                        recipients -> recipients
                                .number("total", plan.recipients().size())
                                .number("accepted", plan.recipients().size() - plan.rejected())
                                .number("rejected", plan.rejected()));
    }

    @GetMapping(Sms.PATH)
    ResponseEntity<byte[]> list(Caller caller, Exchange exchange) {
        Parameters parameters = exchange.parameters();
        var filter = new SmsStore.Filter(
                parameters.matching("from", SmsRequest.NUMBER, Msisdn::parse),
                parameters.matching("subscription_id", "^sub_[0-9A-Z]{26}$", SubscriptionId::parse));
        Page page = exchange.page(caller.organization());
        parameters.check();
        Slice.Rows<Sms> rows = messages.list(caller.organization(), filter, page.slice());
        Instant now = clock.instant();
        return exchange.list("sms", page, rows, (Json json, Sms sms) -> sms.write(json, now));
    }

    @GetMapping(Sms.PATH + "/{id}")
    ResponseEntity<byte[]> get(Caller caller, Exchange exchange, @PathVariable String id) {
        exchange.parameters().check();
        Sms sms = SmsId.parse(id)
                .flatMap(known -> messages.find(caller.organization(), known))
                .orElseThrow(Refusal::notFound);
        Instant now = clock.instant();
        return exchange.resource(json -> sms.write(json, now));
    }

    @DeleteMapping(Sms.PATH + "/{id}")
    ResponseEntity<byte[]> cancel(Caller caller, Exchange exchange, @PathVariable String id) {
        exchange.parameters().check();
        Sms sms = SmsId.parse(id)
                .flatMap(known -> messages.cancel(caller, known, exchange.correlationId()))
                .orElseThrow(Refusal::notFound);
        Instant now = clock.instant();
        return exchange.changed(json -> sms.write(json, now));
    }

    @GetMapping(Sms.PATH + "/{id}/recipients")
    ResponseEntity<byte[]> recipients(Caller caller, Exchange exchange, @PathVariable String id) {
        Parameters parameters = exchange.parameters();
        Optional<Recipient.State> state =
                parameters.oneOf("state", Recipient.State.texts()).map(Recipient.State::of);
        Page page = exchange.page(caller.organization());
        parameters.check();
        Slice.Rows<Recipient> rows = SmsId.parse(id)
                .flatMap(known -> messages.recipients(caller.organization(), known, state, page.slice()))
                .orElseThrow(Refusal::notFound);
        return exchange.list("recipients", page, rows, (Json json, Recipient recipient) -> recipient.write(json));
    }
}
