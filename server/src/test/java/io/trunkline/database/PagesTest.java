package io.trunkline.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Pages against a sorted set in memory. PostgreSQL orders UUIDs as unsigned bytes, which is their text's order. */
@Tag("database")
final class PagesTest {
    private static final Comparator<UUID> ORDER = Comparator.comparing(UUID::toString);
    private static OwnDatabase own;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final TreeSet<UUID> model = new TreeSet<>(ORDER);

    @BeforeAll
    static void create() throws SQLException {
        own = OwnDatabase.create();
        own.execute("CREATE TABLE trunkline.scratch (id uuid PRIMARY KEY, even boolean NOT NULL)");
    }

    @AfterAll
    static void drop() {
        own.close();
    }

    @BeforeEach
    void empty() throws SQLException {
        own.execute("TRUNCATE trunkline.scratch");
    }

    private void insert(int count) {
        var rows = new ArrayList<@Nullable Object[]>();
        for (int i = 0; i < count; i++) {
            var id = new UUID(random.nextLong(), random.nextLong());
            model.add(id);
            rows.add(new Object[] {id, isEven(id)});
        }
        own.database().owner().updateAll("INSERT INTO scratch (id, even) VALUES (?, ?)", rows);
    }

    private static boolean isEven(UUID id) {
        return (id.getLeastSignificantBits() & 1) == 0;
    }

    private static Slice.Rows<UUID> read(
            int limit, Optional<Slice.From> from, boolean descending, Optional<Boolean> even) {
        Select select = new Select("SELECT id FROM scratch WHERE true").andIf("even = ?", even);
        return new Slice(limit, from).read(own.database().owner(), select, "id", descending, row -> row.uuid("id"));
    }

    private static Optional<Slice.From> after(Slice.Rows<UUID> page) {
        return page.ends().next();
    }

    private static Optional<Slice.From> before(Slice.Rows<UUID> page) {
        return page.ends().previous();
    }

    private List<UUID> expected(boolean descending, Optional<Boolean> even) {
        return (descending ? model.descendingSet() : model)
                .stream()
                        .filter(id -> even.isEmpty() || isEven(id) == even.get())
                        .toList();
    }

    @RepeatedTest(20)
    void following_next_meets_every_row_once_in_order_and_prev_goes_the_same_way_back() {
        insert(random.nextInt(60));
        boolean descending = random.nextBoolean();
        Optional<Boolean> even = random.nextBoolean() ? Optional.of(random.nextBoolean()) : Optional.empty();
        int limit = 1 + random.nextInt(20);
        String run = "seed " + seed + ", limit " + limit + ", descending " + descending + ", even " + even;

        var pages = new ArrayList<Slice.Rows<UUID>>();
        pages.add(read(limit, Optional.empty(), descending, even));
        while (pages.getLast().ends().next().isPresent()) {
            pages.add(read(limit, after(pages.getLast()), descending, even));
        }
        assertThat(pages.stream().flatMap(page -> page.rows().stream()))
                .as(run)
                .containsExactlyElementsOf(expected(descending, even));
        assertThat(pages.getFirst().ends().previous().isPresent()).as(run).isFalse();

        for (int i = pages.size() - 1; i > 0; i--) {
            assertThat(pages.get(i).ends().previous().isPresent()).as(run).isTrue();
            Slice.Rows<UUID> back = read(limit, before(pages.get(i)), descending, even);
            assertThat(back.rows()).as(run).isEqualTo(pages.get(i - 1).rows());
            assertThat(back.ends().next().isPresent()).as(run).isTrue();
            assertThat(back.ends().previous().isPresent()).as(run).isEqualTo(i > 1);
        }
    }

    @RepeatedTest(10)
    void rows_that_come_meanwhile_shift_repeat_and_hide_no_others() {
        insert(30 + random.nextInt(30));
        List<UUID> there = expected(false, Optional.empty());
        var met = new ArrayList<UUID>();
        Slice.Rows<UUID> page = read(7, Optional.empty(), false, Optional.empty());
        met.addAll(page.rows());
        while (page.ends().next().isPresent()) {
            insert(random.nextInt(5));
            page = read(7, after(page), false, Optional.empty());
            met.addAll(page.rows());
        }
        assertThat(met)
                .as("seed " + seed)
                .doesNotHaveDuplicates()
                .containsAll(there)
                .isSortedAccordingTo(ORDER);
    }

    @Test
    void an_empty_list_has_one_empty_page_without_neighbours() {
        Slice.Rows<UUID> page = read(10, Optional.empty(), true, Optional.empty());
        assertThat(page.rows()).isEmpty();
        assertThat(page.ends().next().isPresent()).isFalse();
        assertThat(page.ends().previous().isPresent()).isFalse();
    }

    @Test
    void filters_are_added_in_order_with_their_values() {
        Select select = new Select("SELECT 1 WHERE a = ?\n", 1)
                .and("b = ? AND c = ?", 2, null)
                .andIf("d = ?", Optional.empty())
                .andIf("e = ?", Optional.of("x"))
                .then("LIMIT ?", 5);
        assertThat(select.text()).isEqualTo("SELECT 1 WHERE a = ?\nAND b = ? AND c = ?\nAND e = ?\nLIMIT ?");
        assertThat(select.parameters()).containsExactly(1, 2, null, "x", 5);
    }
}
