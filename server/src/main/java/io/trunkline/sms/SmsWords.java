package io.trunkline.sms;

import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.ids.Msisdn;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SmsId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.network.smsc.Encoding;
import io.trunkline.network.smsc.Segments;
import io.trunkline.subscribers.PersonKeys;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * The words of the texts that are being sent: opened once for all of their recipients. Whether they may still be sent,
 * each lease tells.
 */
@Component
class SmsWords {
    private static final int REMEMBERED = 1_000;
    private static final String TEXTS = """
            SELECT organization_id, id, sender, person_id, sealed_text, encoding FROM sms
            WHERE (organization_id, id) IN (SELECT * FROM unnest(?::uuid[], ?::uuid[]))""";

    private final Database database;
    private final PersonKeys keys;
    private final LinkedHashMap<SmsId, Words> known = new LinkedHashMap<>();

    SmsWords(Database database, PersonKeys keys) {
        this.database = database;
        this.keys = keys;
    }

    /**
     * What is sent.
     *
     * @param segments empty where the person has been erased, or the words are no longer kept
     */
    record Words(Msisdn from, Optional<Segments> segments) {}

    private record Kept(
            OrganizationId organization,
            SmsId id,
            Msisdn from,
            SubscriberId person,
            Optional<byte[]> sealed,
            Encoding encoding) {}

    /** Of all these, one statement for what is not remembered and one for the keys of each organization. */
    Map<SmsId, Words> of(Collection<SmsWork.Leased> leased) {
        Map<SmsId, Words> found = remembered(leased);
        Map<SmsId, OrganizationId> missing = leased.stream()
                .filter(one -> !found.containsKey(one.sms()))
                .collect(Collectors.toMap(SmsWork.Leased::sms, SmsWork.Leased::organization, (first, _) -> first));
        if (!missing.isEmpty()) {
            found.putAll(read(missing));
            remember(found);
        }
        return found;
    }

    private synchronized Map<SmsId, Words> remembered(Collection<SmsWork.Leased> leased) {
        Set<SmsId> wanted = leased.stream().map(SmsWork.Leased::sms).collect(Collectors.toCollection(HashSet::new));
        var found = new LinkedHashMap<SmsId, Words>();
        wanted.forEach(id -> Optional.ofNullable(known.get(id)).ifPresent(words -> found.put(id, words)));
        return found;
    }

    /** Of a text that is not to be sent any more. */
    synchronized void forget(SmsId id) {
        known.remove(id);
    }

    private synchronized void remember(Map<SmsId, Words> more) {
        known.putAll(more);
        while (known.size() > REMEMBERED) {
            known.pollFirstEntry();
        }
    }

    private Map<SmsId, Words> read(Map<SmsId, OrganizationId> missing) {
        Sql owner = database.owner();
        List<Kept> kept = owner.list(
                TEXTS,
                row -> new Kept(
                        new OrganizationId(row.uuid("organization_id")),
                        new SmsId(row.uuid("id")),
                        new Msisdn(row.text("sender")),
                        new SubscriberId(row.uuid("person_id")),
                        Optional.ofNullable(row.bytesOrNull("sealed_text")),
                        Encoding.of(row.text("encoding"))),
                missing.values().stream().map(OrganizationId::value).toArray(UUID[]::new),
                missing.keySet().stream().map(SmsId::value).toArray(UUID[]::new));
        var words = new LinkedHashMap<SmsId, Words>();
        kept.stream().collect(Collectors.groupingBy(Kept::organization)).forEach((organization, texts) -> {
            PersonKeys.Opened opened = keys.keys(
                    owner, organization, texts.stream().map(Kept::person).toList());
            texts.forEach(text -> words.put(
                    text.id(),
                    new Words(
                            text.from(),
                            text.sealed()
                                    .flatMap(cipher -> opened.text(text.person(), cipher, Sms.context(text.id())))
                                    .map(plain -> Segments.of(plain, text.encoding())))));
        });
        return words;
    }
}
