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
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The people of an organization. */
@Component
public class Subscribers {
    private static final String SELECT = """
            SELECT id, first_name, last_name, email, employee_id, group_name, locale FROM subscribers
            WHERE organization_id = ?""";
    /** The column's own collation compares bytes, so that this is a range of the index. */
    private static final String STARTS_WITH = """
            %1$s >= lower(normalize(?, NFC)) AND %1$s < lower(normalize(?, NFC)) || U&'\\+10FFFF'""";

    private static final String NAMED =
            "(" + STARTS_WITH.formatted("name_key") + " OR " + STARTS_WITH.formatted("surname_key") + ")";
    private static final String CALLED = "(" + NAMED + " OR " + STARTS_WITH.formatted("email_key") + ")";

    private static final String INSERT = """
            INSERT INTO subscribers (organization_id, id, first_name, last_name, email, employee_id, group_name, locale,
                created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

    private static final String UPDATE = """
            UPDATE subscribers SET first_name = ?, last_name = ?, email = ?, employee_id = ?, group_name = ?,
                locale = ?, updated_at = ?
            WHERE organization_id = ? AND id = ?""";

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

    /**
     * Which people a list holds.
     *
     * @param email whatever its case
     * @param named how first name, last name or both in either order begin, whatever their case
     */
    record Filter(
            Optional<String> email, Optional<String> employeeId, Optional<String> group, Optional<String> named) {}

    /** By id. */
    Slice.Rows<Subscriber> list(OrganizationId organization, Filter filter, Slice slice) {
        Select select = new Select(SELECT, organization)
                .andIf("email_key = lower(normalize(?, NFC))", filter.email())
                .andIf("employee_id = ?", filter.employeeId())
                .andIf("group_name = ?", filter.group());
        filter.named().ifPresent(prefix -> select.and(NAMED, prefix, prefix, prefix, prefix));
        return slice.read(database.of(organization), select, "id", false, Subscribers::read);
    }

    /** The ids of those whose name or address begins so: part of another room's query. */
    public Select called(OrganizationId organization, String prefix) {
        return new Select("SELECT id FROM subscribers WHERE organization_id = ?", organization)
                .and(CALLED, prefix, prefix, prefix, prefix, prefix, prefix);
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

    /**
     * New people, each with a key of their own; in one statement per table. Never merged with others of the same name.
     *
     * @return their keys
     */
    public PersonKeys.Opened create(Sql sql, Caller caller, String correlationId, Collection<Subscriber> people) {
        OrganizationId organization = caller.organization();
        Instant now = clock.instant();
        sql.updateAll(
                INSERT,
                people.stream().map(one -> columns(organization, one, now)).toList());
        PersonKeys.Opened created = keys.create(
                sql, organization, people.stream().map(Subscriber::id).toList());
        var entries = new ArrayList<Audit.Entry>();
        var raised = new ArrayList<Events.Event>();
        for (Subscriber person : people) {
            String subject = "subscriber/" + person.id();
            Consumer<Json> told = json -> json.text("subscriber_id", person.id().text());
            byte[] values =
                    Json.text(json -> json.object("after", person::writeFields)).getBytes(StandardCharsets.UTF_8);
            byte[] sealed = created.seal(person.id(), values, Audit.Personal.context(subject));
            entries.add(Audit.Entry.change(
                            caller, "subscriber.created", subject, correlationId, Optional.empty(), Optional.of(told))
                    .with(new Audit.Personal(person.id(), sealed)));
            raised.add(new Events.Event(subject, told));
        }
        audit.record(sql, entries);
        events.raise(sql, organization, "subscriber.created", correlationId, raised);
        return created;
    }

    private static @Nullable Object[] columns(OrganizationId organization, Subscriber subscriber, Instant now) {
        Subscriber.Person person = subscriber.person();
        return new @Nullable Object[] {
            organization,
            subscriber.id(),
            person.firstName(),
            person.lastName(),
            person.email(),
            person.employeeId(),
            person.group(),
            person.locale(),
            now,
            now
        };
    }

    /**
     * Changes a person, in one transaction with its audit entry and its event. What changes nothing leaves no trace.
     *
     * @param change what the person becomes; it may refuse
     */
    Optional<Subscriber> change(
            Caller caller, SubscriberId id, String correlationId, Function<Subscriber, Subscriber.Person> change) {
        OrganizationId organization = caller.organization();
        return database.inTransaction(
                organization,
                sql -> sql.one(SELECT + " AND id = ? FOR UPDATE", Subscribers::read, organization, id)
                        .map(before -> {
                            var after = new Subscriber(id, change.apply(before));
                            if (!after.equals(before)) {
                                update(sql, organization, after);
                                record(
                                        sql,
                                        caller,
                                        correlationId,
                                        "subscriber.changed",
                                        id,
                                        told -> told.texts("changed", Subscriber.differences(before, after)),
                                        values -> values.object("before", before::writeFields)
                                                .object("after", after::writeFields));
                            }
                            return after;
                        }));
    }

    private void update(Sql sql, OrganizationId organization, Subscriber after) {
        Subscriber.Person person = after.person();
        sql.update(
                UPDATE,
                person.firstName(),
                person.lastName(),
                person.email(),
                person.employeeId(),
                person.group(),
                person.locale(),
                clock.instant(),
                organization,
                after.id());
    }

    /** Audits with the person's values sealed, and raises an event without them. */
    private void record(
            Sql sql,
            Caller caller,
            String correlationId,
            String what,
            SubscriberId person,
            Consumer<Json> told,
            Consumer<Json> values) {
        String subject = "subscriber/" + person;
        byte[] sealed = keys.seal(
                sql,
                caller.organization(),
                person,
                Json.text(values).getBytes(StandardCharsets.UTF_8),
                Audit.Personal.context(subject));
        audit.record(
                sql,
                Audit.Entry.change(caller, what, subject, correlationId, Optional.empty(), Optional.of(told))
                        .with(new Audit.Personal(person, sealed)));
        events.raise(sql, caller.organization(), what, subject, correlationId, told);
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
