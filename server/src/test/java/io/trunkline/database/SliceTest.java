package io.trunkline.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.ids.OrganizationId;
import io.trunkline.postgres.ThrowawayPostgres;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** Walks over a list of random rows, in all kinds of order, against the same list in memory. */
@Tag("database")
final class SliceTest {
    private static final int ROUNDS = 40;
    private static final Order NEWEST_FIRST = Order.byTime("t.at", "t.id", true);

    private static Sql sql;

    private record Entry(Instant at, UUID id, int weight) {}

    @BeforeAll
    static void prepare() throws SQLException {
        var source = new PGSimpleDataSource();
        source.setUrl(ThrowawayPostgres.createDatabase().url());
        sql = new Database(source, source).owner();
        sql.update("CREATE TABLE entries (round integer, at timestamptz, id uuid, weight integer)");
    }

    private static Entry random(Random random) {
        // Few different times, so that the id has to decide.
        return new Entry(
                Instant.parse("2026-03-01T00:00:00Z").plusSeconds(random.nextInt(5)),
                new UUID(random.nextLong() >>> 1, random.nextLong() >>> 1),
                random.nextInt(10));
    }

    private static void insert(int round, Entry entry) {
        sql.update("INSERT INTO entries VALUES (?, ?, ?, ?)", round, entry.at(), entry.id(), entry.weight());
    }

    private static List<UUID> inMemory(List<Entry> entries) {
        return entries.stream()
                .sorted(Comparator.comparing(Entry::at).thenComparing(Entry::id).reversed())
                .map(Entry::id)
                .toList();
    }

    private record Read(List<UUID> ids, Slice.Ends ends) {}

    /** Of the first {@code examined} rows those that are heavy enough, as a bounded query answers them. */
    private static Read read(int round, int limit, Optional<Slice.From> from, int examined, int lightest) {
        var slice = new Slice(limit, from);
        Select inner =
                slice.placed(new Select("SELECT t.*, 0 AS n FROM entries t WHERE round = ?", round), NEWEST_FIRST);
        String numbered = "SELECT *, row_number() OVER (" + NEWEST_FIRST.clause(slice.backward()) + ") AS place FROM ("
                + inner.text() + ") t " + NEWEST_FIRST.clause(slice.backward()) + " LIMIT " + examined;
        Select select = new Select(
                "SELECT at, id, weight, place FROM (" + numbered + ") t WHERE (weight >= " + lightest + " OR place = "
                        + examined + ")",
                inner.parameters());
        var ids = new ArrayList<UUID>();
        Slice.Ends ends = slice.walk(
                sql,
                select,
                NEWEST_FIRST,
                row -> {
                    boolean belongs = row.integer("weight") >= lightest;
                    boolean last = row.integer("place") == examined;
                    return !last ? Slice.Part.BELONGS : belongs ? Slice.Part.BELONGS_AND_ENDS : Slice.Part.ENDS;
                },
                row -> ids.add(row.uuid("id")));
        return new Read(ids, ends);
    }

    @Test
    void walking_there_and_back_gives_every_row_once_while_rows_are_inserted() {
        for (int round = 0; round < ROUNDS; round++) {
            var random = new Random(round);
            var entries = new ArrayList<Entry>();
            for (int i = random.nextInt(40); i >= 0; i--) {
                entries.add(random(random));
            }
            for (Entry entry : entries) {
                insert(round, entry);
            }
            int limit = 1 + random.nextInt(7);
            int examined = 2 + random.nextInt(8);
            int lightest = random.nextInt(11);
            List<UUID> expected = inMemory(
                    entries.stream().filter(entry -> entry.weight() >= lightest).toList());
            String what = "round " + round + ", limit " + limit + ", examined " + examined + ", from " + lightest;

            var there = new ArrayList<UUID>();
            Read page = read(round, limit, Optional.empty(), examined, lightest);
            there.addAll(page.ids());
            while (page.ends().next().isPresent()) {
                insert(round, new Entry(Instant.parse("2026-03-02T00:00:00Z"), UUID.randomUUID(), 10));
                page = read(round, limit, page.ends().next(), examined, lightest);
                assertThat(page.ids()).as(what).hasSizeLessThanOrEqualTo(limit);
                there.addAll(page.ids());
            }
            assertThat(there).as(what).isEqualTo(expected);

            var back = new ArrayList<UUID>(page.ids().reversed());
            while (page.ends().previous().isPresent()) {
                page = read(round, limit, page.ends().previous(), examined, lightest);
                back.addAll(page.ids().reversed());
            }
            List<UUID> atLeast = back.reversed();
            // What came meanwhile stands before the rest; nothing of the rest is missing or repeated.
            assertThat(atLeast.subList(atLeast.size() - expected.size(), atLeast.size()))
                    .as(what)
                    .isEqualTo(expected);
            assertThat(page.ends().previous()).isEmpty();
        }
    }

