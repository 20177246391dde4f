package io.trunkline.catalog;

import io.trunkline.database.Database;
import io.trunkline.database.Row;
import io.trunkline.database.Select;
import io.trunkline.database.Slice;
import io.trunkline.database.Sql;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.OfferingId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.TemplateId;
import io.trunkline.web.Json;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** What an organization can order. */
@Component
public class Catalog {
    /** The offerings come as one JSON array, in their order, so that a template is one row. */
    private static final String SELECT = """
            SELECT t.id, t.type, t.description, t.phone_numbers, t.services, t.sms_sender,
                (SELECT json_agg(json_build_object('id', o.id, 'type', o.type, 'name', o.name,
                                                   'profile_type', o.profile_type) ORDER BY p.position)
                 FROM order_template_offerings p JOIN product_offerings o ON o.id = p.offering_id
                 WHERE p.organization_id = t.organization_id AND p.template_id = t.id) AS offerings
            FROM order_templates t
            WHERE t.organization_id = ?""";

    private static final String DEFAULT_OF_ACCOUNT = """
            AND NOT t.retired AND t.id = (SELECT a.template_id FROM order_template_accounts a
                        WHERE a.organization_id = t.organization_id AND a.account_id = ? AND a.is_default)""";
    private static final String USABLE_BY_ACCOUNT = """
            AND NOT t.retired AND t.id = ?
            AND (t.all_accounts OR EXISTS (
                SELECT FROM order_template_accounts a
                WHERE a.organization_id = t.organization_id AND a.template_id = t.id AND a.account_id = ?))""";
    private static final String OFFERINGS =
            "SELECT id, type, name, profile_type FROM product_offerings WHERE id = ANY (?)";
    private static final String ORDERABLE = """
            SELECT offered.offering_id, o.id, o.type, o.name, o.profile_type
            FROM organization_offerings offered JOIN product_offerings o ON o.id = offered.offering_id
            WHERE offered.organization_id = ? AND offered.orderable""";

    private final Database database;

    Catalog(Database database) {
        this.database = database;
    }

    Slice.Rows<OrderTemplate> templates(OrganizationId organization, Slice slice) {
        return slice.read(
                database.of(organization),
                new Select(SELECT + " AND NOT t.retired", organization),
                "t.id",
                false,
                Catalog::read);
    }

    Optional<OrderTemplate> template(OrganizationId organization, TemplateId id) {
        return template(database.of(organization), organization, id);
    }

    /** Within the caller's transaction. */
    public Optional<OrderTemplate> template(Sql sql, OrganizationId organization, TemplateId id) {
        return sql.one(SELECT + " AND t.id = ?", Catalog::read, organization, id);
    }

    /** A template that this account may order by. */
    public Optional<OrderTemplate> usable(Sql sql, OrganizationId organization, AccountId account, TemplateId id) {
        return sql.one(SELECT + "\n" + USABLE_BY_ACCOUNT, Catalog::read, organization, id, account);
    }

    /** The template that an order of this account means when it names none. */
    public Optional<OrderTemplate> defaultOf(Sql sql, OrganizationId organization, AccountId account) {
        return sql.one(SELECT + "\n" + DEFAULT_OF_ACCOUNT, Catalog::read, organization, account);
    }

    /** The offerings that the organization may order. */
    Slice.Rows<ProductOffering> orderable(OrganizationId organization, Slice slice) {
        return slice.read(
                database.of(organization),
                new Select(ORDERABLE, organization),
                "offered.offering_id",
                false,
                Catalog::readOffering);
    }

    Optional<ProductOffering> orderable(OrganizationId organization, OfferingId id) {
        return database.of(organization)
                .one(ORDERABLE + " AND offered.offering_id = ?", Catalog::readOffering, organization, id);
    }

    /** Of these offerings, those that the organization may order; within the caller's transaction. */
    public List<ProductOffering> orderable(Sql sql, OrganizationId organization, Collection<OfferingId> ids) {
        UUID[] values = ids.stream().map(OfferingId::value).distinct().toArray(UUID[]::new);
        return values.length == 0
                ? List.of()
                : sql.list(
                        ORDERABLE + " AND offered.offering_id = ANY (?)", Catalog::readOffering, organization, values);
    }

    /** Offerings of these ids, also those that are no longer orderable, in one statement. */
    public List<ProductOffering> offerings(OrganizationId organization, Collection<OfferingId> ids) {
        return offerings(database.of(organization), ids);
    }

    /** The same within the caller's transaction. */
    public List<ProductOffering> offerings(Sql sql, Collection<OfferingId> ids) {
        UUID[] values = ids.stream().map(OfferingId::value).distinct().toArray(UUID[]::new);
        return values.length == 0 ? List.of() : sql.list(OFFERINGS, Catalog::readOffering, (Object) values);
    }

    private static ProductOffering readOffering(Row row) throws SQLException {
        return new ProductOffering(
                new OfferingId(row.uuid("id")),
                ProductOffering.Type.of(row.text("type")),
                row.text("name"),
                Optional.ofNullable(row.textOrNull("profile_type")));
    }

    private static OrderTemplate read(Row row) throws SQLException {
        var offerings = new ArrayList<ProductOffering>();
        for (JsonNode offering :
                Json.parse(Optional.ofNullable(row.textOrNull("offerings")).orElse("[]"))) {
            offerings.add(new ProductOffering(
                    new OfferingId(UUID.fromString(offering.path("id").stringValue())),
                    ProductOffering.Type.of(offering.path("type").stringValue()),
                    offering.path("name").stringValue(),
                    offering.path("profile_type").stringValueOpt()));
        }
        var numbers = new ArrayList<OrderTemplate.Numbers>();
        for (JsonNode number : Json.parse(row.text("phone_numbers"))) {
            numbers.add(new OrderTemplate.Numbers(
                    number.path("country").stringValue(),
                    number.path("count").intValue(),
                    number.path("is_primary").booleanValue()));
        }
        var services = new ArrayList<OrderTemplate.Service>();
        for (JsonNode service : Json.parse(row.text("services"))) {
            services.add(new OrderTemplate.Service(
                    service.path("type").stringValue(), service.path("enabled").booleanValue()));
        }
        return new OrderTemplate(
                new TemplateId(row.uuid("id")),
                row.text("type"),
                row.text("description"),
                List.copyOf(offerings),
                List.copyOf(numbers),
                List.copyOf(services),
                row.bool("sms_sender"));
    }
}
