package io.trunkline.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TimesTest {
    private static final DateTimeFormatter EXPECTED =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    @Test
    void a_time_has_three_fraction_digits_whatever_it_is() {
        assertThat(Times.text(Instant.parse("2023-01-01T00:00:00Z"))).isEqualTo("2023-01-01T00:00:00.000Z");
        assertThat(Times.text(Instant.parse("2024-02-29T23:59:59.999999999Z"))).isEqualTo("2024-02-29T23:59:59.999Z");
    }

    @Test
    void every_time_is_written_as_the_library_of_the_language_writes_it() {
        List.of(
                        Instant.EPOCH,
                        Instant.EPOCH.minusNanos(1),
                        Instant.parse("0000-01-01T00:00:00Z"),
                        Instant.parse("9999-12-31T23:59:59.999Z"),
                        Instant.parse("+10000-01-01T00:00:00Z"),
                        Instant.parse("-0001-12-31T23:59:59Z"))
                .forEach(time -> assertThat(Times.text(time)).isEqualTo(EXPECTED.format(time)));
        var random = new Random(5);
        for (int i = 0; i < 10_000; i++) {
            Instant time = Instant.ofEpochSecond(
                    random.nextLong(-62_000_000_000L, 253_000_000_000L), random.nextInt(1_000_000_000));
            assertThat(Times.text(time)).isEqualTo(EXPECTED.format(time));
        }
    }
}