    @Test
    void a_page_knows_whether_the_list_goes_on() {
        int round = -1;
        List<Entry> entries = new ArrayList<>();
        var random = new Random(7);
        for (int i = 0; i < 4; i++) {
            entries.add(random(random));
            insert(round, entries.getLast());
        }
        List<UUID> expected = inMemory(entries);
        Select select = new Select("SELECT id FROM entries WHERE round = ?", round);
        var plain = new Slice(2, Optional.empty());
        List<UUID> byId = new ArrayList<>(expected);
        Collections.sort(byId);

        Slice.Rows<UUID> first = plain.read(sql, select, "id", false, row -> row.uuid("id"));
        assertThat(first.rows()).isEqualTo(byId.subList(0, 2));
        assertThat(first.ends().previous()).isEmpty();
        Slice.Rows<UUID> second = new Slice(2, first.ends().next())
                .read(
                        sql,
                        new Select("SELECT id FROM entries WHERE round = ?", round),
                        "id",
                        false,
                        row -> row.uuid("id"));
        assertThat(second.rows()).isEqualTo(byId.subList(2, 4));
        assertThat(second.ends().next()).isEmpty();
        Slice.Rows<UUID> back = new Slice(2, second.ends().previous())
                .read(
                        sql,
                        new Select("SELECT id FROM entries WHERE round = ?", round),
                        "id",
                        false,
                        row -> row.uuid("id"));
        assertThat(back.rows()).isEqualTo(byId.subList(0, 2));
        assertThat(back.ends().previous()).isEmpty();
    }

    @Test
    void copied_rows_are_the_rows_that_were_given() {
        sql.update("CREATE TABLE copied (a uuid, b uuid[], c bigint, d integer, e timestamptz, f \"char\", g boolean,"
                + " h text)");
        var random = new Random(11);
        var rows = new CopyRows(8);
        var expected = new ArrayList<List<@Nullable Object>>();
        for (int i = 0; i < 5_000; i++) {
            var id = new UUID(random.nextLong(), random.nextLong());
            Instant at = Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000) * 1_000L);
            String text = i % 7 == 0 ? null : "tab\tline\n\\N é " + i;
            Long number = i % 5 == 0 ? null : random.nextLong();
            rows.row()
                    .uuid(id)
                    .uuids(List.of(id, new UUID(0, i)))
                    .numberOrNull(number)
                    .integer(i)
                    .time(at)
                    .letter((char) ('a' + i % 26))
                    .bool(i % 2 == 0)
                    .textOrNull(text);
            var row = new ArrayList<@Nullable Object>();
            Collections.addAll(row, id, new UUID(0, i), number, i, at, "" + (char) ('a' + i % 26), i % 2 == 0, text);
            expected.add(row);
        }
        assertThat(rows.size()).isEqualTo(5_000);

        sql.copy("copied (a, b, c, d, e, f, g, h)", rows);

        List<List<@Nullable Object>> read =
                sql.list("SELECT a, b[2] AS b2, c, c IS NULL AS none, d, e, f, g, h FROM copied ORDER BY d", row -> {
                    var values = new ArrayList<@Nullable Object>();
                    Collections.addAll(
                            values,
                            row.uuid("a"),
                            row.uuid("b2"),
                            row.bool("none") ? null : row.longInteger("c"),
                            row.integer("d"),
                            row.instant("e"),
                            row.text("f"),
                            row.bool("g"),
                            row.textOrNull("h"));
                    return values;
                });
        assertThat(read).isEqualTo(expected);
    }

    @Test
    void an_organization_is_named_once_for_a_statement_and_its_rows_are_read_in_both_directions() {
        List<Integer> numbers = new ArrayList<>();
        Database database = new Database(source(), source());
        int last = database.of(new OrganizationId(new UUID(1, 2)))
                .scan("SELECT n FROM generate_series(1, 5) n", result -> {
                    result.goTo(4);
                    while (result.previous()) {
                        numbers.add(result.row().integer("n"));
                    }
                    result.goTo(5);
                    return result.row().integer("n");
                });
        assertThat(numbers).isEqualTo(List.of(3, 2, 1));
        assertThat(last).isEqualTo(5);
    }

    private static PGSimpleDataSource source() {
        var source = new PGSimpleDataSource();
        source.setUrl(ThrowawayPostgres.createDatabase().url());
        return source;
    }
}
