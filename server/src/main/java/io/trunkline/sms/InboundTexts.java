package io.trunkline.sms;

import io.trunkline.database.Database;
import io.trunkline.database.Row;
import io.trunkline.database.Select;
import io.trunkline.database.Slice;
import io.trunkline.database.Sql;
import io.trunkline.events.Events;
import io.trunkline.ids.Id;
import io.trunkline.ids.Msisdn;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SmsId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.keys.Vault;
import io.trunkline.network.smsc.InboundPart;
import io.trunkline.subscribers.PersonKeys;
import io.trunkline.subscriptions.NumberHolders;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Takes texts that come in, puts their segments together whatever their order, and hears who wants no more of them. */
@Component
class InboundTexts {
    private static final Logger log = LoggerFactory.getLogger(InboundTexts.class);
    private static final String ADD_PART = """
            INSERT INTO sms_inbound_parts (smsc, sender, recipient, reference, total, number, sealed_text, at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (smsc, sender, recipient, reference, total, number) DO NOTHING""";
    /** Two segments that come side by side must not each miss the other. */
    private static final String ALONE = "SELECT pg_advisory_xact_lock(hashtextextended(?, 0)) IS NULL AS locked";

    private static final String PARTS = """
            SELECT number, sealed_text FROM sms_inbound_parts
            WHERE smsc = ? AND sender = ? AND recipient = ? AND reference = ? AND total = ?
            ORDER BY number""";
    private static final String REMOVE_PARTS = """
            DELETE FROM sms_inbound_parts
            WHERE smsc = ? AND sender = ? AND recipient = ? AND reference = ? AND total = ?""";
    private static final String INSERT = """
            INSERT INTO sms_inbound (organization_id, id, sender, recipient, subscription_id, person_id, sealed_text,
                received_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)""";
    private static final String OPT_OUT = """
            INSERT INTO sms_opt_outs (organization_id, id, sender, recipient, word, at) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (organization_id, sender, recipient) DO NOTHING""";
    private static final String OPT_IN =
            "DELETE FROM sms_opt_outs WHERE organization_id = ? AND sender = ? AND recipient = ?";
    private static final String SELECT = """
            SELECT id, sender, recipient, person_id, sealed_text, received_at FROM sms_inbound
            WHERE organization_id = ?""";

    private final Database database;
    private final NumberHolders holders;
    private final PersonKeys keys;
    private final Vault vault;
    private final SmsSettings settings;
    private final Events events;
    private final Clock clock;

    InboundTexts(
            Database database,
            NumberHolders holders,
            PersonKeys keys,
            Vault vault,
            SmsSettings settings,
            Events events,
            Clock clock) {
        this.database = database;
        this.holders = holders;
        this.keys = keys;
        this.vault = vault;
        this.settings = settings;
        this.events = events;
        this.clock = clock;
    }

    private record Kept(InboundText text, Optional<byte[]> sealed) {}

    /** Newest first. */
    Slice.Rows<InboundText> list(OrganizationId organization, Optional<Msisdn> to, Slice slice) {
        Sql sql = database.of(organization);
        Select select = new Select(SELECT, organization).andIf("recipient = ?", to.map(Msisdn::digits));
        Slice.Rows<Kept> rows = slice.read(sql, select, "id", true, InboundTexts::read);
        List<SubscriberId> people =
                rows.rows().stream().map(kept -> kept.text().person()).toList();
        PersonKeys.Opened opened = keys.keys(sql, organization, people);
        return rows.with(rows.rows().stream()
                .map(kept -> kept.text()
                        .with(kept.sealed()
                                .flatMap(cipher -> opened.text(
                                        kept.text().person(),
                                        cipher,
                                        InboundText.context(kept.text().id())))))
                .toList());
    }

    private static Kept read(Row row) throws SQLException {
        return new Kept(
                new InboundText(
                        row.uuid("id"),
                        row.text("sender"),
                        row.text("recipient"),
                        new SubscriberId(row.uuid("person_id")),
                        Optional.empty(),
                        row.instant("received_at")),
                Optional.ofNullable(row.bytesOrNull("sealed_text")));
    }

    /** Keeps it; when this returns it is committed. What is to nobody's number is dropped. */
    void take(InboundPart part) {
        Optional<Msisdn> to = Msisdn.parse(part.to());
        if (to.isEmpty()) {
            log.warn("{} has handed over a text to \"{}\", which is no number", part.smsc(), part.to());
            return;
        }
        int _ = database.inOwnerTransaction(owner -> {
            Optional<NumberHolders.Holder> holder = holders.anywhere(owner, to.get());
            if (holder.isEmpty()) {
                log.warn("{} has handed over a text to a number that nobody has", part.smsc());
                return 0;
            }
            Optional<String> words = part.total() <= 1 ? Optional.of(part.text()) : together(owner, part);
            words.ifPresent(text -> keep(owner, holder.get(), part.from(), to.get(), text));
            return 1;
        });
    }

    /** The whole text, when the part was the last that it lacked. */
    private Optional<String> together(Sql owner, InboundPart part) {
        String text = "sms_inbound_parts/" + part.smsc() + "/" + part.from() + "/" + part.to() + "/" + part.reference()
                + "/" + part.total();
        owner.list(ALONE, row -> row.bool("locked"), text);
        byte[] sealed = vault.sealText(part.text(), text + "/" + part.number());
        owner.update(
                ADD_PART,
                part.smsc(),
                part.from(),
                part.to(),
                part.reference(),
                part.total(),
                part.number(),
                sealed,
                clock.instant());
        List<String> parts = owner.list(
                PARTS,
                row -> vault.openText(row.bytes("sealed_text"), text + "/" + row.integer("number")),
                part.smsc(),
                part.from(),
                part.to(),
                part.reference(),
                part.total());
        if (parts.size() < part.total()) {
            return Optional.empty();
        }
        owner.update(REMOVE_PARTS, part.smsc(), part.from(), part.to(), part.reference(), part.total());
        return Optional.of(String.join("", parts));
    }

    private void keep(Sql owner, NumberHolders.Holder holder, String from, Msisdn to, String text) {
        Instant now = clock.instant();
        UUID id = Id.newValue(now);
        OrganizationId organization = holder.organization();
        byte[] sealed = keys.seal(
                owner, organization, holder.person(), text.getBytes(StandardCharsets.UTF_8), InboundText.context(id));
        owner.update(INSERT, organization, id, from, to.digits(), holder.subscription(), holder.person(), sealed, now);
        raise(owner, holder, "sms.received", id);
        hear(owner, holder, from, to, text, id);
    }

    /** A text that is one of the words and nothing else. */
    private void hear(Sql owner, NumberHolders.Holder holder, String from, Msisdn to, String text, UUID id) {
        String word = text.strip().toUpperCase(Locale.ROOT);
        OrganizationId organization = holder.organization();
        if (settings.stopWords().contains(word)) {
            owner.update(OPT_OUT, organization, id, to.digits(), from, word, clock.instant());
            raise(owner, holder, "sms.opted_out", id);
        } else if (settings.startWords().contains(word) && owner.update(OPT_IN, organization, to.digits(), from) > 0) {
            raise(owner, holder, "sms.opted_in", id);
        }
    }

    private void raise(Sql owner, NumberHolders.Holder holder, String type, UUID id) {
        SmsId sms = new SmsId(id);
        events.raise(
                owner,
                holder.organization(),
                type,
                "sms/" + sms,
                sms.text(),
                json -> json.text("subscription_id", holder.subscription().text()));
    }
}
