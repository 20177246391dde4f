package io.trunkline.subscriptions;

import io.trunkline.database.Database;
import io.trunkline.database.Slice;
import io.trunkline.database.Sql;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.Msisdn;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.security.Caller;
import io.trunkline.security.Licence;
import io.trunkline.security.Needs;
import io.trunkline.web.Exchange;
import io.trunkline.web.Json;
import io.trunkline.web.Page;
import io.trunkline.web.Parameters;
import io.trunkline.web.Refusal;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Needs(Licence.SUBSCRIPTIONS)
class SubscriptionResource {
    /** Whatever its check digit: a mistyped one is nobody's. */
    private static final Pattern ICCID = Pattern.compile("^\\d{18,20}$");

    private final Database database;
    private final Subscriptions subscriptions;
    private final Transclusion transclusion;

    SubscriptionResource(Database database, Subscriptions subscriptions, Transclusion transclusion) {
        this.database = database;
        this.subscriptions = subscriptions;
        this.transclusion = transclusion;
    }

    @GetMapping("/enterprise/subscriptions")
    ResponseEntity<byte[]> list(Caller caller, Exchange exchange) {
        Parameters parameters = exchange.parameters();
        var filter = new SubscriptionStore.Filter(
                parameters
                        .oneOf("status", "active", "suspended", "terminated", "pending")
                        .map(Subscription.Status::of),
                parameters.matching("account_id", "^acc_[0-9A-Z]{26}$", AccountId::parse),
                parameters.matching("subscriber_id", "^sbr_[0-9A-Z]{26}$", SubscriberId::parse),
                parameters.matching("msisdn", "^(\\+\\d{1,15}|\\d{1,15})$", Msisdn::parse),
                parameters.matching("iccid", ICCID.pattern(), SubscriptionResource::iccid),
                parameters.text("q"));
        Page page = exchange.page(caller.organization());
        parameters.check();
        Slice.Rows<Subscription> rows = subscriptions.list(caller.organization(), filter, page.slice());
        Transclusion.Embedded embedded = transclusion.read(caller, exchange.preferences(), rows.rows());
        return exchange.list("subscriptions", page, rows, embedded::write);
    }

    @GetMapping("/enterprise/subscriptions/{id}")
    ResponseEntity<byte[]> get(Caller caller, Exchange exchange, @PathVariable String id) {
        Subscription subscription = found(caller, exchange, id);
        Transclusion.Embedded embedded = transclusion.read(caller, exchange.preferences(), List.of(subscription));
        return exchange.resource(json -> embedded.write(json, subscription));
    }

    @GetMapping("/enterprise/subscriptions/{id}/sim-profile")
    ResponseEntity<byte[]> simProfile(Caller caller, Exchange exchange, @PathVariable String id) {
        SubscriptionId known = found(caller, exchange, id).id();
        SimProfile profile = Optional.ofNullable(SubscriptionStore.simProfiles(
                                database.of(caller.organization()), caller.organization(), List.of(known))
                        .get(known))
                .orElseThrow(Refusal::notFound);
        return exchange.resource(profile::write);
    }

    @GetMapping("/enterprise/subscriptions/{id}/sim-profile/previous")
    ResponseEntity<byte[]> previousSimProfile(Caller caller, Exchange exchange, @PathVariable String id) {
        SubscriptionId known = found(caller, exchange, id).id();
        Sql sql = database.of(caller.organization());
        SimProfile previous = Optional.ofNullable(
                        SubscriptionStore.simProfiles(sql, caller.organization(), List.of(known))
                                .get(known))
                .flatMap(SimProfile::previous)
                .flatMap(iccid -> SubscriptionStore.simProfile(sql, caller.organization(), known, iccid))
                .orElseThrow(Refusal::notFound);
        return exchange.resource(previous::writePrevious);
    }

    @GetMapping("/enterprise/subscriptions/{id}/phone-numbers")
    ResponseEntity<byte[]> phoneNumbers(Caller caller, Exchange exchange, @PathVariable String id) {
        SubscriptionId known = found(caller, exchange, id).id();
        List<PhoneNumber> numbers = SubscriptionStore.phoneNumbers(
                        database.of(caller.organization()), caller.organization(), List.of(known))
                .getOrDefault(known, List.of());
        return exchange.resource((Json json) -> PhoneNumber.writeAll(json, known, numbers));
    }

    @GetMapping("/enterprise/subscriptions/{id}/services")
    ResponseEntity<byte[]> services(Caller caller, Exchange exchange, @PathVariable String id) {
        SubscriptionId known = found(caller, exchange, id).id();
        List<Service> services = SubscriptionStore.services(
                        database.of(caller.organization()), caller.organization(), List.of(known))
                .getOrDefault(known, List.of());
        return exchange.resource((Json json) -> Service.writeAll(json, known, services));
    }

    private static Optional<String> iccid(String text) {
        return ICCID.matcher(text).matches() ? Optional.of(text) : Optional.empty();
    }

    private Subscription found(Caller caller, Exchange exchange, String id) {
        exchange.parameters().check();
        return SubscriptionId.parse(id)
                .flatMap(known -> subscriptions.find(caller.organization(), known))
                .orElseThrow(Refusal::notFound);
    }
}
