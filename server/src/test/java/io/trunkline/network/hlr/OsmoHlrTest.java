package io.trunkline.network.hlr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.trunkline.ids.Imsi;
import io.trunkline.ids.Msisdn;
import io.trunkline.network.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's osmo-hlr; skipped where it is not installed. */
final class OsmoHlrTest extends HlrContract {
    private static final List<AutoCloseable> OPENED = new ArrayList<>();

    @TempDir
    static Path directory;

    private static Optional<OsmoHlr> peer = Optional.empty();
    private static Optional<CtrlHlr> door = Optional.empty();

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(OsmoHlr.isInstalled(), "install it to run these tests: apt-get install osmo-hlr");
        OsmoHlr started = OsmoHlr.start(directory);
        OPENED.add(started);
        peer = Optional.of(started);
        var opened = new CtrlHlr(started.settings());
        OPENED.add(opened);
        door = Optional.of(opened);
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable one : OPENED.reversed()) {
            one.close();
        }
        OPENED.clear();
    }

    @Override
    Hlr hlr() {
        return door.orElseThrow();
    }

    @Test
    void keys_are_there_as_they_were_given() throws Exception {
        assertAccepted(hlr().provision(line(1), KEYS, CORRELATION));
        try (var link = new CtrlLink(peer.orElseThrow().settings())) {
            var ask = new CtrlCommand("subscriber.by-imsi-" + imsi(1) + ".aud3g", null);
            assertThat(link.exchange(ask))
                    .containsExactly(new CtrlReply.Done("MILENAGE," + KEYS.ki() + ",OPC," + KEYS.opc() + ",5"));
        }
    }

    @Test
    void many_lines_are_provisioned_side_by_side() throws Exception {
        List<Line> lines = IntStream.range(0, 60)
                .mapToObj(i -> new Line(
                        new Imsi("00102%010d".formatted(i)), new Msisdn("4479%08d".formatted(i)), Services.ALL))
                .toList();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Outcome<Hlr.Done>>> all = lines.stream()
                    .map(line -> threads.submit(() -> hlr().provision(line, KEYS, CORRELATION)))
                    .toList();
            for (Future<Outcome<Hlr.Done>> one : all) {
                assertAccepted(one.get());
            }
        }
        lines.forEach(this::assertThatThereIs);
    }

    @Test
    void after_a_crash_it_is_found_again_with_what_it_had() throws Exception {
        assertAccepted(hlr().provision(line(1), KEYS, CORRELATION));
        peer.orElseThrow().crash();
        CtrlFaultTest.await("the HLR", () -> hlr().find(imsi(1), CORRELATION) instanceof Outcome.Accepted);
        assertThatThereIs(line(1));
    }

    @Test
    void what_it_calls_an_error_is_known_to_us() {
        try (var link = new CtrlLink(peer.orElseThrow().settings())) {
            String none = "subscriber.by-imsi-999990000000001";
            assertCode(link, new CtrlCommand(none + ".info", null), HlrCode.NO_SUCH_LINE);
            assertCode(link, new CtrlCommand("subscriber.delete", "999990000000001"), HlrCode.NO_SUCH_LINE);
            assertCode(link, new CtrlCommand(none + ".cs-enabled", "1"), HlrCode.HLR_FAILED);
            assertCode(link, new CtrlCommand("subscriber.create", "12"), HlrCode.NOT_VALID);
            assertCode(link, new CtrlCommand("subscriber.by-imsi-12.info", null), HlrCode.NOT_VALID);
            assertCode(link, new CtrlCommand("nothing", null), HlrCode.NOT_SUPPORTED);
            assertCode(link, new CtrlCommand("subscriber.by-name-1.info", null), HlrCode.NOT_SUPPORTED);
            assertAccepted(hlr().provision(line(1), KEYS, CORRELATION));
            assertAccepted(hlr().provision(new Line(imsi(2), null, Services.ALL), KEYS, CORRELATION));
            assertCode(link, CtrlCommand.create(imsi(1)), HlrCode.IMSI_IN_USE);
            assertCode(link, CtrlCommand.number(imsi(2), number(1)), HlrCode.NUMBER_IN_USE);
            String one = "subscriber.by-imsi-" + imsi(1);
            assertCode(link, new CtrlCommand(one + ".aud3g", "none at all"), HlrCode.NOT_VALID);
            assertCode(link, new CtrlCommand(one + ".aud3g", "rot13,0,opc,0"), HlrCode.NOT_SUPPORTED);
            assertCode(link, new CtrlCommand(one + ".aud3g", "milenage,0,opc,0"), HlrCode.NOT_VALID);
        }
    }

    private static void assertCode(CtrlLink link, CtrlCommand command, HlrCode code) {
        assertThat(link.exchange(command).getFirst())
                .isInstanceOfSatisfying(
                        CtrlReply.Refused.class,
                        refused -> assertThat(refused.code()).as(refused.text()).isEqualTo(code));
    }
}
