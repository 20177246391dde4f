package io.trunkline.sms;

import io.trunkline.database.Database;
import io.trunkline.database.Slice;
import io.trunkline.database.Sql;
import io.trunkline.events.Events;
import io.trunkline.ids.Msisdn;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SmsId;
import io.trunkline.network.smsc.Segments;
import io.trunkline.network.smsc.Smsc;
import io.trunkline.network.smsc.Smscs;
import io.trunkline.security.Audit;
import io.trunkline.security.Caller;
import io.trunkline.subscribers.PersonKeys;
import io.trunkline.subscriptions.NumberHolders;
import io.trunkline.subscriptions.Subscription;
import io.trunkline.web.Body;
import io.trunkline.web.ErrorCode;
import io.trunkline.web.Problem;
import io.trunkline.web.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;

/** What can be done with texts. */
@Component
class SmsMessages {
    private final Database database;
    private final NumberHolders holders;
    private final PersonKeys keys;
    private final Smscs smscs;
    private final SmsSettings settings;
    private final Events events;
    private final Audit audit;
    private final Clock clock;

    SmsMessages(
            Database database,
            NumberHolders holders,
            PersonKeys keys,
            Smscs smscs,
            SmsSettings settings,
            Events events,
            Audit audit,
            Clock clock) {
        this.database = database;
        this.holders = holders;
        this.keys = keys;
        this.smscs = smscs;
        this.settings = settings;
        this.events = events;
        this.audit = audit;
        this.clock = clock;
    }

    /** What a request comes to. */
    record Plan(NumberHolders.Holder sender, Segments segments, List<SmsStore.NewRecipient> recipients) {
        int rejected() {
            return (int) recipients.stream()
                    .filter(recipient -> recipient.rejected().isPresent())
                    .count();
        }
    }

    /**
     * What a request would come to.
     *
     * @throws Refusal with all violations, or 403 where the sender is not authorized
     */
    Plan plan(Sql sql, Caller caller, SmsRequest request, Body body) {
        body.check();
        Msisdn from = request.from().orElseThrow();
        NumberHolders.Holder sender = sender(sql, caller.organization(), from);
        Set<String> optedOut = SmsStore.optedOut(sql, caller.organization(), from, request.to());
        Segments segments = request.segments().orElseThrow();
        return new Plan(
                sender,
                segments,
                request.to().stream()
                        .map(number -> recipient(number, optedOut, segments))
                        .toList());
    }

    /** Why, only of one's own numbers: of others not even that they exist. */
    private NumberHolders.Holder sender(Sql sql, OrganizationId organization, Msisdn from) {
        NumberHolders.Holder holder = holders.in(sql, organization, from)
                .orElseThrow(() -> notAuthorized("the number is not one that this organization may send from"));
        if (holder.status() != Subscription.Status.ACTIVE) {
            throw notAuthorized(
                    "the subscription of the number is " + holder.status().text() + ", expected an active one");
        }
        if (!holder.smsSender()) {
            throw notAuthorized("the subscription of the number was not ordered with messaging");
        }
        return holder;
    }

    private static Refusal notAuthorized(String detail) {
        return Problem.of(ErrorCode.SENDER_NOT_AUTHORIZED, detail).refusal();
    }

    private SmsStore.NewRecipient recipient(Msisdn number, Set<String> optedOut, Segments segments) {
        if (!Numbers.canExist(number)) {
            return rejected(number, SmsRefusal.IMPOSSIBLE_NUMBER);
        }
        if (optedOut.contains(number.digits())) {
            return rejected(number, SmsRefusal.OPTED_OUT);
        }
        Optional<Smsc> smsc = smscs.route(number.digits());
        return smsc.map(route -> new SmsStore.NewRecipient(
                        number, Optional.of(route.name()), route.submissions(segments.count()), Optional.empty()))
                .orElseGet(() -> rejected(number, SmsRefusal.NO_ROUTE));
    }

    private static SmsStore.NewRecipient rejected(Msisdn number, SmsRefusal refusal) {
        return new SmsStore.NewRecipient(number, Optional.empty(), 0, Optional.of(refusal.failure()));
    }

