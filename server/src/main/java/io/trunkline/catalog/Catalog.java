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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** What an organization can order. */
@Component
public class Catalog {
    /** The offerings come as one JSON array, in their order, so that a template is one row. */
    private static final String COLUMNS = """
            SELECT t.id, t.type, t.description, t.phone_numbers, t.services, t.sms_sender,
                (SELECT json_agg(json_build_object('id', o.id, 'type', o.type, 'name', o.name,
                                                   'profile_type', o.profile_type) ORDER BY p.position)
                 FROM order_template_offerings p JOIN product_offerings o ON o.id = p.offering_id
                 WHERE p.organization_id = t.organization_id AND p.template_id = t.id) AS offerings""";

    private static final String SELECT = COLUMNS + """

            FROM order_templates t
            WHERE t.organization_id = ?""";

    /** Those that are named, and those that the accounts order by where none is; with the accounts each is made for. */
    private static final String OFFERED = COLUMNS + """
            , t.retired, t.all_accounts,
                (SELECT json_agg(json_build_object('id', a.account_id, 'is_default', a.is_default))
                 FROM order_template_accounts a
                 WHERE a.organization_id = t.organization_id AND a.template_id = t.id
                     AND a.account_id = ANY (?)) AS accounts
            FROM order_templates t
            WHERE t.organization_id = ? AND t.id = ANY (?::uuid[] || ARRAY(
                SELECT a.template_id FROM order_template_accounts a
                WHERE a.organization_id = ? AND a.account_id = ANY (?) AND a.is_default))""";

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

    /** What these accounts may order by, among these templates and their defaults; in one statement. */
    public Offered offered(
            Sql sql, OrganizationId organization, Collection<AccountId> accounts, Collection<TemplateId> templates) {
        UUID[] ofAccounts = accounts.stream().map(AccountId::value).distinct().toArray(UUID[]::new);
        UUID[] named = templates.stream().map(TemplateId::value).distinct().toArray(UUID[]::new);
        if (ofAccounts.length == 0 && named.length == 0) {
            return new Offered(List.of());
        }
        return new Offered(
                sql.list(OFFERED, Catalog::readEntry, ofAccounts, organization, named, organization, ofAccounts));
    }

    private static Offered.Entry readEntry(Row row) throws SQLException {
        var accounts = new HashMap<AccountId, Boolean>();
        for (JsonNode account :
                Json.parse(Optional.ofNullable(row.textOrNull("accounts")).orElse("[]"))) {
            accounts.put(
                    new AccountId(UUID.fromString(account.path("id").stringValue())),
                    account.path("is_default").booleanValue());
        }
        return new Offered.Entry(read(row), row.bool("retired"), row.bool("all_accounts"), Map.copyOf(accounts));
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
