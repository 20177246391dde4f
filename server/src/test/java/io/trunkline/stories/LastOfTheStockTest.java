package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.database.Database;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What others hold for a moment has not run out. */
@Tag("database")
final class LastOfTheStockTest {
    @ParameterizedTest
    @CsvSource({"profile_stock, profile_type, 1", "number_stock, country, 2"})
    void whatAnotherTransactionIsAboutToGiveBackIsWaitedFor(String table, String column, int profiles) {
        try (RunningServer server = RunningServer.start(Map.of("trunkline.orders.stock-attempts", "1000"))) {
            World world = server.world("last-of-the-stock").stock(1, profiles);
            Api api = world.api();
            String kind = column.equals("country") ? "GB" : world.profileType();
            Api.Answer placed = server.bean(Database.class).inOwnerTransaction(sql -> {
                sql.list(
                        "SELECT 1 AS one FROM " + table + " WHERE " + column + " = ? FOR UPDATE",
                        row -> row.integer("one"),
                        kind);
                Api.Answer order = api.post("/enterprise/orders", world.apiOrder());
                Api.await(
                        "an attempt to reserve",
                        () -> world.sql()
                                .one(
                                        "SELECT attempt FROM order_work WHERE organization_id = ?",
                                        row -> row.integer("attempt") > 1,
                                        world.organization())
                                .orElse(false));
                assertThat(api.get(order.link("self")).json().path("status").stringValue())
                        .isEqualTo("pending");
                return order;
            });
            JsonNode order = api.awaitOrder(placed.link("self")).json();
            assertThat(order.path("status").stringValue()).as(order.toString()).isEqualTo("completed");
        }
    }
}
