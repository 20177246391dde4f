package io.trunkline.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Lines and values of a feed, each by itself. */
final class FeedReadingTest {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final Instant OLDEST = Instant.parse("2024-11-25T12:00:00Z");

    private static List<String> lines(InputStream in) throws IOException {
        var all = new ArrayList<String>();
        try (var lines = new LineSource(in)) {
            for (Optional<LineSource.Line> line = lines.next(); line.isPresent(); line = lines.next()) {
                all.add(
                        line.get().tooLong()
                                ? "too long"
                                : new String(line.get().bytes(), StandardCharsets.UTF_8));
            }
        }
        return all;
    }

    @Test
    void lines_end_in_either_way_and_the_last_one_needs_no_end() throws IOException {
        assertThat(lines(new ByteArrayInputStream("a\r\nb\n\nc".getBytes(StandardCharsets.UTF_8))))
                .containsExactly("a", "b", "", "c");
    }

    @Test
    void a_line_of_64_KiB_is_read_and_a_longer_one_is_not() throws IOException {
        String longest = "x".repeat(LineSource.LONGEST);
        assertThat(lines(new ByteArrayInputStream(
                        (longest + "\r\n" + longest + "y\n" + "z\n").getBytes(StandardCharsets.UTF_8))))
                .containsExactly(longest, "too long", "z");
    }

    @Test
    void a_gigabyte_of_one_line_is_read_through_in_little_memory() throws IOException {
        var endless = new InputStream() {
            private long left = 1_000_000_000;

            @Override
            public int read() {
                return left-- > 0 ? 'x' : -1;
            }

            @Override
            public int read(byte[] bytes, int from, int length) {
                int count = (int) Math.min(left, length);
                left -= count;
                Arrays.fill(bytes, from, from + count, (byte) 'x');
                return count == 0 ? -1 : count;
            }
        };
        assertThat(lines(endless)).containsExactly("too long");
    }

    @Test
    void cells_may_be_quoted() {
        FeedFormat csv = FeedFormat.Csv.of(
                        "\ufeffid,type,direction,started_at,quantity,other_party,note", Map.of("id", "record_id"))
                .orElseThrow();

        assertThat(csv.values("\"a,\"\"1\",voice,inbound,,,Bank,x").orElseThrow())
                .containsEntry(FeedColumn.RECORD_ID, "a,\"1")
                .containsEntry(FeedColumn.OTHER_PARTY, "Bank");
        assertThat(csv.values("\"a,voice,inbound,,,Bank,x")).isEmpty();
        assertThat(csv.values("a\"b,voice,inbound,,,Bank,x")).isEmpty();
        assertThat(csv.values("a,voice,inbound,,,Bank")).as("too few").isEmpty();
        assertThat(FeedFormat.Csv.of("record_id,type", Map.of()))
                .as("columns are missing")
                .isEmpty();
    }

    @Test
    void what_is_no_UTF_8_is_told() {
        FeedFormat csv = FeedFormat.Csv.of("record_id,type,direction,started_at,quantity,imsi,serving_plmn", Map.of())
                .orElseThrow();
        byte[] latin =
                "ü,voice,inbound,2026-01-01T00:00:00Z,1,234150000000001,23415".getBytes(StandardCharsets.ISO_8859_1);

        assertThat(csv.read(new LineSource.Line(2, latin, false, true), NOW, OLDEST))
                .isEqualTo(new FeedLine.Read.Bad(FeedReason.BAD_ENCODING, Optional.empty()));
        assertThat(csv.read(
                        new LineSource.Line(2, "a\0b,,,,,,".getBytes(StandardCharsets.UTF_8), false, true),
                        NOW,
                        OLDEST))
                .isEqualTo(new FeedLine.Read.Bad(FeedReason.MALFORMED, Optional.empty()));
    }

    @Test
    void times_have_any_offset_and_are_cut_to_the_millisecond() {
        assertThat(FeedTimes.read("2026-03-01T00:30:00.123999+01:00"))
                .contains(Instant.parse("2026-02-28T23:30:00.123Z"));
        assertThat(FeedTimes.read("2026-03-01t00:30:00.1z")).contains(Instant.parse("2026-03-01T00:30:00.100Z"));
        for (String bad :
                List.of("2026-02-30T00:00:00Z", "2026-03-01T00:30:00", "2026-03-01", "2026-03-01T24:00:00Z")) {
            assertThat(FeedTimes.read(bad)).as(bad).isEmpty();
        }
    }

    @Test
    void countries_come_of_networks_and_of_numbers() {
        assertThat(Countries.ofNetwork("23415")).contains(new Countries.Place("GB"));
        assertThat(Countries.ofNetwork("23450")).as("a network of Jersey").contains(new Countries.Place("JE"));
        assertThat(Countries.ofNetwork("310260")).contains(new Countries.Place("US"));
        assertThat(Countries.ofNetwork("90112")).as("at sea").contains(new Countries.Place(null));
        assertThat(Countries.ofNetwork("69901")).isEmpty();
        assertThat(Countries.ofCode("de")).contains(new Countries.Place("DE"));
        assertThat(Countries.ofCode("XX")).isEmpty();
        assertThat(Countries.ofNumber("442079460123")).contains("GB");
        assertThat(Countries.ofNumber("4930123456")).contains("DE");
        assertThat(Countries.ofNumber("12125550123")).contains("US");
        assertThat(Countries.ofNumber("14165550123")).contains("CA");
        assertThat(Countries.ofNumber("77012345678")).contains("KZ");
        assertThat(Countries.ofNumber("8821612345678")).as("a satellite").isEmpty();
    }

    @Test
    void only_the_first_lines_that_are_put_aside_are_told() {
        var bad = Collections.nCopies(Feed.BATCH, new FeedCounts.Quarantined(2, null, FeedReason.MALFORMED));
        FeedCounts counts = FeedCounts.NONE;
        for (int batch = 0; batch < 3; batch++) {
            counts = counts.plus(new FeedCounts(1, 0, bad.size(), bad));
        }
        assertThat(counts.aside()).isEqualTo(3L * Feed.BATCH);
        assertThat(counts.quarantined()).hasSize(FeedCounts.MOST_TOLD);
    }
}
