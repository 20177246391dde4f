package io.trunkline.simulators;

import io.trunkline.simulators.http.Json;
import io.trunkline.simulators.journal.AtomicFile;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;

/** Binds sockets to the ports of the last time, so that addresses that were given out stay right. */
final class Ports {
    private record Remembered(Map<String, Integer> ports) {
        Remembered {
            ports = Map.copyOf(ports);
        }
    }

    private static final int BACKLOG = 1_024;

    private final Path file;
    private final InetAddress bind;
    private final Map<String, Integer> remembered = new TreeMap<>();

    Ports(Path file, InetAddress bind) throws IOException {
        this.file = file;
        this.bind = bind;
        if (Files.exists(file)) {
            read();
        }
    }

    private void read() throws IOException {
        try {
            remembered.putAll(
                    Json.parse(Files.readString(file), Remembered.class).ports());
        } catch (JacksonException damaged) {
            // A port is a convenience: others are chosen, and the file is written anew.
            remembered.clear();
        }
    }

    /**
     * A bound socket.
     *
     * @param wanted 0 for the port of the last time, or a free one where that is taken
     * @throws IOException where the wanted port is taken
     */
    ServerSocket bind(String name, int wanted) throws IOException {
        ServerSocket socket = wanted == 0 ? bindRemembered(name) : bindTo(wanted, name);
        remembered.put(name, socket.getLocalPort());
        return socket;
    }

    private ServerSocket bindRemembered(String name) throws IOException {
        int last = remembered.getOrDefault(name, 0);
        try {
            return bindTo(last, name);
        } catch (BindException taken) {
            return bindTo(0, name);
        }
    }

    private ServerSocket bindTo(int port, String name) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(bind, port), BACKLOG);
            return socket;
        } catch (BindException taken) {
            socket.close();
            BindException told = new BindException("the " + name + " port " + port + " of " + bind.getHostAddress()
                    + " cannot be bound: " + taken.getMessage());
            told.initCause(taken);
            throw told;
        }
    }

    void remember() throws IOException {
        AtomicFile.write(file, Json.write(new Remembered(remembered)));
    }
}
