package io.trunkline.orders;

import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.events.Events;
import io.trunkline.network.Outcome;
import io.trunkline.network.mail.Mailer;
import io.trunkline.network.mail.Sent;
import io.trunkline.network.smdp.ActivationCode;
import io.trunkline.subscribers.Subscriber;
import io.trunkline.subscribers.Subscribers;
import io.trunkline.subscriptions.Subscriptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;

/**
 * Delivers the activation code. A mail whose outcome is unknown is sent again under the same Message-ID, and counted;
 * otherwise each is sent once.
 */
@Component
class ActivationDelivery {
    private static final String SUPERSEDED = "superseded";
    /** The mail server was handed the mail and did not say what became of it: it may have arrived. */
    private static final String OUTCOME_UNKNOWN = "outcome_unknown";

    private final Database database;
    private final Subscriptions subscriptions;
    private final Subscribers subscribers;
    private final OrderView.Reader views;
    private final ActivationMail mails;
    private final Mailer mailer;
    private final Events events;
    private final Clock clock;

    ActivationDelivery(
            Database database,
            Subscriptions subscriptions,
            Subscribers subscribers,
            OrderView.Reader views,
            ActivationMail mails,
            Mailer mailer,
            Events events,
            Clock clock) {
        this.database = database;
        this.subscriptions = subscriptions;
        this.subscribers = subscribers;
        this.views = views;
        this.mails = mails;
        this.mailer = mailer;
        this.events = events;
        this.clock = clock;
    }

    /** By API the code is delivered once it can be fetched. */
    void handedOver(Sql sql, Order order) {
        delivered(sql, order, kept(sql, order), Delivery.Said.NOTHING);
    }

    /**
     * Sends the mail; the reason why it has to wait, where it has to.
     *
     * @param then what follows once it has come to its end, within the transaction that records that
     */
    Optional<String> attempt(OrderWork.Due due, Order order, Duration pause, Consumer<Sql> then) {
        Sql sql = database.owner();
        OrderStore.KeptDelivery kept = pending(sql, order);
        Optional<Subscriptions.Shown> shown = subscriptions.shown(sql, order.organization(), order.subscription());
        if (shown.filter(profile -> !order.iccid().equals(Optional.of(profile.iccid())))
                .isPresent()) {
            // What has taken the place of this order's profile is delivered by the order that made it.
            return superseded(due, order, then);
        }
        Optional<ActivationCode> code = shown.flatMap(Subscriptions.Shown::code);
        Optional<Subscriber> subscriber = subscribers.find(sql, order.organization(), order.subscriber());
        Delivery delivery = views.delivery(sql, order.organization(), kept);
        if (code.isEmpty() || subscriber.isEmpty() || delivery.to().isEmpty()) {
            // The profile was installed or deleted, or its person erased.
            fail(order, kept, "nothing_to_send", "", then);
            return Optional.empty();
        }
        MailProgress progress = views.progress(sql, order.organization(), kept);
        OrderStore.countAttempt(sql, order.organization(), kept.id(), due.inDoubt(), clock.instant());
        Outcome<Sent> outcome = mailer.send(mails.of(new ActivationMail.Sending(
                order, subscriber.get(), delivery, kept, progress.left(), code.get(), due.inDoubt())));
        return switch (outcome) {
            case Outcome.Accepted<Sent>(Sent sent) ->
                taken(due, order, kept, progress.after(sent), new Taken(sent.reply(), new After(pause, then)));
            case Outcome.Rejected<Sent> rejected
            when !rejected.retryable() -> {
                end(order, kept, progress, new Failure(rejected.code(), rejected.detail()), then);
                yield Optional.empty();
            }
            case Outcome.Rejected<Sent> rejected ->
                later(
                        due,
                        order,
                        kept,
                        progress,
                        new Later(due.inDoubt(), new After(pause, then), rejected.code(), rejected.detail()));
            case Outcome.Unknown<Sent>(String reason) ->
                later(due, order, kept, progress, new Later(true, new After(pause, then), "outcome unknown", reason));
        };
    }

    private Optional<String> superseded(OrderWork.Due due, Order order, Consumer<Sql> then) {
        return database.inOwnerTransaction(sql -> {
            supersede(sql, due, order);
            then.accept(sql);
            return Optional.empty();
        });
    }

    /** The mail cannot even be made: it failed. */
    void giveUp(Order order, Consumer<Sql> then) {
        fail(order, pending(database.owner(), order), "internal_error", "", then);
    }

    /**
     * What comes after an attempt.
     *
     * @param pause before the next one
     * @param then what follows once there is none
     */
    private record After(Duration pause, Consumer<Sql> then) {}

    private record Taken(String reply, After after) {}

    private record Failure(String code, String detail) {}

    /**
     * Why a mail is tried again.
     *
     * @param word fit for a log
     * @param detail what the mail server said, which may name recipients
     */
    private record Later(boolean inDoubt, After after, String word, String detail) {}

    private Optional<String> later(
            OrderWork.Due due, Order order, OrderStore.KeptDelivery kept, MailProgress progress, Later later) {
        Instant again = clock.instant().plus(later.after().pause());
        if (again.isAfter(due.deadline())) {
            end(
                    order,
                    kept,
                    progress,
                    new Failure(later.inDoubt() ? OUTCOME_UNKNOWN : "undeliverable", later.detail()),
                    later.after().then());
            return Optional.empty();
        }
        OrderWork.postpone(database.owner(), due, later.inDoubt(), again);
        return Optional.of(later.word());
    }

