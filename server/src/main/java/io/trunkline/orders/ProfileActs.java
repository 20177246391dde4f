package io.trunkline.orders;

import io.trunkline.catalog.Catalog;
import io.trunkline.catalog.OrderTemplate;
import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.ids.Eid;
import io.trunkline.ids.Iccid;
import io.trunkline.ids.Imsi;
import io.trunkline.network.Outcome;
import io.trunkline.network.smdp.CancelOrder;
import io.trunkline.network.smdp.ConfirmOrder;
import io.trunkline.network.smdp.Discovery;
import io.trunkline.network.smdp.DownloadOrder;
import io.trunkline.network.smdp.MatchingIds;
import io.trunkline.network.smdp.SmdpPlus;
import io.trunkline.network.smdp.SmdpSettings;
import io.trunkline.network.smdp.StatusCode;
import io.trunkline.subscriptions.PhoneNumber;
import io.trunkline.subscriptions.ProductChanges;
import io.trunkline.subscriptions.Stock;
import io.trunkline.subscriptions.Subscriptions;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The steps about SIM profile and stock, and what takes them back. */
@Component
class ProfileActs {
    private static final Logger log = LoggerFactory.getLogger(ProfileActs.class);
    /**
     * What a repeated DownloadOrder or ConfirmOrder is told when the first one took effect: the reservation is ours
     * alone, so nobody else can have caused it.
     */
    private static final Set<String> DONE_BEFORE =
            Set.of(StatusCode.PROFILE_IN_USE.code(), StatusCode.MATCHING_ID_IN_USE.code());
    /**
     * What a CancelOrder is told where there is nothing to cancel, now or later: the SM-DP+ does not know the profile,
     * a device has it, or it is another requester's. So it holds nothing for us, and must not be given out again.
     */
    private static final Set<String> NOTHING_TO_CANCEL = Set.of(
            StatusCode.ICCID_UNKNOWN.code(), StatusCode.PROFILE_IN_USE.code(), StatusCode.PROFILE_NOT_ALLOWED.code());

    private final Database database;
    private final Catalog catalog;
    private final Subscriptions subscriptions;
    private final ProductChanges products;
    private final Stock stock;
    private final SmdpPlus smdp;
    private final SmdpSettings smdpSettings;
    private final Discovery discovery;
    private final MatchingIds matchingIds = new MatchingIds();
    private final Clock clock;

    ProfileActs(
            Database database,
            Catalog catalog,
            Subscriptions subscriptions,
            ProductChanges products,
            Stock stock,
            SmdpPlus smdp,
            SmdpSettings smdpSettings,
            Discovery discovery,
            Clock clock) {
        this.database = database;
        this.catalog = catalog;
        this.subscriptions = subscriptions;
        this.products = products;
        this.stock = stock;
        this.smdp = smdp;
        this.smdpSettings = smdpSettings;
        this.discovery = discovery;
        this.clock = clock;
    }

    Outcome<Act.Written> reserve(Order order, Act.Attempt attempt) {
        return order.type() == Order.Type.CHANGE_SIM_PROFILE
                ? reserveAnother(order, attempt.known())
                : reserveAll(order, attempt.known());
    }

    /** A profile for a line that has one. */
    private Outcome<Act.Written> reserveAnother(Order order, Known known) {
        return Act.accepted(sql -> {
            Iccid previous = subscriptions.present(sql, order.organization(), order.subscription());
            String type = products.profileType(sql, order.organization(), order.subscription());
            Stock.Profile profile = stock.reserveProfile(
                            sql, order.organization(), order.id(), order.subscription(), type)
                    .orElseThrow(() -> Act.Impossible.exhausted("no SIM profile of type " + type + " is left"));
            OrderStore.takesPlaceOf(sql, order, previous);
            reserved(sql, order, known, profile, order.phoneNumbers());
        });
    }

    private Outcome<Act.Written> reserveAll(Order order, Known known) {
        return Act.accepted(sql -> {
            OrderTemplate template = template(sql, order, known);
            switch (stock.reserve(sql, order.organization(), order.id(), order.subscription(), template)) {
                case Stock.Reservation.Exhausted(String what) -> throw Act.Impossible.exhausted(what);
                case Stock.Reservation.Made(var profile, var numbers) -> reserved(sql, order, known, profile, numbers);
            }
        });
    }

    private void reserved(Sql sql, Order order, Known known, Stock.Profile profile, List<PhoneNumber> numbers) {
        String matchingId = matchingIds.next();
        subscriptions.hold(sql, order.organization(), order.subscription(), profile, matchingId, eid(sql, order));
        known.reserved(
                OrderStore.reserved(sql, order, profile.iccid(), numbers, clock.instant()),
                new Known.Reserved(new Imsi(profile.imsi()), matchingId));
    }

    Outcome<Act.Written> setFree(Order order, Act.Attempt attempt) {
        return Act.accepted(sql -> stock.free(sql, order.id()));
    }

    Outcome<Act.Written> downloadOrder(Order order, Act.Attempt attempt) {
        Act.Written ordered = sql -> OrderStore.reached(sql, order, Order.Milestone.PROFILE_ORDERED, clock.instant());
        Outcome<SmdpPlus.Ordered> outcome = eid(database.owner(), order)
                .map(eid -> smdp.downloadOrder(DownloadOrder.forDevice(iccid(order), eid), attempt.call()))
                .orElseGet(() -> smdp.downloadOrder(DownloadOrder.of(iccid(order)), attempt.call()));
        return doneBefore(attempt, outcome) ? Act.accepted(ordered) : outcome.then(_ -> Act.accepted(ordered));
    }

