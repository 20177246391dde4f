package io.trunkline.simulators.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.simulators.Network;
import io.trunkline.simulators.Simulators;
import io.trunkline.simulators.SimulatorsConfig;
import io.trunkline.simulators.http.Routes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveUsageTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Line PHONE = new Line("234150000000001", "447700900001", true, true);
    private static final Line OTHER = new Line("234150000000002", "447700900002", true, true);
    private static final Line TABLET = new Line("234150000000003", null, true, true);
    private static final Line SUSPENDED = new Line("234150000000004", "447700900004", false, false);

    @TempDir
    Path directory;

    private static List<List<String>> fields(List<String> records) {
        return records.stream().map(record -> List.of(record.split(",", -1))).toList();
    }

    @Test
    void nobodyUsesAnythingBeforeTheLineHasSettled() {
        var live = new LiveRecords(new SplittableRandom(1));
        live.know(List.of(PHONE), NOON);
        assertThat(live.make(10, NOON)).isEmpty();
        Instant later = NOON.plusSeconds(11);
        live.know(List.of(PHONE, OTHER), later);
        List<String> made = live.make(50, later);
        assertThat(made).hasSizeGreaterThanOrEqualTo(50);
        for (List<String> record : fields(made)) {
            assertThat(record.get(4)).isEqualTo(PHONE.imsi());
            assertThat(Instant.parse(record.get(8))).isBetween(NOON.plusSeconds(10), later);
        }
    }

    @Test
    void recordsAreOfLinesThatMayDoThatAndEachHasItsOwnId() {
        var live = new LiveRecords(new SplittableRandom(2));
        live.know(List.of(PHONE, OTHER, TABLET, SUSPENDED), NOON);
        Instant later = NOON.plus(Duration.ofHours(3));
        live.know(List.of(PHONE, OTHER, TABLET, SUSPENDED), later);
        List<List<String>> made = fields(live.make(3_000, later));
        var ids = new HashSet<String>();
        var kinds = new HashSet<String>();
        int columns = LiveRecords.HEADER.split(",", -1).length;
        for (List<String> record : made) {
            assertThat(record).hasSize(columns);
            assertThat(ids.add(record.get(0))).as(record.get(0)).isTrue();
            kinds.add(record.get(1) + " " + record.get(2));
            assertThat(record.get(4)).isNotEqualTo(SUSPENDED.imsi());
            if (record.get(4).equals(TABLET.imsi())) {
                assertThat(record.get(1)).isEqualTo("data");
            }
            assertThat(Instant.parse(record.get(8))).isBetween(NOON, Instant.parse(record.get(9)));
            assertThat(Instant.parse(record.get(9))).isEqualTo(later);
            assertThat(Long.parseLong(record.get(10))).isPositive();
        }
        assertThat(kinds)
                .containsExactlyInAnyOrder(
                        "voice outbound", "voice inbound", "sms outbound", "sms inbound", "data outbound");
        // Who calls another line is heard there.
        assertThat(made)
                .filteredOn(record -> record.get(2).equals("outbound")
                        && record.get(5).equals(PHONE.msisdn())
                        && record.get(6).equals(OTHER.msisdn()))
                .isNotEmpty()
                .allSatisfy(call -> assertThat(made)
                        .anyMatch(answered -> answered.get(2).equals("inbound")
                                && answered.get(5).equals(OTHER.msisdn())
                                && answered.get(6).equals(PHONE.msisdn())
                                && answered.get(8).equals(call.get(8))));
    }

    @Test
    void filesLieWholeInTheDropDirectoryWithTheirMarks() throws Exception {
        var seconds = new AtomicLong();
        Path drop = directory.resolve("drop");
        Clock clock = new Clock() {
            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return NOON.plusSeconds(seconds.get());
            }
        };
        try (UsageSimulator simulator =
                UsageSimulator.start(directory.resolve("state"), Optional.of(drop), () -> List.of(PHONE), clock)) {
            simulator.addTo(new Routes());
            Network.await("a file", () -> {
                seconds.addAndGet(30);
                return !files(drop, ".done").isEmpty();
            });
            for (Path mark : files(drop, ".done")) {
                String name = mark.getFileName().toString();
                Path file = mark.resolveSibling(name.substring(0, name.length() - ".done".length()));
                assertThat(Files.readString(file))
                        .startsWith(LiveRecords.HEADER + "\n")
                        .contains(PHONE.imsi())
                        .endsWith("\n");
            }
        }
    }

    private static List<Path> files(Path drop, String ending) {
        try (Stream<Path> all = Files.list(drop)) {
            return all.filter(file -> file.toString().endsWith(ending)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theRateIsSetKeptAndRefusedWhereThereIsNoDropDirectory() throws IOException {
        try (Simulators simulators = Simulators.start(SimulatorsConfig.of(directory));
                Network network = new Network(simulators)) {
            assertThat(network.send("PUT", "/usage", "{\"records_per_second\": 5}")
                            .statusCode())
                    .isEqualTo(409);
            assertThat(network.send("PUT", "/usage", "{\"records_per_second\": -1, \"more\": 1}")
                            .body())
                    .contains("records_per_second", "more");
            assertThat(network.send("PUT", "/usage", "{\"records_per_second\": 0}")
                            .statusCode())
                    .isEqualTo(200);
        }
        try (Simulators simulators = Simulators.start(SimulatorsConfig.of(directory));
                Network network = new Network(simulators)) {
            assertThat(network.get("/usage").path("records_per_second").doubleValue())
                    .isZero();
        }
    }
}
