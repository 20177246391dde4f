package io.trunkline.subscribers;

import io.trunkline.database.Sql;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.keys.Vault;
import io.trunkline.web.AnswerSeal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Seals values of a person under that person's key, wherever they must be kept outside of this room. The key itself is
 * kept sealed under the master key; erasing a person destroys it, and with it every copy.
 */
@Component
public class PersonKeys implements AnswerSeal {
    private static final String INSERT =
            "INSERT INTO subscriber_keys (organization_id, subscriber_id, sealed_key) VALUES (?, ?, ?)";
    private static final String FIND =
            "SELECT sealed_key FROM subscriber_keys WHERE organization_id = ? AND subscriber_id = ?";
    private static final String FIND_ALL = """
            SELECT subscriber_id, sealed_key FROM subscriber_keys
            WHERE organization_id = ? AND subscriber_id = ANY (?)""";

    private final Vault vault;

    PersonKeys(Vault vault) {
        this.vault = vault;
    }

    /** New keys, of people who have none yet; in one statement. */
    Opened create(Sql sql, OrganizationId organization, Collection<SubscriberId> people) {
        var keys = new HashMap<SubscriberId, byte[]>();
        var rows = new ArrayList<@Nullable Object[]>();
        for (SubscriberId person : people) {
            byte[] key = vault.newKey();
            keys.put(person, key);
            rows.add(new @Nullable Object[] {organization, person, vault.seal(key, context(person))});
        }
        sql.updateAll(INSERT, rows);
        return new Opened(keys);
    }

    /** A new key, as the table keeps it: for loading many people at once. */
    public byte[] sealedKey(SubscriberId person) {
        return vault.seal(vault.newKey(), context(person));
    }

    @Override
    public byte[] seal(Sql sql, OrganizationId organization, SubscriberId person, byte[] plain, String context) {
        byte[] key = key(sql, organization, person)
                .orElseThrow(() -> new IllegalStateException(person + " has no key: erased, or never made"));
        return vault.sealWith(key, plain, context);
    }

    @Override
    public Optional<byte[]> open(
            Sql sql, OrganizationId organization, SubscriberId person, byte[] sealed, String context) {
        return key(sql, organization, person).map(key -> vault.openWith(key, sealed, context));
    }

    /** Fetches the keys of these people in one statement. */
    public Opened keys(Sql sql, OrganizationId organization, Collection<SubscriberId> people) {
        UUID[] ids = people.stream().map(SubscriberId::value).distinct().toArray(UUID[]::new);
        var keys = new HashMap<SubscriberId, byte[]>();
        if (ids.length > 0) {
            sql.list(
                    FIND_ALL,
                    row -> {
                        var person = new SubscriberId(row.uuid("subscriber_id"));
                        return keys.put(person, vault.open(row.bytes("sealed_key"), context(person)));
                    },
                    organization,
                    ids);
        }
        return new Opened(keys);
    }

    /** The keys of some people. */
    public final class Opened {
        private final Map<SubscriberId, byte[]> keys;

        private Opened(Map<SubscriberId, byte[]> keys) {
            this.keys = keys;
        }

        /** These and those. */
        public Opened and(Opened others) {
            var all = new HashMap<>(keys);
            all.putAll(others.keys);
            return new Opened(all);
        }

        /** As {@link PersonKeys#seal}. */
        public byte[] seal(SubscriberId person, byte[] plain, String context) {
            byte[] key = keys.get(person);
            if (key == null) {
                throw new IllegalStateException(person + " has no key: erased, or never made");
            }
            return vault.sealWith(key, plain, context);
        }

        /** Empty where the person has been erased. */
        public Optional<String> text(SubscriberId person, byte[] sealed, String context) {
            return Optional.ofNullable(keys.get(person))
                    .map(key -> new String(vault.openWith(key, sealed, context), StandardCharsets.UTF_8));
        }
    }

    private Optional<byte[]> key(Sql sql, OrganizationId organization, SubscriberId person) {
        return sql.one(FIND, row -> vault.open(row.bytes("sealed_key"), context(person)), organization, person);
    }

    private static String context(SubscriberId person) {
        return "subscriber_keys/" + person.value();
    }
}
