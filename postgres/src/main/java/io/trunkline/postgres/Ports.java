package io.trunkline.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The port on loopback: the one asked for, that of the last time, or a free one that is remembered. */
final class Ports {
    private static final Logger log = LoggerFactory.getLogger(Ports.class);
    /** Below what systems give to outgoing connections, so that none of them sits on it at the next start. */
    private static final int LOWEST = 20_000;

    private static final int HIGHEST = 32_000;
    private static final int TRIES = 50;

    private final Path remembered;
    private final int wanted;

    Ports(Path remembered, int wanted) {
        this.remembered = remembered;
        this.wanted = wanted;
    }

    /** Whether another one may be taken, if this one turns out to be taken. */
    boolean mayChange() {
        return wanted == 0;
    }

    int choose() throws IOException {
        if (wanted != 0) {
            if (!isFree(wanted)) {
                throw new PostgresException("the port " + wanted + " is taken: choose another for PostgreSQL");
            }
            return wanted;
        }
        OptionalInt last = lastTime();
        if (last.isPresent()) {
            if (isFree(last.getAsInt())) {
                return last.getAsInt();
            }
            log.warn("port {} of the last time is taken by another program, PostgreSQL gets another", last.getAsInt());
        }
        int port = anyFree();
        DurableFile.write(remembered, Integer.toString(port));
        return port;
    }

    private OptionalInt lastTime() throws IOException {
        if (Files.notExists(remembered)) {
            return OptionalInt.empty();
        }
        try {
            int last = Integer.parseInt(Files.readString(remembered).strip());
            return last > 0 && last <= 0xFFFF ? OptionalInt.of(last) : OptionalInt.empty();
        } catch (NumberFormatException e) {
            log.warn("{} names no port, PostgreSQL gets a new one", remembered);
            return OptionalInt.empty();
        }
    }

    private static int anyFree() throws IOException {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            if (isFree(port)) {
                return port;
            }
        }
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