    /** Takes a text on: one transaction, no outside call. */
    SmsId accept(Sql sql, Caller caller, SmsRequest request, Body body, String correlationId) {
        Plan plan = plan(sql, caller, request, body);
        OrganizationId organization = caller.organization();
        Instant now = clock.instant();
        SmsId id = SmsId.create(now);
        byte[] words = request.text().orElseThrow().getBytes(StandardCharsets.UTF_8);
        Instant start = request.sendAt().orElse(now);
        var sms = new SmsStore.New(
                id,
                request.from().orElseThrow(),
                plan.sender().subscription(),
                plan.sender().person(),
                keys.seal(sql, organization, plan.sender().person(), words, Sms.context(id)),
                plan.segments().encoding(),
                plan.segments().count(),
                request.sendAt(),
                caller.clientId(),
                correlationId,
                now,
                start.plus(request.validity().orElse(settings.validity())));
        SmsStore.insert(sql, organization, sms, plan.recipients());
        events.raise(
                sql,
                organization,
                "sms.accepted",
                "sms/" + id,
                correlationId,
                json -> json.text(
                                "subscription_id", plan.sender().subscription().text())
                        .number("recipients", plan.recipients().size())
                        .number("rejected", plan.rejected())
                        .number("segments", plan.segments().count()));
        audit.record(
                sql,
                Audit.Entry.change(
                        caller,
                        "sms.sent",
                        "sms/" + id,
                        correlationId,
                        Optional.empty(),
                        Optional.of(json -> json.text("from", sms.from().digits())
                                .text("subscription_id", sms.subscription().text())
                                .number("recipients", plan.recipients().size())
                                .number("segments", plan.segments().count()))));
        return id;
    }

    /** The request role's statements, each for itself. */
    Sql of(OrganizationId organization) {
        return database.of(organization);
    }

    Optional<Sms> find(OrganizationId organization, SmsId id) {
        return find(database.of(organization), organization, id);
    }

    private Optional<Sms> find(Sql sql, OrganizationId organization, SmsId id) {
        return SmsStore.find(sql, organization, id)
                .map(kept -> opened(sql, organization, List.of(kept)).getFirst());
    }

    /** Newest first. */
    Slice.Rows<Sms> list(OrganizationId organization, SmsStore.Filter filter, Slice slice) {
        Sql sql = database.of(organization);
        Slice.Rows<SmsStore.Kept> rows = SmsStore.list(sql, organization, filter, slice);
        return rows.with(opened(sql, organization, rows.rows()));
    }

    private List<Sms> opened(Sql sql, OrganizationId organization, List<SmsStore.Kept> kept) {
        PersonKeys.Opened opened = keys.keys(
                sql, organization, kept.stream().map(one -> one.sms().person()).toList());
        return kept.stream()
                .map(one -> {
                    Sms sms = one.sms();
                    Optional<String> text = one.sealedText()
                            .flatMap(cipher -> opened.text(sms.person(), cipher, Sms.context(sms.id())));
                    return sms.with(text);
                })
                .toList();
    }

    /** Empty where there is no such text. */
    Optional<Slice.Rows<Recipient>> recipients(
            OrganizationId organization, SmsId id, Optional<Recipient.State> state, Slice slice) {
        Sql sql = database.of(organization);
        return SmsStore.exists(sql, organization, id)
                ? Optional.of(SmsStore.recipients(sql, organization, id, state, slice))
                : Optional.empty();
    }

    /**
     * Cancels a text that waits for its time; one that is canceled already stays so.
     *
     * @throws Refusal 409 where it is being sent, or has been
     */
    Optional<Sms> cancel(Caller caller, SmsId id, String correlationId) {
        OrganizationId organization = caller.organization();
        return database.inTransaction(organization, sql -> {
            Optional<Sms> found = find(sql, organization, id);
            Instant now = clock.instant();
            if (found.isEmpty() || found.get().canceled()) {
                return found;
            }
            if (!SmsStore.cancel(sql, organization, id, now)) {
                throw Problem.of(
                                ErrorCode.SMS_NOT_SCHEDULED,
                                "the message is " + found.get().status(now).text()
                                        + ", expected one that is scheduled and not yet being sent")
                        .refusal();
            }
            events.raise(sql, organization, "sms.canceled", "sms/" + id, correlationId, _ -> {});
            audit.record(
                    sql,
                    Audit.Entry.change(
                            caller,
                            "sms.canceled",
                            "sms/" + id,
                            correlationId,
                            Optional.of(json -> json.text("status", Sms.Status.SCHEDULED.text())),
                            Optional.of(json -> json.text("status", Sms.Status.CANCELED.text()))));
            return find(sql, organization, id);
        });
    }
}
