package io.trunkline.network.hlr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.trunkline.simulators.Simulators;
import io.trunkline.simulators.SimulatorsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The simulated HLR says to every command what Debian's osmo-hlr says; skipped where that is not installed. */
final class SameWordsTest {
    private static final String KEY = "465b5ce8b199b49faa5f0a2ee238a6bc";
    private static final List<String> IMSIS = List.of("001010000000001", "001010000000002", "00101", "x");
    private static final List<String> NUMBERS =
            List.of("491720000001", "491720000002", "none", "1234567890123456", "+1");
    private static final List<String> FLAGS = List.of("0", "1", "2", "on");
    private static final List<String> KEYS = List.of(
            "none",
            "milenage," + KEY + ",opc," + KEY,
            "milenage," + KEY + ",op," + KEY,
            "milenage," + KEY + ",opc",
            "milenage,12,opc," + KEY,
            "rot13," + KEY,
            KEY);
    private static final List<String> READ = List.of("info", "info-aud", "info-all", "msisdn", "aud3g", "cs-enabled");

    @TempDir
    Path directory;

    @Test
    void the_simulated_one_says_what_the_real_one_says() throws IOException {
        assumeTrue(OsmoHlr.isInstalled(), "install it to run this test: apt-get install osmo-hlr");
        long seed = System.nanoTime();
        var random = new Random(seed);
        Path ours = Files.createDirectory(directory.resolve("simulators"));
        try (OsmoHlr real = OsmoHlr.start(directory);
                Simulators simulators = Simulators.start(SimulatorsConfig.of(ours));
                var toReal = new CtrlLink(real.settings());
                var toOurs = new CtrlLink(CtrlSettings.at(simulators.hlrHost(), simulators.hlrPort()))) {
            for (int i = 0; i < 3_000; i++) {
                CtrlCommand command = command(random);
                assertThat(toOurs.exchange(command))
                        .as("seed %d, command %d: %s %s", seed, i, command, command.value())
                        .isEqualTo(toReal.exchange(command));
            }
        }
    }

    private static String one(Random random, List<String> of) {
        return of.get(random.nextInt(of.size()));
    }

    private static CtrlCommand command(Random random) {
        int kind = random.nextInt(12);
        return switch (kind) {
            case 0, 1 -> new CtrlCommand("subscriber.create", one(random, IMSIS));
            case 2 -> new CtrlCommand("subscriber.delete", one(random, IMSIS));
            case 3, 4 -> of(random, "msisdn", one(random, NUMBERS));
            case 5 -> of(random, "cs-enabled", one(random, FLAGS));
            case 6 -> of(random, "ps-enabled", one(random, FLAGS));
            case 7 -> of(random, "aud3g", one(random, KEYS));
            default -> of(random, one(random, READ), null);
        };
    }

    private static CtrlCommand of(Random random, String variable, @Nullable String value) {
        String selector = random.nextInt(3) == 0
                ? "by-msisdn-" + one(random, NUMBERS.subList(0, 2))
                : "by-imsi-" + one(random, IMSIS.subList(0, 3));
        return new CtrlCommand("subscriber." + selector + "." + variable, value);
    }
}
