package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.database.Database;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProductsTest {
    private World world;
    private Api api;

    @BeforeAll
    void prepare(RunningServer server) {
        world = server.world("products").stock(3);
        api = world.api();
    }

    private static String order(World world) {
        return """
                {"type": "activate_subscription", "account_id": "%s",
                 "subscriber": {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com"},
                 "sim_profile": {"sim_type": "esim", "delivery": {"type": "api"}}}""".formatted(world.account());
    }

    @Test
    void theProductsOfAnOrderAppearWithItsLineAndKeepTheirOfferingWhenThatIsWithdrawn() {
        Api.Answer placed = api.post("/enterprise/orders", order(world));
        String subscription = placed.json().path("subscription_id").stringValue();
        api.awaitOrder(placed.link("self"));
        JsonNode product = Lists.rows(api.get("/enterprise/products?subscription_id=" + subscription))
                .getFirst();
        assertThat(product.propertyNames())
                .containsExactly("id", "status", "activated_at", "terminates_at", "_embedded", "_links");
        assertThat(product.path("status").stringValue()).isEqualTo("active");
        assertThat(product.path("activated_at").stringValue())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        assertThat(product.path("terminates_at").isNull()).isTrue();
        assertThat(product.path("_links").propertyNames()).containsExactly("self", "account", "subscription");
        assertThat(api.get(product.path("_links")
                                .path("subscription")
                                .path("href")
                                .stringValue())
                        .json()
                        .path("id")
                        .stringValue())
                .isEqualTo(subscription);
        JsonNode offering = product.path("_embedded").path("product-offering");
        assertThat(offering.propertyNames()).containsExactly("id", "type", "name");
        assertThat(offering.path("type").stringValue()).isEqualTo("plan");

        String offeringPath =
                "/enterprise/product-offerings/" + offering.path("id").stringValue();
        assertThat(api.get(offeringPath).json().path("name")).isEqualTo(offering.path("name"));
        assertThat(Lists.ids(Lists.all(api, "/enterprise/product-offerings")))
                .containsExactly(offering.path("id").stringValue());
        world.server()
                .bean(Database.class)
                .owner()
                .update(
                        "UPDATE organization_offerings SET orderable = false WHERE organization_id = ?",
                        world.organization());
        assertThat(api.get(offeringPath).status()).isEqualTo(404);
        assertThat(Lists.all(api, "/enterprise/product-offerings")).isEmpty();
        assertThat(api.get(product.path("_links").path("self").path("href").stringValue())
                        .json())
                .isEqualTo(product);
        world.server()
                .bean(Database.class)
                .owner()
                .update(
                        "UPDATE organization_offerings SET orderable = true WHERE organization_id = ?",
                        world.organization());
    }

    @Test
    void aPendingSubscriptionIsInNoListUnlessAskedForAndHasNoProducts() {
        World empty = world.server().world("products-pending");
        Api its = empty.api();
        Api.Answer placed = its.post("/enterprise/orders", order(empty));
        String subscription = placed.json().path("subscription_id").stringValue();
        // There is no stock: the order is canceled, and meanwhile pending.
        assertThat(Lists.ids(Lists.all(its, "/enterprise/subscriptions")))
                .doesNotContain(pendingOnly(its, subscription));
        assertThat(Lists.all(its, "/enterprise/products")).isEmpty();
        its.awaitOrder(placed.link("self"));
        assertThat(its.get("/enterprise/subscriptions/" + subscription)
                        .json()
                        .path("status")
                        .stringValue())
                .isEqualTo("terminated");
        assertThat(Lists.all(its, "/enterprise/products")).isEmpty();
    }

    /** The id while it is pending; afterwards one that nobody has. */
    private static String pendingOnly(Api api, String subscription) {
        List<String> pending = Lists.ids(Lists.all(api, "/enterprise/subscriptions?status=pending"));
        return pending.contains(subscription) ? subscription : "sub_00000000000000000000000000";
    }
}
