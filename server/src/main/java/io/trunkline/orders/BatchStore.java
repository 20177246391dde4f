package io.trunkline.orders;

import io.trunkline.database.Row;
import io.trunkline.database.Select;
import io.trunkline.database.Slice;
import io.trunkline.database.Sql;
import io.trunkline.ids.BatchId;
import io.trunkline.ids.Id;
import io.trunkline.ids.OrderId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.keys.Vault;
import io.trunkline.web.Json;
import io.trunkline.web.Violation;
import java.sql.SQLException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** The SQL of batches of orders. */
@Component
final class BatchStore {
    private static final String INSERT = """
            INSERT INTO order_batches (organization_id, id, total, refused, client_id, correlation_id, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)""";
    private static final String INSERT_LINE = """
            INSERT INTO order_batch_rows (organization_id, batch_id, id, place, order_id, sealed_errors)
            VALUES (?, ?, ?, ?, ?, ?)""";
    private static final String SELECT = """
            SELECT id, total, refused, created_at, ended.completed, ended.canceled
            FROM order_batches CROSS JOIN LATERAL (
                SELECT count(*) FILTER (WHERE o.status = 'completed') AS completed,
                    count(*) FILTER (WHERE o.status = 'canceled') AS canceled
                FROM order_batch_rows r JOIN orders o ON o.organization_id = r.organization_id AND o.id = r.order_id
                WHERE r.organization_id = order_batches.organization_id AND r.batch_id = order_batches.id) ended
            WHERE organization_id = ?""";
    private static final String STATUS = """
            (SELECT status FROM orders o
                WHERE o.organization_id = order_batch_rows.organization_id AND o.id = order_batch_rows.order_id)""";
    private static final String LINES =
            "SELECT id, place, order_id, sealed_errors, " + STATUS + " AS order_status" + """

            FROM order_batch_rows
            WHERE organization_id = ?""";
    private static final String PENDING = """
            SELECT r.order_id FROM order_batch_rows r
                JOIN orders o ON o.organization_id = r.organization_id AND o.id = r.order_id
            WHERE r.organization_id = ? AND r.batch_id = ? AND o.status = 'pending' ORDER BY r.id DESC""";

    private final Vault vault;

    BatchStore(Vault vault) {
        this.vault = vault;
    }

    /** What is to become of a row, or has become of it. */
    enum Outcome {
        PENDING,
        COMPLETED,
        CANCELED,
        REFUSED;

        static final String[] TEXTS = {"pending", "completed", "canceled", "refused"};

        static Outcome of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    void insert(Sql sql, OrganizationId organization, Batch batch, List<Batch.Line> lines, OrderEndings.Asking asking) {
        sql.update(
                INSERT,
                organization,
                batch.id(),
                batch.total(),
                batch.refused(),
                asking.caller().clientId(),
                asking.correlationId(),
                batch.createdAt());
        sql.updateAll(
                INSERT_LINE,
                lines.stream()
                        .map(line -> new @Nullable Object[] {
                            organization,
                            batch.id(),
                            // In their order: an id's time is in milliseconds.
                            Id.newValue(batch.createdAt().plus(line.place(), ChronoUnit.MILLIS)),
                            line.place(),
                            line.order().orElse(null),
                            line.errors().isEmpty() ? null : sealed(batch.id(), line)
                        })
                        .toList());
    }

    static Optional<Batch> find(Sql sql, OrganizationId organization, BatchId id) {
        return sql.one(SELECT + " AND id = ?", BatchStore::read, organization, id);
    }

    /** Newest first. */
    static Slice.Rows<Batch> list(Sql sql, OrganizationId organization, Slice slice) {
        return slice.read(sql, new Select(SELECT, organization), "id", true, BatchStore::read);
    }

    /** In the order in which they were sent. */
    Slice.Rows<Batch.Line> lines(
            Sql sql, OrganizationId organization, BatchId batch, Optional<Outcome> outcome, Slice slice) {
        Select select = new Select(LINES, organization).and("batch_id = ?", batch);
        outcome.ifPresent(one -> {
            if (one == Outcome.REFUSED) {
                select.and("order_id IS NULL");
            } else {
                select.and(STATUS + " = ?", one.name().toLowerCase(Locale.ROOT));
            }
        });
        return slice.read(sql, select, "id", false, row -> readLine(batch, row));
    }

    /** Those of its orders that have not ended, the last one first. */
    static List<OrderId> pending(Sql sql, OrganizationId organization, BatchId batch) {
        return sql.list(PENDING, row -> new OrderId(row.uuid("order_id")), organization, batch);
    }

    private static Batch read(Row row) throws SQLException {
        return new Batch(
                new BatchId(row.uuid("id")),
                row.integer("total"),
                row.integer("refused"),
                row.integer("completed"),
                row.integer("canceled"),
                row.instant("created_at"));
    }

    private Batch.Line readLine(BatchId batch, Row row) throws SQLException {
        int place = row.integer("place");
        byte[] errors = row.bytesOrNull("sealed_errors");
        return new Batch.Line(
                place,
                Optional.ofNullable(row.uuidOrNull("order_id")).map(OrderId::new),
                Optional.ofNullable(row.textOrNull("order_status")).map(Order.Status::of),
                errors == null ? List.of() : opened(batch, place, errors));
    }

    private static String context(BatchId batch, int place) {
        return "order_batch_rows/" + batch.value() + "/" + place;
    }

    private byte[] sealed(BatchId batch, Batch.Line line) {
        String text = Json.text(json -> json.objects("errors", line.errors(), Batch::writeError));
        return vault.sealText(text, context(batch, line.place()));
    }

    private List<Violation> opened(BatchId batch, int place, byte[] errors) {
        JsonNode read = Json.parse(vault.openText(errors, context(batch, place)));
        return read.path("errors")
                .valueStream()
                .map(error -> Violation.pointer(
                        error.path("pointer").stringValue(),
                        Violation.Code.valueOf(error.path("code").stringValue().toUpperCase(Locale.ROOT)),
                        error.path("detail").stringValue()))
                .toList();
    }
}
