package io.trunkline.network.hlr;

import io.trunkline.simulators.Simulators;
import io.trunkline.simulators.SimulatorsConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The simulated register, spoken to in both ways. */
final class SimulatedHlrTest {
    @TempDir
    static Path directory;

    private static Optional<Simulators> simulators = Optional.empty();

    @BeforeAll
    static void start() throws IOException {
        simulators = Optional.of(Simulators.start(SimulatorsConfig.of(directory)));
    }

    @AfterAll
    static void stop() {
        simulators.ifPresent(Simulators::close);
    }

    @Nested
    final class OverCtrl extends HlrContract {
        private static Optional<CtrlHlr> door = Optional.empty();

        @BeforeAll
        static void open() {
            Simulators network = simulators.orElseThrow();
            door = Optional.of(new CtrlHlr(CtrlSettings.at(network.hlrHost(), network.hlrPort())));
        }

        @AfterAll
        static void close() {
            door.ifPresent(CtrlHlr::close);
        }

        @Override
        Hlr hlr() {
            return door.orElseThrow();
        }
    }

    @Nested
    final class OverRest extends HlrContract {
        private static Optional<RestHlr> door = Optional.empty();

        @BeforeAll
        static void open() {
            door = Optional.of(
                    new RestHlr(RestSettings.at(simulators.orElseThrow().hlrRestUrl())));
        }

        @AfterAll
        static void close() {
            door.ifPresent(RestHlr::close);
        }

        @Override
        Hlr hlr() {
            return door.orElseThrow();
        }
    }
}
