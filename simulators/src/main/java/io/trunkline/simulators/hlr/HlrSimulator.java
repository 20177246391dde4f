package io.trunkline.simulators.hlr;

import io.trunkline.simulators.faults.FaultRoutes;
import io.trunkline.simulators.faults.Faults;
import io.trunkline.simulators.http.HttpListener;
import io.trunkline.simulators.http.Routes;
import io.trunkline.simulators.sockets.SocketListener;
import io.trunkline.simulators.usage.Line;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The HLR as a whole: its listeners, its register, its control routes. */
public final class HlrSimulator implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 1_024;
    /** A refusal says a text. */
    private static final Pattern ERROR_TEXT = Pattern.compile("[\\x20-\\x7e]{1,120}");

    private final Subscribers subscribers;
    private final Faults faults;
    private final SocketListener ctrl;
    private final HttpListener rest;

    private HlrSimulator(Subscribers subscribers, Faults faults, SocketListener ctrl, HttpListener rest) {
        this.subscribers = subscribers;
        this.faults = faults;
        this.ctrl = ctrl;
        this.rest = rest;
    }

    /**
     * Reads the state and starts to listen.
     *
     * @param directory where the state lies; made if absent
     * @param ctrlSocket for the control interface, bound
     * @param restSocket for documents over HTTP, bound
     */
    public static HlrSimulator start(Path directory, ServerSocket ctrlSocket, ServerSocket restSocket)
            throws IOException {
        Files.createDirectories(directory);
        Subscribers subscribers = Subscribers.open(directory.resolve("subscribers.journal"));
        Faults faults = Faults.open(
                directory.resolve("faults.journal"),
                () -> ThreadLocalRandom.current().nextDouble());
        CtrlCommands commands = new CtrlCommands(subscribers);
        return new HlrSimulator(
                subscribers,
                faults,
                SocketListener.start(
                        "hlr-ctrl",
                        ctrlSocket,
                        MOST_CONNECTIONS,
                        socket -> new CtrlConnection(socket, commands, faults).serve()),
                HttpListener.start(
                        "hlr-rest",
                        restSocket,
                        HttpListener.Limits.DEFAULT,
                        new RestResource(subscribers, faults).routes()));
    }

    /** Adds {@code /hlr/…} of the control interface. */
    public void addTo(Routes routes) {
        List<String> operations = Stream.concat(CtrlConnection.OPERATIONS.stream(), RestResource.OPERATIONS.stream())
                .distinct()
                .toList();
        new FaultRoutes(faults, operations, ERROR_TEXT).addTo(routes, "/hlr/faults");
        new SubscriberRoutes(subscribers).addTo(routes);
    }

    /** Those that may use something. */
    public List<Line> lines() {
        return subscribers.list("", Integer.MAX_VALUE).stream()
                .filter(subscriber -> subscriber.csEnabled() || subscriber.psEnabled())
                .map(subscriber -> new Line(
                        subscriber.imsi(), subscriber.msisdn(), subscriber.csEnabled(), subscriber.psEnabled()))
                .toList();
    }

    @Override
    public void close() throws IOException {
        ctrl.close();
        rest.close();
        subscribers.close();
        faults.close();
    }
}
