package io.trunkline.network.smsc;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Debian's osmo-msc with its SMPP server, on a loopback address of its own (some of its ports are fixed). Where the
 * kernel has no SCTP it ends as soon as it has started, so a few lines of C are put before it that make TCP of that.
 */
final class OsmoMsc implements AutoCloseable {
    static final String PASSWORD = "alpha123";
    private static final Path PROGRAM = Path.of("/usr/bin/osmo-msc");
    private static final int PORT = 2775;
    /** Of its start: what it opens last. */
    private static final String LAST_WORD = "Iu-interface";

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String address;
    private final Process process;

    private OsmoMsc(String address, Process process) {
        this.address = address;
        this.process = process;
    }

    /** What is not installed; empty where all is. */
    static Optional<String> missing() {
        if (!Files.isExecutable(PROGRAM)) {
            return Optional.of("osmo-msc is not installed: apt-get install osmo-msc");
        }
        boolean compiler = Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "cc")));
        return compiler ? Optional.empty() : Optional.of("there is no C compiler: apt-get install gcc libc6-dev");
    }

    static OsmoMsc start(Path directory) throws IOException, InterruptedException {
        Path library = compiled(directory);
        for (int attempt = 0; attempt < 10; attempt++) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            String address = "127." + random.nextInt(1, 255) + "." + random.nextInt(256) + "." + random.nextInt(1, 255);
            Process process = launch(directory, library, address);
            if (awaitUp(process, address, directory.resolve("osmo-msc.log"))) {
                return new OsmoMsc(address, process);
            }
            process.destroyForcibly().waitFor();
        }
        throw new IOException("osmo-msc does not start: " + Files.readString(directory.resolve("osmo-msc.log")));
    }

    private static Path compiled(Path directory) throws IOException, InterruptedException {
        Path source = directory.resolve("sctp-as-tcp.c");
        try (InputStream in = Objects.requireNonNull(OsmoMsc.class.getResourceAsStream("/sctp-as-tcp.c"))) {
            Files.copy(in, source);
        }
        Path library = directory.resolve("sctp-as-tcp.so");
        Process compiler = new ProcessBuilder(
                        "cc", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl")
                .inheritIO()
                .start();
        if (compiler.waitFor() != 0) {
            throw new IOException("cc does not compile " + source);
        }
        return library;
    }

    private static Process launch(Path directory, Path library, String address) throws IOException {
        Path configuration =
                Files.writeString(directory.resolve("osmo-msc.cfg"), """
                line vty
                 bind %1$s
                ctrl
                 bind %1$s
                network
                 network country code 001
                 mobile network code 01
                smpp
                 local-tcp-ip %1$s %2$d
                 system-id test
                 policy closed
                 esme alpha
                  password %3$s
                  default-route
                """.formatted(address, PORT, PASSWORD));
        var builder = new ProcessBuilder(PROGRAM.toString(), "-c", configuration.toString())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("osmo-msc.log").toFile());
        builder.environment().put("LD_PRELOAD", library.toString());
        return builder.start();
    }

    /** It listens for SMPP before it has looked whether it has all that it needs, and ends where it has not. */
    private static boolean awaitUp(Process process, String address, Path log) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (process.isAlive() && System.nanoTime() < end) {
            if (Files.readString(log).contains(LAST_WORD) && listens(address)) {
                return process.isAlive();
            }
            LockSupport.parkNanos(10_000_000);
        }
        return false;
    }

    private static boolean listens(String address) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, PORT), 1_000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    SmscSettings settings(String password) {
        return new SmscSettings(
                "osmo",
                address,
                PORT,
                "alpha",
                password,
                "",
                SmscSettings.Mode.TRANSCEIVER,
                1,
                20,
                0,
                SmscSettings.Concatenation.UDH,
                SmscSettings.Ids.ALIKE,
                List.of(),
                false,
                "",
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofMillis(500),
                Duration.ofMillis(300));
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().completeOnTimeout(process, 5, TimeUnit.SECONDS).join();
        process.destroyForcibly().onExit().join();
    }
}
