package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Walking a list by its links while rows are being inserted, everywhere in it. */
@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WalkTest {
    private static final long SEED = System.nanoTime();
    /** During one walk. */
    private static final int MOST_INSERTS = 40;

    private World world;
    private Population population;
    private Api api;
    private Map<String, Runnable> inserts = new HashMap<>();

    @BeforeAll
    void prepare(RunningServer server) {
        world = server.world("walk");
        population = new Population(world, SEED).grow(30);
        api = world.api();
        inserts.put("/enterprise/accounts", population::account);
        inserts.put("/enterprise/order-templates", population::template);
        inserts.put("/enterprise/product-offerings", population::offering);
        inserts.put("/enterprise/products", population::product);
        inserts.put("/enterprise/subscribers", population::person);
        inserts.put("/enterprise/subscriptions", population::line);
        inserts.put("/enterprise/orders", population::order);
        inserts.put("/enterprise/sms", population::text);
        inserts.put("/enterprise/sms/inbound", population::inboundText);
        Runnable optOut = () -> Texting.optOut(world, "447900000000");
        inserts.put("/enterprise/sms/opt-outs", optOut);
        inserts.put("/enterprise/sms/opt-outs?from=447900000000", optOut);
        inserts.put("/enterprise/usage/exports", population::export);
        inserts.put("/enterprise/usage/items", population::usage);
        inserts.put("/enterprise/usage/items?type=voice,sms&from-date=2020-01-01", population::usage);
        inserts.put("/enterprise/accounts?status=closed", population::account);
        inserts.put("/enterprise/subscribers?q=a", population::person);
        inserts.put("/enterprise/subscriptions?q=B&status=active", population::line);
        inserts.put("/enterprise/subscriptions?q=4479", population::line);
        inserts.put("/enterprise/orders?status=completed", population::order);
    }

    List<String> lists() {
        return inserts.keySet().stream().sorted().toList();
    }

    @ParameterizedTest
    @MethodSource("lists")
    void everyRowComesOnceForwardAndBackWhileOthersAreInserted(String list) {
        var random = new Random(SEED + list.hashCode());
        Runnable insert = inserts.getOrDefault(list, () -> {});
        String path = list + (list.contains("?") ? "&" : "?") + "limit=" + (1 + random.nextInt(7));
        Set<String> there = new HashSet<>(Lists.ids(Lists.all(api, path)));
        assertThat(there).as("seed %d", SEED).hasSizeGreaterThan(3);

        List<String> forward = new ArrayList<>();
        String last = walk(path, "next", insert, random, forward);
        check(list, there, forward, isNewestFirst(list));
        List<String> backward = new ArrayList<>();
        walk(last, "prev", insert, random, backward);
        check(list, there, backward, isNewestFirst(list));
    }

    /** Follows links to the end; answers the last page's own link. */
    private String walk(String path, String relation, Runnable insert, Random random, List<String> seen) {
        String at = path;
        // Rows that come in faster than pages of one are read would keep the walk going for ever.
        int inserts = MOST_INSERTS;
        while (true) {
            Api.Answer page = api.get(at);
            List<String> ids = Lists.ids(Lists.rows(page));
            seen.addAll(relation.equals("next") ? seen.size() : 0, ids);
            String on = page.link(relation);
            if (on.isEmpty()) {
                return page.link("self");
            }
            assertThat(on.substring(on.indexOf("cursor=") + 7).split("&", -1)[0].length())
                    .isBetween(1, 128);
            at = on;
            for (int i = random.nextInt(4); i > 0 && inserts > 0; i--, inserts--) {
                insert.run();
            }
        }
    }

    private static boolean isNewestFirst(String list) {
        return list.startsWith("/enterprise/orders")
                || list.startsWith("/enterprise/sms")
                || list.startsWith("/enterprise/usage/items")
                || list.startsWith("/enterprise/usage/exports");
    }

    private static void check(String list, Set<String> there, List<String> seen, boolean newestFirst) {
        List<String> sorted = new ArrayList<>(seen);
        sorted.sort(newestFirst ? java.util.Comparator.reverseOrder() : java.util.Comparator.naturalOrder());
        assertThat(seen)
                .as("%s with seed %d", list, SEED)
                .doesNotHaveDuplicates()
                .containsAll(there)
                .isEqualTo(sorted);
    }

    @Test
    void aCursorWorksForItsListItsFiltersAndItsOrganizationOnly() {
        Api.Answer page = api.get("/enterprise/subscribers?limit=2&q=a");
        String next = page.link("next");
        String cursor = next.substring(next.indexOf("cursor=") + 7);
        assertThat(api.get(next).status()).isEqualTo(200);
        assertThat(api.get("/enterprise/subscribers?q=a&limit=50&cursor=" + cursor)
                        .status())
                .as("the limit may change")
                .isEqualTo(200);
        for (String other : List.of(
                "/enterprise/subscribers?cursor=" + cursor,
                "/enterprise/subscribers?q=b&cursor=" + cursor,
                "/enterprise/subscribers?q=a&group=x&cursor=" + cursor,
                "/enterprise/accounts?cursor=" + cursor)) {
            assertThat(api.get(other).violations()).as(other).containsExactly("cursor cursor");
        }
        World stranger = world.server().world("walk-stranger");
        assertThat(stranger.api()
                        .get("/enterprise/subscribers?q=a&cursor=" + cursor)
                        .violations())
                .containsExactly("cursor cursor");
        for (int i = 0; i < cursor.length(); i++) {
            char other = cursor.charAt(i) == 'A' ? 'B' : 'A';
            String tampered = cursor.substring(0, i) + other + cursor.substring(i + 1);
            assertThat(api.get("/enterprise/subscribers?q=a&cursor=" + tampered).status())
                    .as("character %d", i)
                    .isEqualTo(400);
        }
        assertThat(api.get("/enterprise/subscribers?cursor=").violations()).containsExactly("cursor range");
        assertThat(api.get("/enterprise/subscribers?cursor=" + "a".repeat(129)).violations())
                .containsExactly("cursor range");
    }

    @Test
    void theLinksOfAPageCarryItsFiltersAndLimit() {
        JsonNode links = api.get("/enterprise/subscriptions?status=active&limit=2")
                .json()
                .path("_links");
        String next = links.path("next").path("href").stringValue();
        assertThat(next).contains("status=active", "limit=2", "cursor=");
        assertThat(links.has("prev")).isFalse();
        JsonNode second = api.get(next).json().path("_links");
        assertThat(second.path("self").path("href").stringValue()).isEqualTo(next);
        assertThat(second.path("prev").path("href").stringValue()).contains("status=active", "limit=2");
    }
}
