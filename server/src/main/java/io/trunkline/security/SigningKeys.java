package io.trunkline.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.keys.Vault;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The keys that tokens are signed with. One is current; a previous one still verifies what it has signed; a retired one
 * verifies nothing. Private parts are kept sealed.
 */
@Component
public class SigningKeys {
    /** How long a previous key verifies: longer than any token lives. */
    static final Duration VERIFIES = Duration.ofHours(1);

    private static final Logger log = LoggerFactory.getLogger(SigningKeys.class);
    private static final int BITS = 2048;
    private static final String LOAD = """
            SELECT key_id, sealed_jwk, status FROM signing_keys
            WHERE status IN ('current', 'previous') ORDER BY status, created_at DESC""";
    private static final String ADD = """
            INSERT INTO signing_keys (key_id, public_jwk, sealed_jwk, status, created_at, changed_at)
            VALUES (?, ?, ?, 'current', ?, ?)
            ON CONFLICT (status) WHERE status = 'current' DO NOTHING""";
    private static final String EXISTS = "SELECT EXISTS (SELECT FROM signing_keys WHERE status = 'current') AS has";
    private static final String STEP_DOWN = """
            UPDATE signing_keys SET status = 'previous', changed_at = ?
            WHERE status = 'current' AND created_at <= ?""";
    private static final String RETIRE_OLD = """
            UPDATE signing_keys SET status = 'retired', changed_at = ?
            WHERE status = 'previous' AND changed_at < ?""";
    private static final String RETIRE =
            "UPDATE signing_keys SET status = 'retired', changed_at = ? WHERE key_id = ? AND status = 'previous'";

    private final Database database;
    private final Vault vault;
    private final Clock clock;
    private volatile Loaded loaded = new Loaded(List.of());

    SigningKeys(Database database, Vault vault, Clock clock) {
        this.database = database;
        this.vault = vault;
        this.clock = clock;
        if (!database.owner().one(EXISTS, row -> row.bool("has")).orElse(false)) {
            add(database.owner());
        }
        reload();
    }

    /** The current key first. */
    private record Loaded(List<RSAKey> keys) {}

    /** The key to sign with. */
    RSAKey current() {
        return loaded.keys().getFirst();
    }

    /** The key that verifies signatures of this id. */
    Optional<RSAKey> find(String keyId) {
        return loaded.keys().stream()
                .filter(key -> key.getKeyID().equals(keyId))
                .findFirst();
    }

    /** The public parts. */
    JWKSet published() {
        return new JWKSet(List.copyOf(loaded.keys())).toPublicJWKSet();
    }

    /** A new current key; the old one verifies until it is retired. */
    public void rotate() {
        rotate(clock.instant());
    }

    /** Replaces the current key where it was made at this time or before; of several servers one does. */
    private void rotate(Instant madeUntil) {
        boolean rotated = database.inOwnerTransaction(sql -> {
            boolean stepsDown = sql.update(STEP_DOWN, clock.instant(), madeUntil) == 1;
            if (stepsDown) {
                add(sql);
            }
            return stepsDown;
        });
        reload();
        if (rotated) {
            log.info("tokens are signed with a new key, {}", currentId());
        }
    }

    /** Replaces a key that is too old, and retires those that have nothing left to verify. */
    void tend(Duration life) {
        rotate(clock.instant().minus(life));
        int retired = database.owner()
                .update(RETIRE_OLD, clock.instant(), clock.instant().minus(VERIFIES));
        if (retired > 0) {
            log.info("{} signing keys were retired", retired);
            reload();
        }
    }

    /** What a previous key has signed is accepted no longer: within 10 s by every server. False where it is none. */
    public boolean retire(String keyId) {
        boolean retired = database.owner().update(RETIRE, clock.instant(), keyId) == 1;
        reload();
        return retired;
    }

    /** The id of the current key. */
    public String currentId() {
        return current().getKeyID();
    }

    void reload() {
        loaded = new Loaded(database.owner()
                .list(LOAD, row -> parse(vault.openText(row.bytes("sealed_jwk"), context(row.text("key_id"))))));
    }

    /** Does nothing where another server was first. */
    private void add(Sql sql) {
        String keyId = UUID.randomUUID().toString();
        RSAKey key = generate(keyId);
        Instant now = clock.instant();
        sql.update(
                ADD,
                keyId,
                key.toPublicJWK().toJSONString(),
                vault.sealText(key.toJSONString(), context(keyId)),
                now,
                now);
    }

    private static RSAKey generate(String keyId) {
        try {
            return new RSAKeyGenerator(BITS)
                    .keyID(keyId)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.RS256)
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException("no RSA key can be generated", e);
        }
    }

    private static RSAKey parse(String jwk) {
        try {
            return RSAKey.parse(jwk);
        } catch (ParseException e) {
            throw new IllegalStateException("a signing key of the database is no JWK", e);
        }
    }

    private static String context(String keyId) {
        return "signing_keys/" + keyId;
    }
}
