package io.trunkline.web;

import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.keys.Vault;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/**
 * A POST that may be sent again. Under an {@code Idempotency-Key} (scoped to client, method and path) the answer
 * commits in the transaction of what the request makes; the same request then gets the same answer, byte for byte, for
 * 24 hours.
 * While the first one runs, others are turned away at once. What is refused leaves nothing under its key.
 */
public final class Idempotency {
    /** How long an answer is kept. */
    public static final Duration KEPT = Duration.ofHours(24);

    private static final int FORGOTTEN_AT_ONCE = 10_000;
    private static final int MAC_BYTES = 32;

    private static final String TRY_LOCK = "SELECT pg_try_advisory_xact_lock(?) AS locked";
    private static final String FIND = """
            SELECT body_mac, status, location, content_type, person_id, sealed_answer, created_at FROM idempotency_keys
            WHERE organization_id = ? AND client_id = ? AND method = ? AND path = ? AND key = ?""";
    private static final String KEEP = """
            INSERT INTO idempotency_keys (organization_id, client_id, method, path, key, body_mac, status, location,
                content_type, person_id, sealed_answer, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";
    private static final String FORGET = """
            DELETE FROM idempotency_keys
            WHERE organization_id = ? AND client_id = ? AND method = ? AND path = ? AND key = ?""";
    private static final String FORGET_OLD = """
            DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM idempotency_keys WHERE created_at < ? LIMIT ?))""";

    private final Database database;
    private final Vault vault;
    private final AnswerSeal seal;
    private final Clock clock;
    private final Vault.Authenticator bodies;
    private final Vault.Authenticator locks;

    Idempotency(Database database, Vault vault, AnswerSeal seal, Clock clock) {
        this.database = database;
        this.vault = vault;
        this.seal = seal;
        this.clock = clock;
        this.bodies = vault.authenticator("idempotency-body");
        this.locks = vault.authenticator("idempotency-lock");
    }

    private record Key(OrganizationId organization, String client, String method, String path, String key) {
        String context() {
            return "idempotency_keys/" + organization.value() + "/" + client + "/" + method + "/" + path + "/" + key;
        }

        @Nullable Object[] columns() {
            return new Object[] {organization, client, method, path, key};
        }
    }

    /** A row; never compared as a whole. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Kept(
            byte[] bodyMac,
            int status,
            @Nullable String location,
            String contentType,
            Optional<SubscriberId> person,
            byte[] sealedAnswer,
            Instant at) {}

    /** Runs the work in a transaction of the organization, once per key, and answers with what it made. */
    public ResponseEntity<byte[]> once(
            OrganizationId organization, String client, Exchange exchange, Body body, Function<Sql, Created> work) {
        MediaType type = exchange.negotiated();
        Optional<Key> key = exchange.idempotencyKey(body)
                .map(given -> new Key(
                        organization,
                        client,
                        exchange.request().getMethod(),
                        exchange.request().getRequestURI(),
                        given));
        return database.inTransaction(organization, sql -> {
            if (key.isEmpty()) {
                Created created = work.apply(sql);
                body.check();
                return answer(created.status(), location(created, exchange), type, exchange.json(created.content()));
            }
            lock(sql, key.get());
            return replay(sql, key.get(), body).orElseGet(() -> {
                Created created = work.apply(sql);
                byte[] answer = exchange.json(created.content());
                keep(sql, key.get(), body, created, location(created, exchange), type, answer);
                return answer(created.status(), location(created, exchange), type, answer);
            });
        });
    }

    private static Optional<String> location(Created created, Exchange exchange) {
        return created.isLocated() ? Optional.of(exchange.publicUrl(created.path())) : Optional.empty();
    }

    /** Forgets answers older than {@link #KEPT}, some at a time, so that no statement runs for long. */
    void forgetOld() {
        int forgotten;
        do {
            forgotten = database.owner().update(FORGET_OLD, clock.instant().minus(KEPT), FORGOTTEN_AT_ONCE);
        } while (forgotten == FORGOTTEN_AT_ONCE);
    }

    private void lock(Sql sql, Key key) {
        byte[] hash = locks.code(key.context().getBytes(StandardCharsets.UTF_8), Long.BYTES);
        boolean locked = sql.one(
                        TRY_LOCK,
                        row -> row.bool("locked"),
                        ByteBuffer.wrap(hash).getLong())
                .orElse(false);
        if (!locked) {
            throw Problem.of(ErrorCode.IDEMPOTENCY_IN_PROGRESS, "the first request with this key is still running")
                    .withHeader("Retry-After", "1")
                    .refusal();
        }
    }

    private Optional<ResponseEntity<byte[]>> replay(Sql sql, Key key, Body body) {
        Optional<Kept> found = sql.one(
                FIND,
                row -> new Kept(
                        row.bytes("body_mac"),
                        row.integer("status"),
                        row.textOrNull("location"),
                        row.text("content_type"),
                        Optional.ofNullable(row.uuidOrNull("person_id")).map(SubscriberId::new),
                        row.bytes("sealed_answer"),
                        row.instant("created_at")),
                key.columns());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Kept kept = found.get();
        Optional<byte[]> answer =
                kept.at().plus(KEPT).isAfter(clock.instant()) ? open(sql, key, kept) : Optional.empty();
        if (answer.isEmpty()) {
            sql.update(FORGET, key.columns());
            return Optional.empty();
        }
        if (!bodies.holds(body.bytes(), kept.bodyMac())) {
            throw Problem.of(
                            ErrorCode.IDEMPOTENCY_MISMATCH,
                            "this key came with another body at " + Json.time(kept.at()))
                    .refusal();
        }
        return Optional.of(replayed(answer(
                kept.status(),
                Optional.ofNullable(kept.location()),
                MediaType.parseMediaType(kept.contentType()),
                answer.get())));
    }

    private Optional<byte[]> open(Sql sql, Key key, Kept kept) {
        return kept.person().isPresent()
                ? seal.open(sql, key.organization(), kept.person().get(), kept.sealedAnswer(), key.context())
                : Optional.of(vault.open(kept.sealedAnswer(), key.context()));
    }

    private void keep(
            Sql sql, Key key, Body body, Created created, Optional<String> location, MediaType type, byte[] answer) {
        Optional<SubscriberId> person = created.person();
        byte[] sealed = person.isPresent()
                ? seal.seal(sql, key.organization(), person.get(), answer, key.context())
                : vault.seal(answer, key.context());
        sql.write(
                KEEP,
                key.organization(),
                key.client(),
                key.method(),
                key.path(),
                key.key(),
                bodies.code(body.bytes(), MAC_BYTES),
                created.status(),
                location.orElse(null),
                type.toString(),
                person.orElse(null),
                sealed,
                clock.instant());
    }

    private static ResponseEntity<byte[]> answer(int status, Optional<String> location, MediaType type, byte[] body) {
        var answer = ResponseEntity.status(status)
                .header("Cache-Control", "no-store")
                .contentType(type);
        location.ifPresent(place -> answer.header("Location", place));
        return answer.body(body);
    }

    private static ResponseEntity<byte[]> replayed(ResponseEntity<byte[]> answer) {
        return ResponseEntity.status(answer.getStatusCode())
                .headers(answer.getHeaders())
                .header("Idempotency-Replayed", "true")
                .body(answer.getBody());
    }
}
