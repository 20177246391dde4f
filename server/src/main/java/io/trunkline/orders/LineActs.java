package io.trunkline.orders;

import io.trunkline.catalog.OrderTemplate;
import io.trunkline.database.Database;
import io.trunkline.ids.Iccid;
import io.trunkline.ids.Imsi;
import io.trunkline.ids.Msisdn;
import io.trunkline.network.Outcome;
import io.trunkline.network.hlr.Hlr;
import io.trunkline.network.hlr.HlrCode;
import io.trunkline.network.hlr.Line;
import io.trunkline.network.hlr.Services;
import io.trunkline.network.hlr.SimKeys;
import io.trunkline.subscriptions.PhoneNumber;
import io.trunkline.subscriptions.Service;
import io.trunkline.subscriptions.Stock;
import io.trunkline.subscriptions.Subscription;
import io.trunkline.subscriptions.Subscriptions;
import java.time.Clock;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The steps about the line at the HLR, and what takes them back. */
@Component
class LineActs {
    /** The stock has the profile without its keys, which no HLR can do without. */
    static final String NO_KEYS = "no_keys";

    private final Database database;
    private final ProfileActs profiles;
    private final Subscriptions subscriptions;
    private final Stock stock;
    private final Hlr hlr;
    private final Clock clock;

    LineActs(Database database, ProfileActs profiles, Subscriptions subscriptions, Stock stock, Hlr hlr, Clock clock) {
        this.database = database;
        this.profiles = profiles;
        this.subscriptions = subscriptions;
        this.stock = stock;
        this.hlr = hlr;
        this.clock = clock;
    }

    Outcome<Act.Written> provision(Order order, Act.Attempt attempt) {
        return provisioned(order, attempt.known())
                .then(_ -> Act.accepted(
                        sql -> OrderStore.reached(sql, order, Order.Milestone.LINE_PROVISIONED, clock.instant())));
    }

    private Outcome<Hlr.Done> provisioned(Order order, Known known) {
        Iccid iccid = ProfileActs.iccid(order);
        Imsi imsi = known.reserved().map(Known.Reserved::imsi).orElseGet(() -> imsi(order, iccid));
        if (order.type() == Order.Type.CHANGE_SIM_PROFILE) {
            // The old SIM has the number until it moves.
            return provisioned(order, iccid, new Line(imsi, null, asTold(order)));
        }
        OrderTemplate template = profiles.template(database.owner(), order, known);
        return provisioned(order, iccid, new Line(imsi, number(order), ofTemplate(template.services())));
    }

    private Outcome<Hlr.Done> provisioned(Order order, Iccid iccid, Line line) {
        Optional<SimKeys> keys = stock.keys(database.owner(), iccid);
        if (keys.isEmpty()) {
            return new Outcome.Rejected<>(NO_KEYS, "the stock has no keys of the profile " + iccid, false);
        }
        return hlr.provision(line, keys.get(), order.correlationId());
    }

    Outcome<Act.Written> unprovision(Order order, Act.Attempt attempt) {
        return hlr.delete(imsi(order), order.correlationId())
                .then(_ -> Act.accepted(sql -> stock.quarantineNumbers(sql, order.id())));
    }

    Outcome<Act.Written> bar(Order order, Act.Attempt attempt) {
        return set(order, Services.NONE)
                .then(_ -> Act.accepted(sql -> {
                    subscriptions.suspend(sql, order.organization(), order.subscription());
                    OrderStore.reached(sql, order, Order.Milestone.LINE_BARRED, clock.instant());
                }));
    }

    Outcome<Act.Written> unbar(Order order, Act.Attempt attempt) {
        return set(order, services(order))
                .then(_ -> Act.accepted(sql -> {
                    subscriptions.resume(sql, order.organization(), order.subscription());
                    OrderStore.reached(sql, order, Order.Milestone.LINE_RESTORED, clock.instant());
                }));
    }

    Outcome<Act.Written> remove(Order order, Act.Attempt attempt) {
        return hlr.delete(imsi(order), order.correlationId())
                .then(_ -> Act.accepted(sql -> {
                    subscriptions.terminate(sql, order.organization(), order.subscription());
                    stock.retire(sql, ProfileActs.iccid(order), order.phoneNumbers());
                    OrderStore.reached(sql, order, Order.Milestone.LINE_REMOVED, clock.instant());
                }));
    }

    Outcome<Act.Written> setServices(Order order, Act.Attempt attempt) {
        Services services = of(ProductActs.change(order)
                .applied(subscriptions.services(database.owner(), order.organization(), order.subscription())));
        return set(order, services)
                .then(_ -> Act.accepted(
                        sql -> OrderStore.reached(sql, order, Order.Milestone.SERVICES_SET, clock.instant())));
    }

    /** The undo of what changes a line: the HLR has it as our own tables do. */
    Outcome<Act.Written> asItIs(Order order, Act.Attempt attempt) {
        return set(order, asTold(order)).then(_ -> Act.accepted(Act.Written.NOTHING));
    }

    /** What our own tables say that the line may do. */
    Services asTold(Order order) {
        Subscription.Status status = subscriptions
                .get(database.owner(), order.organization(), order.subscription())
                .status();
        return status == Subscription.Status.ACTIVE ? services(order) : Services.NONE;
    }

    private Outcome<Hlr.Done> set(Order order, Services services) {
        return set(order, ProfileActs.iccid(order), services);
    }

    /** An HLR that has lost the line gets it anew. */
    Outcome<Hlr.Done> set(Order order, Iccid iccid, Services services) {
        Outcome<Hlr.Done> outcome = hlr.setServices(imsi(order, iccid), services, order.correlationId());
        return HlrCode.NO_SUCH_LINE.rejects(outcome) ? known(order, iccid, number(order), services) : outcome;
    }

    Outcome<Hlr.Done> known(Order order, Iccid iccid, @Nullable Msisdn number, Services services) {
        return provisioned(order, iccid, new Line(imsi(order, iccid), number, services));
    }

    static @Nullable Msisdn number(Order order) {
        return order.phoneNumbers().stream()
                .max(Comparator.comparing(PhoneNumber::isPrimary))
                .map(PhoneNumber::msisdn)
                .orElse(null);
    }

    private Imsi imsi(Order order) {
        return imsi(order, ProfileActs.iccid(order));
    }

    Imsi imsi(Order order, Iccid iccid) {
        return subscriptions.imsi(database.owner(), order.organization(), order.subscription(), iccid);
    }

    private Services services(Order order) {
        return of(subscriptions.services(database.owner(), order.organization(), order.subscription()));
    }

    /** Of what a subscription has switched on, that which the HLR decides. */
    static Services of(Collection<Service> services) {
        return new Services(has(services, "voice"), has(services, "sms"), has(services, "data"));
    }

    /** The same of what a template switches on. */
    static Services ofTemplate(Collection<OrderTemplate.Service> services) {
        return of(services.stream()
                .map(service -> new Service(service.type(), service.enabled()))
                .toList());
    }

    private static boolean has(Collection<Service> services, String type) {
        return services.stream().anyMatch(service -> service.type().equals(type) && service.enabled());
    }
}
