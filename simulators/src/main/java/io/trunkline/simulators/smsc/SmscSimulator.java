package io.trunkline.simulators.smsc;

import io.trunkline.simulators.faults.FaultRoutes;
import io.trunkline.simulators.faults.Faults;
import io.trunkline.simulators.http.Routes;
import io.trunkline.simulators.sockets.SocketListener;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The SMSC as a whole: its listener, its phones, its control routes. */
public final class SmscSimulator implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 1_024;
    /** A command_status (SMPP 3.4, 5.1.3), or a receipt's state (appendix B). */
    private static final Pattern CODE =
            Pattern.compile("0x[0-9a-fA-F]{1,8}|\\d{1,9}|DELIVRD|EXPIRED|DELETED|UNDELIV|ACCEPTD|UNKNOWN|REJECTD");

    private final Phones phones;
    private final HandOver handOver;
    private final Faults faults;
    private final ScheduledExecutorService later;
    private final SocketListener listener;
    private final Clock clock;

    private SmscSimulator(
            Phones phones,
            HandOver handOver,
            Faults faults,
            ScheduledExecutorService later,
            SocketListener listener,
            Clock clock) {
        this.phones = phones;
        this.handOver = handOver;
        this.faults = faults;
        this.later = later;
        this.listener = listener;
        this.clock = clock;
    }

    /**
     * Reads the state and starts to listen.
     *
     * @param directory where the state lies; made if absent
     * @param socket for SMPP, bound
     * @param most texts that are kept
     */
    public static SmscSimulator start(Path directory, ServerSocket socket, Clock clock, int most) throws IOException {
        Files.createDirectories(directory);
        Phones phones = Phones.open(directory.resolve("phones.journal"), clock, most);
        Faults faults = Faults.open(
                directory.resolve("faults.journal"),
                () -> ThreadLocalRandom.current().nextDouble());
        HandOver handOver = new HandOver(phones, clock);
        Submissions submissions = new Submissions(phones, handOver, faults, clock);
        ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("smsc-later").daemon().factory());
        SocketListener listener = SocketListener.start(
                "smsc",
                socket,
                MOST_CONNECTIONS,
                client -> new SmppConnection(client, submissions, handOver, faults, later).serve());
        return new SmscSimulator(phones, handOver, faults, later, listener, clock);
    }

    /** A fault's code as a command_status. */
    static int status(@Nullable String code, int otherwise) {
        if (code == null || !Character.isDigit(code.charAt(0))) {
            return otherwise;
        }
        return code.startsWith("0x") ? Integer.parseUnsignedInt(code.substring(2), 16) : Integer.parseInt(code);
    }

    /** Adds {@code /smsc…} and {@code /phones…} of the control interface. */
    public void addTo(Routes routes) throws IOException {
        List<String> operations = Stream.concat(SmppConnection.OPERATIONS.stream(), Stream.of(Submissions.OPERATION))
                .toList();
        new FaultRoutes(faults, operations, CODE).addTo(routes, "/smsc/faults");
        new PhoneRoutes(phones, handOver, clock).addTo(routes);
        new PhonesPage(phones).addTo(routes);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        later.shutdownNow();
        handOver.close();
        phones.close();
        faults.close();
    }
}
