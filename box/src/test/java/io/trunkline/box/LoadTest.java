package io.trunkline.box;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.ids.SubscriptionId;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A load, as small as it may be. */
class LoadTest {
    private static final BoxProcess box = BoxProcess.create();
    private static final BoxProcess fresh = BoxProcess.create();
    private static final String[] SIZE = {"--subscriptions", "1000", "--items", "13k"};
    private static final String STRUCTURE = """
            SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || convalidated AS what
            FROM pg_constraint WHERE connamespace = 'trunkline'::regnamespace
                AND conrelid::regclass::text !~ 'usage_items_'
            UNION ALL
            SELECT pg_get_indexdef(i.indexrelid) || i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
            WHERE c.relnamespace = 'trunkline'::regnamespace AND c.relname !~ 'usage_items_'
            ORDER BY 1""";
    private static final String INDEXES_OF_MONTHS = """
            SELECT c.relname || ' ' || regexp_replace(pg_get_indexdef(i.indexrelid), '^.* USING', '')
                || ' of ' || coalesce(h.inhparent::regclass::text, 'none') AS what
            FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
            LEFT JOIN pg_inherits h ON h.inhrelid = i.indexrelid
            WHERE c.relname ~ '^usage_items_' ORDER BY 1""";

    private static final String OF_NOBODY = """
            SELECT count(*) FROM usage_items i WHERE NOT EXISTS (SELECT FROM products p
                JOIN subscriptions s ON s.organization_id = p.organization_id AND s.id = p.subscription_id
                WHERE p.organization_id = i.organization_id AND p.id = i.product_id AND s.id = i.subscription_id
                    AND s.account_id = i.account_id AND s.subscriber_id = i.subscriber_id)""";
    private static final String A_RELEASED_PROFILE = """
            SELECT s.subscription_id FROM sim_profiles s JOIN organizations o ON o.id = s.organization_id
            WHERE s.state = 'released' AND o.key = 'load-001' LIMIT 1""";

    private static String output = "";

    @BeforeAll
    static void load() {
        // It goes on where it was killed, so that whatever is asserted holds for a load of two beginnings.
        box.killAt("usage of 20", "load", SIZE);
        String before = box.output();
        int code = box.run("load", SIZE);
        output = before + box.output();
        assertThat(code).as(output).isZero();
        // What is there is not made again.
        assertThat(box.run("load", SIZE)).as(box.output()).isZero();
        box.up("--demo", "none");
    }

    @AfterAll
    static void stop() {
        box.close();
        fresh.close();
    }

    private static List<String> texts(BoxProcess of, String sql) {
        try (Books books = Books.of(of)) {
            return books.rows(sql).stream().map(List::getFirst).toList();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static BoxClient largest() {
        String[] first =
                box.read("load.clients").lines().findFirst().orElseThrow().split(" ", 2);
        return new BoxClient(box, Map.of("TRUNKLINE_CLIENT_ID", first[0], "TRUNKLINE_CLIENT_SECRET", first[1]));
    }

    @Test
    void allOfItIsThereOnceInOrganizationsOfUnequalSize() {
        assertThat(output).contains("1,000 of 1,000", "13,000 of 13,000", "load.clients");
        assertThat(texts(box, "SELECT count(*) FROM subscriptions")).containsExactly("1000");
        assertThat(texts(box, "SELECT count(*) FROM usage_items")).containsExactly("13000");
        assertThat(texts(box, "SELECT count(DISTINCT date_trunc('month', started_at)) FROM usage_items"))
                .containsExactly("13");
        assertThat(texts(box, "SELECT count(*) FROM subscriptions GROUP BY organization_id ORDER BY 1 DESC"))
                .hasSize(200)
                .startsWith("333");
        assertThat(texts(box, OF_NOBODY)).containsExactly("0");
        assertThat(texts(box, "SELECT count(*) FROM usage_batches WHERE number IS NULL"))
                .containsExactly("0");
    }

    @Test
    void keysAndIndexesAreThoseOfAnyOtherDatabase() {
        fresh.up("--demo", "none");
        assertThat(texts(box, STRUCTURE)).isEqualTo(texts(fresh, STRUCTURE));
        List<String> months = texts(box, INDEXES_OF_MONTHS);
        assertThat(months).allMatch(index -> index.matches(".* of usage_items_(pkey|by_\\w+)"));
        // 13 months with items and two ahead; on the last days of a month nothing else.
        assertThat(months).hasSize(15 * 3);
    }

    @Test
    void theProductReadsAndOpensWhatWasSealed() {
        try (BoxClient client = largest()) {
            JsonNode page = client.get("/enterprise/subscriptions?limit=100&status=active")
                    .json()
                    .path("_embedded")
                    .path("subscriptions");
            assertThat(page.size()).isEqualTo(100);
            UUID id = UUID.fromString(texts(box, A_RELEASED_PROFILE).getFirst());
            String path = "/enterprise/subscriptions/" + new SubscriptionId(id);
            BoxClient.Answer code = client.get(path + "/sim-profile/qr-code");
            assertThat(code.status()).as(code.body()).isEqualTo(200);
            JsonNode items = client.get("/enterprise/usage/items?limit=100").json();
            assertThat(items.path("_embedded").path("items").size()).isEqualTo(100);
            BoxClient.Answer processed = client.get("/enterprise/usage/items?limit=100&processed-after=");
            assertThat(processed.json().path("_embedded").path("items").size())
                    .as(processed.body())
                    .isEqualTo(100);
        }
    }

    @Test
    void nobodyElseMayRunMeanwhileAndADirectoryHoldsOneLoad() {
        assertThat(box.run("load", SIZE)).isEqualTo(1);
        assertThat(box.output()).contains("./trunkline down first");
        assertThat(box.run("load", "--subscriptions", "1000", "--items", "14k")).isEqualTo(1);
        assertThat(box.output()).contains("holds a load of 1000 subscriptions and 13000 items");
    }

    @Test
    void optionsThatAreWrongAreToldAtOnce() {
        assertThat(LoadOptions.parse(List.of("--items=50M", "--subscriptions", "200k")))
                .extracting(LoadOptions::items, LoadOptions::subscriptions)
                .containsExactly(50_000_000, 200_000);
        assertThatThrownBy(() -> LoadOptions.parse(List.of("--items", "51M", "--colour", "--subscriptions=few")))
                .hasMessageContaining("--items is a number from 1000 to 50000000, not 51M")
                .hasMessageContaining("there is no option --colour")
                .hasMessageContaining("not few");
    }

    @Test
    void aDiskThatIsTooSmallIsToldBeforeAnythingIsWrittenAndASmallerLoadIsTaken(@TempDir Path place) {
        DataDirectory data = DataDirectory.open(place.resolve("data"));
        long room = 20L << 30;
        assertThatThrownBy(() -> Loading.begun(options(data, "50M"), data, room))
                .isInstanceOf(BoxException.class)
                .hasMessageContaining("make room")
                .hasMessageContaining("20,480 MiB left");
        assertThat(Loading.begun(options(data, "10M"), data, room).items()).isEqualTo(10_000_000);
    }

    private static LoadOptions options(DataDirectory data, String items) {
        return LoadOptions.parse(List.of("--data", data.path().toString(), "--items", items));
    }
}
