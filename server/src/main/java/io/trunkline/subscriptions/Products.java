package io.trunkline.subscriptions;

import static java.util.stream.Collectors.toMap;

import io.trunkline.catalog.Catalog;
import io.trunkline.catalog.ProductOffering;
import io.trunkline.database.Database;
import io.trunkline.database.Row;
import io.trunkline.database.Select;
import io.trunkline.database.Slice;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.OfferingId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.ProductId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.web.Json;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The products of an organization, of all its subscriptions. */
@Component
class Products {
    private static final String SELECT = """
            SELECT id, subscription_id, account_id, offering_id, status, activated_at, terminates_at FROM products
            WHERE organization_id = ?""";

    private final Database database;
    private final Catalog catalog;

    Products(Database database, Catalog catalog) {
        this.database = database;
        this.catalog = catalog;
    }

    /** Which products a list holds. */
    record Filter(
            Optional<AccountId> account, Optional<SubscriptionId> subscription, Optional<Product.Status> status) {}

    /** A product with the offering that it is an instance of. */
    record View(Product product, ProductOffering offering) {
        void write(Json json) {
            product.write(json, offering);
        }
    }

    /** By id. */
    Slice.Rows<View> list(OrganizationId organization, Filter filter, Slice slice) {
        Select select = new Select(SELECT, organization)
                .andIf("account_id = ?", filter.account())
                .andIf("subscription_id = ?", filter.subscription())
                .andIf("status = ?", filter.status().map(Product.Status::text));
        Slice.Rows<Product> rows = slice.read(database.of(organization), select, "id", false, Products::read);
        return rows.with(views(organization, rows.rows()));
    }

    Optional<View> find(OrganizationId organization, ProductId id) {
        Optional<Product> product =
                database.of(organization).one(SELECT + " AND id = ?", Products::read, organization, id);
        return views(organization, product.stream().toList()).stream().findFirst();
    }

    private List<View> views(OrganizationId organization, List<Product> products) {
        Map<OfferingId, ProductOffering> offerings =
                catalog
                        .offerings(
                                organization,
                                products.stream().map(Product::offering).toList())
                        .stream()
                        .collect(toMap(ProductOffering::id, offering -> offering));
        return products.stream()
                .map(product -> new View(product, expected(offerings, product)))
                .toList();
    }

    private static ProductOffering expected(Map<OfferingId, ProductOffering> offerings, Product product) {
        ProductOffering offering = offerings.get(product.offering());
        if (offering == null) {
            throw new IllegalStateException(product.id() + " is of an offering that its organization cannot see");
        }
        return offering;
    }

    private static Product read(Row row) throws SQLException {
        return new Product(
                new ProductId(row.uuid("id")),
                new SubscriptionId(row.uuid("subscription_id")),
                new AccountId(row.uuid("account_id")),
                new OfferingId(row.uuid("offering_id")),
                Product.Status.of(row.text("status")),
                row.instant("activated_at"),
                Optional.ofNullable(row.instantOrNull("terminates_at")));
    }
}
