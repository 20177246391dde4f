package io.trunkline.box;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.boot.web.server.PortInUseException;

/**
 * The ports of the server, the same ones at each start where they are free: addresses that were given out stay right.
 *
 * @param server of the API
 * @param management of metrics and health, on loopback
 */
record Ports(int server, int management) {
    private static final int USUAL = 8080;
    private static final Pattern REMEMBERED = Pattern.compile("(\\d{1,5}) (\\d{1,5})\\s*");

    static Ports choose(DataDirectory data, UpOptions options) {
        Optional<Ports> last = data.read(data.resolve("run", "ports")).flatMap(Ports::parse);
        Ports ports = new Ports(
                options.port() == 0
                        ? choose(options.bind(), last.map(Ports::server).orElse(USUAL))
                        : requireFree(options.bind(), options.port()),
                choose("127.0.0.1", last.map(Ports::management).orElse(0)));
        data.write(data.resolve("run", "ports"), ports.server() + " " + ports.management() + "\n");
        return ports;
    }

    private static Optional<Ports> parse(String text) {
        Matcher matcher = REMEMBERED.matcher(text);
        return matcher.matches()
                ? Optional.of(new Ports(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
                : Optional.empty();
    }

    private static int choose(String bind, int preferred) {
        return bound(bind, preferred)
                .or(() -> bound(bind, 0))
                .orElseThrow(() -> new BoxException("no port of " + bind + " can be bound"));
    }

    private static int requireFree(String bind, int port) {
        return bound(bind, port)
                .orElseThrow(() -> new BoxException("the port " + port + " of " + bind
                        + " is taken or not allowed: choose another (--port), or none for a free one"));
    }

    /** Whether a start failed because somebody took a port after it was chosen. */
    static Optional<PortInUseException> taken(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .filter(PortInUseException.class::isInstance)
                .map(PortInUseException.class::cast)
                .findFirst();
    }

    /** The port, where it can be bound. */
    private static Optional<Integer> bound(String bind, int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(bind), port));
            return Optional.of(socket.getLocalPort());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
