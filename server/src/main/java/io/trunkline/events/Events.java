package io.trunkline.events;

import io.trunkline.database.Sql;
import io.trunkline.ids.Id;
import io.trunkline.ids.OrganizationId;
import io.trunkline.web.Json;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Raises events. They hold ids, never personal values: whoever may see a person looks the person up. */
@Component
public class Events {
    private static final String INSERT = """
            INSERT INTO events (organization_id, id, type, subject, occurred_at, correlation_id, data)
            VALUES (?, ?, ?, ?, ?, ?, ?::jsonb)""";
    private static final String INSERT_FOR_OPERATOR =
            "INSERT INTO operator_events (id, type, subject, occurred_at, data) VALUES (?, ?, ?, ?, ?::jsonb)";

    private final Clock clock;

    Events(Clock clock) {
        this.clock = clock;
    }

    /**
     * Writes an event in the caller's transaction.
     *
     * @param type e.g. {@code order.completed}
     * @param subject kind and id, e.g. {@code order/order_01HZS5KETGM8XXF53WZJWDDV4C}
     */
    public void raise(
            Sql sql,
            OrganizationId organization,
            String type,
            String subject,
            String correlationId,
            Consumer<Json> data) {
        Instant now = clock.instant();
        sql.write(INSERT, organization, Id.newValue(now), type, subject, now, correlationId, Json.text(data));
    }

    /** What has happened to one of many subjects. */
    public record Event(String subject, Consumer<Json> data) {}

    /** Writes an event for each, in one statement. */
    public void raise(
            Sql sql, OrganizationId organization, String type, String correlationId, Collection<Event> events) {
        Instant now = clock.instant();
        sql.updateAll(
                INSERT,
                events.stream()
                        .map(event -> new @Nullable Object[] {
                            organization,
                            Id.newValue(now),
                            type,
                            event.subject(),
                            now,
                            correlationId,
                            Json.text(event.data())
                        })
                        .toList());
    }

    /** The same of what concerns the operator alone, e.g. {@code stock.low} of {@code numbers/GB}. */
    public void raiseForOperator(Sql sql, String type, String subject, Consumer<Json> data) {
        Instant now = clock.instant();
        sql.write(INSERT_FOR_OPERATOR, Id.newValue(now), type, subject, now, Json.text(data));
    }
}
