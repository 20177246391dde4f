package io.trunkline.security;

import io.trunkline.database.Sql;
import io.trunkline.ids.Id;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.web.Json;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Writes who did what, before and after, in the transaction of the change. Personal values are sealed. */
@Component
public class Audit {
    private static final String INSERT = """
            INSERT INTO audit_entries (organization_id, id, at, actor_type, actor, action, subject, before, after,
                person_id, personal, correlation_id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?, ?, ?)""";

    private final Clock clock;

    Audit(Clock clock) {
        this.clock = clock;
    }

    /**
     * Values of a person, {@code {"before": {…}, "after": {…}}} sealed under that person's key.
     *
     * @param sealed for {@link #context}
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Personal(SubscriberId person, byte[] sealed) {
        /** What the values of an entry on this subject are sealed for. */
        public static String context(String subject) {
            return "audit_entries/" + subject;
        }
    }

    /**
     * One entry.
     *
     * @param actorType {@code client} or {@code system}
     * @param action e.g. {@code order.placed}
     * @param subject kind and id, e.g. {@code order/order_01HZS5KETGM8XXF53WZJWDDV4C}
     */
    public record Entry(
            OrganizationId organization,
            String actorType,
            String actor,
            String action,
            String subject,
            String correlationId,
            Optional<Consumer<Json>> before,
            Optional<Consumer<Json>> after,
            Optional<Personal> personal) {

        /** The same with what else was changed of a person. */
        public Entry with(Personal values) {
            return new Entry(
                    organization, actorType, actor, action, subject, correlationId, before, after, Optional.of(values));
        }

        /** A client has changed something. */
        public static Entry change(
                Caller caller,
                String action,
                String subject,
                String correlationId,
                Optional<Consumer<Json>> before,
                Optional<Consumer<Json>> after) {
            return new Entry(
                    caller.organization(),
                    "client",
                    caller.clientId(),
                    action,
                    subject,
                    correlationId,
                    before,
                    after,
                    Optional.empty());
        }

        /** A client has looked at a secret. */
        public static Entry read(Caller caller, String action, String subject, String correlationId) {
            return change(caller, action, subject, correlationId, Optional.empty(), Optional.empty());
        }

        /** We did it ourselves. */
        public static Entry bySystem(
                String actor,
                OrganizationId organization,
                String action,
                String subject,
                String correlationId,
                Optional<Consumer<Json>> before,
                Optional<Consumer<Json>> after) {
            return new Entry(
                    organization, "system", actor, action, subject, correlationId, before, after, Optional.empty());
        }
    }

    public void record(Sql sql, Entry entry) {
        sql.write(INSERT, columns(entry));
    }

    /** All of them in one statement. */
    public void record(Sql sql, Collection<Entry> entries) {
        sql.updateAll(INSERT, entries.stream().map(this::columns).toList());
    }

    private @Nullable Object[] columns(Entry entry) {
        Instant now = clock.instant();
        return new @Nullable Object[] {
            entry.organization(),
            Id.newValue(now),
            now,
            entry.actorType(),
            entry.actor(),
            entry.action(),
            entry.subject(),
            entry.before().map(Json::text).orElse(null),
            entry.after().map(Json::text).orElse(null),
            entry.personal().map(Personal::person).orElse(null),
            entry.personal().map(Personal::sealed).orElse(null),
            entry.correlationId()
        };
    }
}
