package io.trunkline.subscribers;

import io.trunkline.database.Database;
import io.trunkline.database.Row;
import io.trunkline.database.Select;
import io.trunkline.database.Slice;
import io.trunkline.database.Sql;
import io.trunkline.events.Events;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.security.Audit;
import io.trunkline.security.Caller;
import io.trunkline.web.Json;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** The people of an organization. */
@Component
public class Subscribers {
    private static final String SELECT = """
            SELECT id, first_name, last_name, email, employee_id, group_name, locale FROM subscribers
            WHERE organization_id = ?""";
    private static final String INSERT = """
            INSERT INTO subscribers (organization_id, id, first_name, last_name, email, employee_id, group_name, locale,
                created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

    private final Database database;
    private final PersonKeys keys;
    private final Events events;
    private final Audit audit;
    private final Clock clock;

    Subscribers(Database database, PersonKeys keys, Events events, Audit audit, Clock clock) {
        this.database = database;
        this.keys = keys;
        this.events = events;
        this.audit = audit;
        this.clock = clock;
    }

    /** All of them, by id. */
    Slice.Rows<Subscriber> list(OrganizationId organization, Slice slice) {
        return slice.read(database.of(organization), new Select(SELECT, organization), "id", false, Subscribers::read);
    }

    Optional<Subscriber> find(OrganizationId organization, SubscriberId id) {
        return find(database.of(organization), organization, id);
    }

    /** Within the caller's transaction. */
    public Optional<Subscriber> find(Sql sql, OrganizationId organization, SubscriberId id) {
        return sql.one(SELECT + " AND id = ?", Subscribers::read, organization, id);
    }

    /** Those of these ids, in one statement. */
    public List<Subscriber> all(OrganizationId organization, Collection<SubscriberId> ids) {
        return all(database.of(organization), organization, ids);
    }

    /** Within the caller's transaction. */
    public List<Subscriber> all(Sql sql, OrganizationId organization, Collection<SubscriberId> ids) {
        UUID[] values = ids.stream().map(SubscriberId::value).distinct().toArray(UUID[]::new);
        return values.length == 0
                ? List.of()
                : sql.list(SELECT + " AND id = ANY (?)", Subscribers::read, organization, values);
    }

    /** A new person with a key of their own. Never merged with one of the same name. */
    public Subscriber create(Sql sql, Caller caller, String correlationId, Subscriber.Person person) {
        OrganizationId organization = caller.organization();
        Instant now = clock.instant();
        var subscriber = new Subscriber(SubscriberId.create(now), person);
        sql.update(
                INSERT,
                organization,
                subscriber.id(),
                person.firstName(),
                person.lastName(),
                person.email(),
                person.employeeId(),
                person.group(),
                person.locale(),
                now,
                now);
        keys.create(sql, organization, subscriber.id());
        record(sql, caller, correlationId, subscriber);
        return subscriber;
    }

    private void record(Sql sql, Caller caller, String correlationId, Subscriber subscriber) {
        String subject = "subscriber/" + subscriber.id();
        events.raise(sql, caller.organization(), "subscriber.created", subject, correlationId, _ -> {});
        byte[] personal = keys.seal(
                sql,
                caller.organization(),
                subscriber.id(),
                Json.text(json -> json.object("after", subscriber::writeFields)).getBytes(StandardCharsets.UTF_8),
                Audit.Personal.context(subject));
        audit.record(
                sql,
                Audit.Entry.change(
                                caller,
                                "subscriber.created",
                                subject,
                                correlationId,
                                Optional.empty(),
                                Optional.of(json -> json.text(
                                        "subscriber_id", subscriber.id().text())))
                        .with(new Audit.Personal(subscriber.id(), personal)));
    }

    private static Subscriber read(Row row) throws SQLException {
        return new Subscriber(
                new SubscriberId(row.uuid("id")),
                new Subscriber.Person(
                        row.text("first_name"),
                        row.text("last_name"),
                        row.text("email"),
                        row.textOrNull("employee_id"),
                        row.textOrNull("group_name"),
                        row.textOrNull("locale")));
    }
}
