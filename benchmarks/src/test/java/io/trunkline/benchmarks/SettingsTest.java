package io.trunkline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The command line of a benchmark. */
final class SettingsTest {
    private static final Path HOME = Path.of("/checkout");

    @Test
    void withoutOptionsItIsAsTheDocumentsSay() {
        Settings settings = Settings.parse(HOME, List.of());
        assertThat(settings.size(true)).isEqualTo(new Settings.Size("1000000-10000000", 1_000_000, 10_000_000));
        assertThat(settings.size(false)).isEqualTo(new Settings.Size("100000-1000000", 100_000, 1_000_000));
        assertThat(settings.turn()).isEqualTo(Duration.ofSeconds(8));
        assertThat(settings.rounds()).isEqualTo(5);
        assertThat(settings.connections()).isEqualTo(32);
    }

    @Test
    void numbersMayBeWrittenShort() {
        Settings settings = Settings.parse(HOME, List.of("--items=50M", "--subscriptions", "20k", "--rounds=2"));
        assertThat(settings.items()).isEqualTo(50_000_000);
        assertThat(settings.subscriptions()).isEqualTo(20_000);
        assertThat(settings.rounds()).isEqualTo(2);
    }

    @Test
    void everythingThatIsWrongIsToldAtOnce() {
        assertThatThrownBy(
                        () -> Settings.parse(HOME, List.of("--items", "many", "--speed=9", "--rounds=0", "--seconds")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("--items", "many", "--speed", "--rounds", "--seconds needs a value");
    }
}