    /** The mail server has taken it, for some of its recipients at least: those who were refused for now come later. */
    private Optional<String> taken(
            OrderWork.Due due, Order order, OrderStore.KeptDelivery kept, MailProgress progress, Taken taken) {
        After after = taken.after();
        Instant now = clock.instant();
        Instant again = now.plus(after.pause());
        if (progress.left().isEmpty() || again.isAfter(due.deadline())) {
            end(order, kept, progress, new Failure("undeliverable", taken.reply()), after.then());
            return Optional.empty();
        }
        database.inOwnerTransaction(sql -> {
            byte[] sealed = views.sealed(sql, order.organization(), kept, progress);
            OrderStore.begun(sql, order.organization(), kept.id(), sealed, now);
            OrderWork.postpone(sql, due, false, again);
            return order;
        });
        return Optional.of(progress.left().size() + " recipients were refused for now");
    }

    /** Nobody else will get it: it is delivered where somebody has it. */
    private void end(
            Order order, OrderStore.KeptDelivery kept, MailProgress progress, Failure failure, Consumer<Sql> then) {
        if (!progress.begun()) {
            fail(order, kept, failure.code(), failure.detail(), then);
            return;
        }
        database.inOwnerTransaction(sql -> {
            delivered(sql, order, kept, said(progress, failure));
            then.accept(sql);
            return order;
        });
    }

    private static Delivery.Said said(MailProgress progress, Failure failure) {
        List<Delivery.Said.Refused> refused = progress.ended(failure.code(), failure.detail()).refused().stream()
                .map(Delivery.Said.Refused::of)
                .toList();
        return new Delivery.Said(failure.detail(), refused);
    }

    /** By API, of a profile that is released already: within the transaction of the request. */
    void handedOver(Sql sql, Order order, OrderStore.KeptDelivery kept) {
        delivered(sql, order, kept, Delivery.Said.NOTHING);
    }

    /**
     * A mail that waits gives way to something newer. Whoever has it already has it; and where an attempt has ended in
     * silence, nobody can say that it did not arrive.
     */
    void supersede(Sql sql, OrderWork.Due due, Order order) {
        Optional<OrderStore.KeptDelivery> waiting = DeliveryStore.pendingMail(sql, order);
        if (waiting.isEmpty()) {
            return;
        }
        OrderStore.KeptDelivery kept = waiting.get();
        MailProgress progress = views.progress(sql, order.organization(), kept);
        if (progress.begun()) {
            delivered(sql, order, kept, said(progress, new Failure(SUPERSEDED, "")));
        } else {
            failed(sql, order, kept, new Failure(due.inDoubt() ? OUTCOME_UNKNOWN : SUPERSEDED, ""));
        }
    }

    private void delivered(Sql sql, Order order, OrderStore.KeptDelivery kept, Delivery.Said said) {
        Instant now = clock.instant();
        int refused = said.refused().size();
        OrderStore.delivered(sql, order.organization(), kept.id(), refused, sealed(sql, order, kept, said), now);
        OrderStore.reached(sql, order, Order.Milestone.DELIVERED, now);
        events.raise(
                sql,
                order.organization(),
                "delivery.sent",
                "order/" + order.id(),
                order.correlationId(),
                json -> json.text("type", kept.type().text()).number("refused_recipients", refused));
    }

    private Optional<byte[]> sealed(Sql sql, Order order, OrderStore.KeptDelivery kept, Delivery.Said said) {
        return said.isNothing() ? Optional.empty() : Optional.of(views.sealed(sql, order.organization(), kept, said));
    }

    private void fail(Order order, OrderStore.KeptDelivery kept, String code, String detail, Consumer<Sql> then) {
        database.inOwnerTransaction(sql -> {
            failed(sql, order, kept, new Failure(code, detail));
            then.accept(sql);
            return order;
        });
    }

    private void failed(Sql sql, Order order, OrderStore.KeptDelivery kept, Failure failure) {
        Instant now = clock.instant();
        var said = new Delivery.Said(failure.detail(), List.of());
        OrderStore.deliveryFailed(
                sql, order.organization(), kept.id(), failure.code(), sealed(sql, order, kept, said), now);
        OrderStore.reached(sql, order, Order.Milestone.DELIVERY_FAILED, now);
        events.raise(
                sql,
                order.organization(),
                "delivery.failed",
                "order/" + order.id(),
                order.correlationId(),
                json -> json.text("type", kept.type().text()).text("code", failure.code()));
    }

    private static OrderStore.KeptDelivery pending(Sql sql, Order order) {
        return DeliveryStore.pendingMail(sql, order)
                .orElseThrow(() -> new IllegalStateException(order.id() + " has no mail to send"));
    }

    private static OrderStore.KeptDelivery kept(Sql sql, Order order) {
        return Optional.ofNullable(OrderStore.deliveries(sql, order.organization(), List.of(order.id()))
                        .get(order.id()))
                .orElseThrow(() -> new IllegalStateException(order.id() + " has no delivery"));
    }
}