    Outcome<Act.Written> cancelOrder(Order order, Act.Attempt attempt) {
        Outcome<SmdpPlus.Done> outcome = cancel(order, iccid(order), CancelOrder.FinalStatus.AVAILABLE, attempt);
        if (outcome instanceof Outcome.Rejected<?> rejected && outcome.isRejectedWith(NOTHING_TO_CANCEL)) {
            log.warn(
                    "{} of {} is retired, the SM-DP+ answered to its cancellation {}: {}",
                    iccid(order),
                    order.id(),
                    rejected.code(),
                    rejected.detail());
            return Act.accepted(sql -> stock.retireProfile(sql, order.id()));
        }
        return outcome.then(_ -> Act.accepted(Act.Written.NOTHING));
    }

    /** With it the line starts. */
    Outcome<Act.Written> confirmOrder(Order order, Act.Attempt attempt) {
        String matchingId = attempt.known()
                .reserved()
                .map(Known.Reserved::matchingId)
                .orElseGet(() -> subscriptions.matchingId(
                        database.owner(), order.organization(), order.subscription(), iccid(order)));
        Outcome<SmdpPlus.Confirmed> outcome = smdp.confirmOrder(
                eid(database.owner(), order)
                        .map(eid -> ConfirmOrder.pushed(iccid(order), matchingId, eid, discovery))
                        .orElseGet(() -> ConfirmOrder.released(iccid(order), matchingId)),
                attempt.call());
        return doneBefore(attempt, outcome)
                ? Act.accepted(released(order, attempt.known(), smdpSettings.defaultSmdpAddress()))
                : outcome.then(confirmed -> Act.accepted(released(order, attempt.known(), confirmed.smdpAddress())));
    }

    private Act.Written released(Order order, Known known, String smdpAddress) {
        return sql -> {
            if (order.type() == Order.Type.CHANGE_SIM_PROFILE) {
                subscriptions.release(sql, order.organization(), order.subscription(), iccid(order), smdpAddress);
            } else {
                subscriptions.activate(
                        sql,
                        order.organization(),
                        order.account(),
                        order.subscription(),
                        iccid(order),
                        smdpAddress,
                        order.phoneNumbers(),
                        template(sql, order, known));
            }
            stock.use(sql, order.id());
            OrderStore.reached(sql, order, Order.Milestone.PROFILE_RELEASED, clock.instant());
        };
    }

    /** A profile that was given out and that nobody has installed is of no use to anybody any more. */
    Outcome<Act.Written> withdraw(Order order, Act.Attempt attempt) {
        return withdrawn(order, cancel(order, iccid(order), CancelOrder.FinalStatus.UNAVAILABLE, attempt));
    }

    /** The same of the profile whose place another one has taken. */
    Outcome<Act.Written> withdrawPrevious(Order order, Act.Attempt attempt) {
        return withdrawn(order, cancel(order, MoveActs.previous(order), CancelOrder.FinalStatus.UNAVAILABLE, attempt));
    }

    private Outcome<Act.Written> withdrawn(Order order, Outcome<SmdpPlus.Done> outcome) {
        return outcome.isRejectedWith(NOTHING_TO_CANCEL)
                ? Act.accepted(Act.Written.NOTHING)
                : outcome.then(_ -> Act.accepted(
                        sql -> OrderStore.reached(sql, order, Order.Milestone.PROFILE_WITHDRAWN, clock.instant())));
    }

    /**
     * Without the MatchingID, whatever the SM-DP+ may have made of it; with the EID where the profile was ordered with
     * it (SGP.22 5.3.3).
     */
    private Outcome<SmdpPlus.Done> cancel(Order order, Iccid iccid, CancelOrder.FinalStatus last, Act.Attempt attempt) {
        String eid = DeliveryStore.device(database.owner(), order.organization(), order.subscription(), iccid)
                .map(Eid::digits)
                .orElse(null);
        return smdp.cancelOrder(new CancelOrder(iccid, eid, null, last), attempt.call());
    }

    /** The device that the profile is for, where it is announced to one. */
    private static Optional<Eid> eid(Sql sql, Order order) {
        if (!order.deliveryType().equals(Optional.of(Delivery.Type.PUSH))) {
            return Optional.empty();
        }
        return Optional.ofNullable(OrderStore.deliveries(sql, order.organization(), List.of(order.id()))
                        .get(order.id()))
                .flatMap(OrderStore.KeptDelivery::eid);
    }

    private static boolean doneBefore(Act.Attempt attempt, Outcome<?> outcome) {
        return attempt.inDoubt() && outcome.isRejectedWith(DONE_BEFORE);
    }

    OrderTemplate template(Sql sql, Order order, Known known) {
        return known.template(() -> order.template()
                .flatMap(id -> catalog.template(sql, order.organization(), id))
                .orElseThrow(() -> new IllegalStateException(order.id() + " has no template")));
    }

    static Iccid iccid(Order order) {
        return order.iccid().orElseThrow(() -> new IllegalStateException(order.id() + " has no SIM profile"));
    }
}
