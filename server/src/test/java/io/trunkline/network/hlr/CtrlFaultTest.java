package io.trunkline.network.hlr;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import io.trunkline.ids.Imsi;
import io.trunkline.network.Outcome;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong on the wire, and what each call hears of it. */
final class CtrlFaultTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Imsi IMSI = new Imsi("001010000000001");
    private static final String VARIABLE = "subscriber.by-imsi-001010000000001.cs-enabled";

    @TempDir
    Path directory;

    static void await(String what, BooleanSupplier condition) {
        Instant end = Instant.now().plus(LONG);
        while (!condition.getAsBoolean()) {
            if (Instant.now().isAfter(end)) {
                throw new AssertionError("waited in vain for " + what);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static CtrlCommand command(int value) {
        return new CtrlCommand(VARIABLE, Integer.toString(value));
    }

    /** One call of one command each, sent side by side over the one connection, in this order. */
    private static List<CtrlReply> replies(ScriptedCtrl peer, CtrlLink link, ExecutorService threads, int count)
            throws Exception {
        var calls = new ArrayList<Future<CtrlReply>>();
        for (int i = 0; i < count; i++) {
            int value = i;
            calls.add(threads.submit(() -> link.exchange(command(value)).getFirst()));
            int heard = i + 1;
            await("command " + i, () -> peer.heard().size() >= heard);
        }
        var replies = new ArrayList<CtrlReply>();
        for (Future<CtrlReply> call : calls) {
            replies.add(call.get());
        }
        return replies;
    }

    @Test
    void a_connection_that_breaks_among_pipelined_commands_leaves_each_its_own_outcome() throws Exception {
        try (var peer = ScriptedCtrl.start(turn -> {
                    String first = turn.hear();
                    String second = turn.hear();
                    turn.hear();
                    turn.hear();
                    turn.say("ERROR " + ScriptedCtrl.id(second) + " No such subscriber.");
                    turn.sayDone(first);
                });
                var link = new CtrlLink(peer.settings(LONG, 8));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CtrlReply> replies = replies(peer, link, threads, 4);
            assertThat(replies.subList(0, 2))
                    .containsExactly(new CtrlReply.Done("OK"), new CtrlReply.Refused("No such subscriber."));
            assertThat(replies.subList(2, 4)).allMatch(CtrlReply.Lost.class::isInstance);
        }
    }

    @Test
    void answers_find_their_commands_in_whatever_order_they_come() throws Exception {
        try (var peer = ScriptedCtrl.start(turn -> {
                    var commands = List.of(turn.hear(), turn.hear(), turn.hear());
                    for (String command : commands.reversed()) {
                        turn.say("SET_REPLY " + ScriptedCtrl.id(command) + " " + VARIABLE + " to "
                                + command.substring(command.length() - 1));
                    }
                    turn.keepQuiet();
                });
                var link = new CtrlLink(peer.settings(LONG, 8));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(replies(peer, link, threads, 3))
                    .containsExactly(
                            new CtrlReply.Done("to 0"), new CtrlReply.Done("to 1"), new CtrlReply.Done("to 2"));
        }
    }

    @Test
    void a_command_without_an_answer_is_lost_alone_and_its_late_answer_is_nobodys() throws Exception {
        try (var peer = ScriptedCtrl.start(turn -> {
                    String unanswered = turn.hear();
                    String answered = turn.hear();
                    turn.sayDone(answered);
                    LockSupport.parkNanos(SHORT.multipliedBy(2).toNanos());
                    turn.sayDone(unanswered);
                    turn.sayDone(unanswered);
                    turn.keepQuiet();
                });
                var link = new CtrlLink(peer.settings(SHORT, 8));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CtrlReply> replies = replies(peer, link, threads, 2);
            assertThat(replies.getFirst()).isInstanceOf(CtrlReply.Lost.class);
            assertThat(replies.getLast()).isEqualTo(new CtrlReply.Done("OK"));
            await("the end of the connection that had hung", () -> peer.openConnections() == 0);
            assertThat(peer.acceptedConnections()).isEqualTo(1);
        }
    }

    @Test
    void what_is_no_answer_is_passed_over_and_what_is_not_of_the_protocol_ends_the_connection() throws Exception {
        try (var peer = ScriptedCtrl.start(turn -> {
                    String command = turn.hear();
                    turn.say("TRAP 0 gsup.peer 1");
                    turn.raw(ScriptedCtrl.frame(0xfe, 0, "ping"));
                    turn.sayDone(command);
                    turn.sayDone(command);
                    String next = turn.hear();
                    turn.say("SET_REPLY " + ScriptedCtrl.id(next) + " subscriber.of.another OK");
                    turn.hear();
                    turn.say("HELLO");
                    turn.keepQuiet();
                });
                var link = new CtrlLink(peer.settings(LONG, 8))) {
            assertThat(link.exchange(command(1))).containsExactly(new CtrlReply.Done("OK"));
            assertThat(link.exchange(command(2)).getFirst()).isInstanceOf(CtrlReply.Lost.class);
            assertThat(link.exchange(command(3)).getFirst()).isInstanceOf(CtrlReply.Lost.class);
            await("the end of the connection", () -> peer.openConnections() == 0);
        }
    }

    @Test
    void a_connection_that_was_closed_while_idle_is_replaced_unnoticed() throws Exception {
        try (var peer = ScriptedCtrl.start(turn -> turn.sayDone(turn.hear()));
                var link = new CtrlLink(peer.settings(LONG, 8))) {
            for (int i = 1; i <= 5; i++) {
                assertThat(link.exchange(command(i))).containsExactly(new CtrlReply.Done("OK"));
                await("the end of the connection", () -> link.openConnections() == 0);
            }
            assertThat(peer.acceptedConnections()).isEqualTo(5);
        }
    }

    @Test
    void calls_beyond_the_limit_are_turned_away_and_those_that_hang_end_in_time() throws Exception {
        try (var peer = ScriptedCtrl.start(turn -> {
                    turn.hear();
                    turn.hear();
                    turn.keepQuiet();
                });
                var hlr = new CtrlHlr(peer.settings(Duration.ofSeconds(1), 2));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var hanging = new ArrayList<Future<Outcome<Hlr.Done>>>();
            for (int i = 0; i < 2; i++) {
                hanging.add(threads.submit(() -> hlr.delete(IMSI, "a-test")));
            }
            await("both commands", () -> peer.heard().size() == 2);
            HlrContract.assertRejected(hlr.delete(IMSI, "a-test"), HlrCode.BUSY);
            for (Future<Outcome<Hlr.Done>> one : hanging) {
                assertThat(one.get()).isInstanceOf(Outcome.Unknown.class);
            }
            await("the end of the connection that hangs", () -> peer.openConnections() == 0);
        }
    }

    @Test
    void an_hlr_that_is_not_there_is_unreachable_at_once_and_found_when_it_comes() throws Exception {
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        var settings = new CtrlSettings(
                "127.0.0.1", port, 2, Duration.ofSeconds(2), LONG, 8, Duration.ofMillis(100), Duration.ofMillis(200));
        try (var hlr = new CtrlHlr(settings)) {
            for (int i = 0; i < 20; i++) {
                HlrContract.assertRejected(hlr.find(IMSI, "a-test"), HlrCode.UNREACHABLE);
            }
            try (var late = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                    var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<Optional<Line>> found = threads.submit(() -> found(hlr));
                try (var socket = late.accept()) {
                    var in = new DataInputStream(socket.getInputStream());
                    byte[] content = in.readNBytes(in.readUnsignedShort() + 1);
                    String id = new String(content, StandardCharsets.US_ASCII).split(" ", 3)[1];
                    socket.getOutputStream().write(ScriptedCtrl.frame(0xee, 0, "ERROR " + id + " No such subscriber."));
                    assertThat(found.get()).isEmpty();
                }
            }
        }
    }

    private static Optional<Line> found(Hlr hlr) {
        var last = new ArrayList<Outcome<Optional<Line>>>();
        await("an answer", () -> {
            last.add(hlr.find(IMSI, "a-test"));
            return last.getLast() instanceof Outcome.Accepted;
        });
        return ((Outcome.Accepted<Optional<Line>>) last.getLast()).value();
    }

    @Test
    void no_thread_and_no_connection_outlives_the_door() throws Exception {
        try (var peer = ScriptedCtrl.start(ScriptedCtrl.Turn::keepQuiet)) {
            long before = threads();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                    var hlr = new CtrlHlr(peer.settings(SHORT, 8))) {
                for (int i = 0; i < 3; i++) {
                    assertThat(hlr.delete(IMSI, "a-test")).isInstanceOf(Outcome.Unknown.class);
                }
                // One that is under way when the door is closed.
                threads.execute(() -> hlr.delete(IMSI, "a-test"));
                await("the connection", () -> peer.acceptedConnections() == 4);
            }
            await("the end of the connections", () -> peer.openConnections() == 0);
            await("the end of the threads", () -> threads() <= before);
        }
    }

    /** The threads of connections to HLRs; they are virtual, so that only a dump shows them. */
    private long threads() {
        try {
            Path dump = directory.resolve("threads-" + System.nanoTime() + ".txt");
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
            return Files.readAllLines(dump).stream()
                    .filter(line -> line.contains("\"hlr-reader\"") || line.contains("\"hlr-writer\""))
                    .count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void keys_are_in_nothing_that_is_told() throws Exception {
        try (var peer = ScriptedCtrl.start(turn -> {
                    while (true) {
                        String command = turn.hear();
                        String id = ScriptedCtrl.id(command);
                        if (command.startsWith("GET")) {
                            turn.say("ERROR " + id + " No such subscriber.");
                        } else if (command.contains("aud3g")) {
                            turn.say("ERROR " + id + " what is " + command);
                        } else {
                            turn.sayDone(command);
                        }
                    }
                });
                var hlr = new CtrlHlr(peer.settings(LONG, 8))) {
            var line = new Line(IMSI, null, Services.ALL);
            HlrContract.assertRejected(hlr.provision(line, HlrContract.KEYS, "a-test"), HlrCode.HLR_FAILED);
            assertThat(peer.heard().getLast()).as("what was made is unmade").contains("subscriber.delete");
            assertThat(HlrContract.KEYS.toString() + CtrlCommand.keys(IMSI, HlrContract.KEYS))
                    .doesNotContain(HlrContract.KEYS.ki(), HlrContract.KEYS.opc());
        }
    }
}
