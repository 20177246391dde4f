package io.trunkline.orders;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.events.Events;
import io.trunkline.network.mail.BounceMailbox;
import io.trunkline.network.mail.Returned;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What comes back of mails: read from the bounce mailbox, matched with its delivery, shown there. How far the mailbox
 * is read commits with what a mail changes, so that each is taken once, whatever is killed.
 */
class Bounces {
    private static final Logger log = LoggerFactory.getLogger(Bounces.class);
    private static final String PLACE = "SELECT validity, uid FROM bounce_mailboxes WHERE mailbox = ?";
    /** Where another server has come further meanwhile, nothing. */
    private static final String FURTHER = """
            INSERT INTO bounce_mailboxes (mailbox, validity, uid) VALUES (?, ?, ?)
            ON CONFLICT (mailbox) DO UPDATE SET validity = excluded.validity, uid = excluded.uid
            WHERE bounce_mailboxes.validity <> excluded.validity OR bounce_mailboxes.uid < excluded.uid
            RETURNING mailbox""";

    private final Database database;
    private final BounceMailbox mailbox;
    private final String name;
    private final int most;
    private final ReturnPaths returns;
    private final OrderView.Reader views;
    private final Events events;
    private final MeterRegistry meters;
    private final Clock clock;

    /**
     * Of one mailbox.
     *
     * @param name by which its place is remembered
     * @param most mails of one look
     */
    Bounces(
            Database database,
            BounceMailbox mailbox,
            String name,
            int most,
            ReturnPaths returns,
            OrderView.Reader views,
            Events events,
            MeterRegistry meters,
            Clock clock) {
        this.database = database;
        this.mailbox = mailbox;
        this.name = name;
        this.most = most;
        this.returns = returns;
        this.views = views;
        this.events = events;
        this.meters = meters;
        this.clock = clock;
    }

    /** What became of a mail in the mailbox, as metrics tell it. */
    private enum Found {
        BOUNCED,
        /** Not yet delivered, or delivered: no failure. */
        NO_FAILURE,
        /** The same was reported before, or its person is erased. */
        NOTHING_NEW,
        /** A report of no mail of ours, or one that somebody made up. */
        UNMATCHED,
        OTHER,
        UNREADABLE;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Looks once; what stops it is logged, and the next look goes on from there. */
    void look() {
        BounceMailbox.Place since = database.owner()
                .one(PLACE, row -> new BounceMailbox.Place(row.longInteger("validity"), row.longInteger("uid")), name)
                .orElse(BounceMailbox.Place.BEGINNING);
        try {
            mailbox.read(since, most, this::found);
        } catch (BounceMailbox.MailboxUnavailable e) {
            count("trunkline.mail.bounces.failures", Optional.empty());
            log.warn("{}; it is looked at again", e.getMessage());
        }
    }

    private boolean found(BounceMailbox.Place place, Returned returned) {
        Optional<Found> found = database.inOwnerTransaction(sql -> {
            Instant now = clock.instant();
            if (sql.one(FURTHER, _ -> true, name, place.validity(), place.uid()).isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(
                    switch (returned) {
                        case Returned.Report report -> take(sql, report, now);
                        case Returned.Other() -> Found.OTHER;
                        case Returned.Unreadable _ -> Found.UNREADABLE;
                    });
        });
        found.ifPresent(what -> count("trunkline.mail.bounces", Optional.of(what)));
        return found.isPresent();
    }

    @SuppressWarnings("OptionalUsedAsFieldOrParameterType") // Private.
    private void count(String meter, Optional<Found> found) {
        Counter.Builder counter = Counter.builder(meter).description("Mails in the bounce mailbox, by what they are");
        found.ifPresent(what -> counter.tag("found", what.text()));
        counter.register(meters).increment();
    }

    private Found take(Sql sql, Returned.Report report, Instant now) {
        Optional<UUID> delivery = returns.delivery(report.traces());
        Optional<DeliveryStore.ReturnedMail> mail = delivery.flatMap(id -> DeliveryStore.returned(sql, id));
        if (mail.isEmpty()) {
            return Found.UNMATCHED;
        }
        List<Returned.Recipient> failed = report.recipients().stream()
                .filter(one -> one.action() == Returned.Action.FAILED)
                .toList();
        return failed.isEmpty() ? Found.NO_FAILURE : bounce(sql, mail.get(), failed, now);
    }

    private Found bounce(Sql sql, DeliveryStore.ReturnedMail mail, List<Returned.Recipient> failed, Instant now) {
        OrderStore.KeptDelivery kept = mail.kept();
        Delivery delivery = views.delivery(sql, mail.organization(), kept);
        List<String> recipients = delivery.recipients();
        Set<String> known = delivery.bounces().stream()
                .map(bounce -> bounce.address().toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(HashSet::new));
        var bounces = new ArrayList<>(delivery.bounces());
        for (Returned.Recipient one : failed) {
            // Somebody else than it was sent to, by a forgery or a list's carelessness, has no place here.
            addressed(recipients, one)
                    .filter(known::add)
                    .ifPresent(address ->
                            bounces.add(new Bounce(address, one.address(), one.status(), one.diagnostic(), now)));
        }
        if (bounces.size() == delivery.bounces().size()) {
            return Found.NOTHING_NEW;
        }
        int left = recipients.size() - bounces.size();
        DeliveryStore.bounced(sql, mail, views.sealed(sql, mail.organization(), kept, bounces), left, now);
        Order order = OrderStore.find(sql, mail.organization(), kept.order()).orElseThrow();
        boolean nobody = left <= mail.refused();
        if (nobody) {
            OrderStore.reached(sql, order, Order.Milestone.DELIVERY_BOUNCED, now);
        }
        events.raise(
                sql,
                mail.organization(),
                "delivery.bounced",
                "order/" + order.id(),
                order.correlationId(),
                json -> json.number("bounced_recipients", bounces.size()).bool("nobody_left", nobody));
        return Found.BOUNCED;
    }

    /** Whom of the mail's recipients a report is about: a mail that went on from there may fail elsewhere. */
    private static Optional<String> addressed(List<String> recipients, Returned.Recipient one) {
        for (String named : List.of(one.original(), one.address())) {
            String address = named.toLowerCase(Locale.ROOT);
            if (recipients.contains(address)) {
                return Optional.of(address);
            }
        }
        return recipients.size() == 1 ? Optional.of(recipients.getFirst()) : Optional.empty();
    }
}
