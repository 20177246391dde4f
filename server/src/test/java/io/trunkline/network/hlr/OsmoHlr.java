package io.trunkline.network.hlr;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Debian's osmo-hlr on a database of its own. Its ports are fixed, so that each one gets a loopback address of its own
 * (all of 127.0.0.0/8 is this machine's on Linux).
 */
public final class OsmoHlr implements AutoCloseable {
    static final Path PROGRAM = Path.of("/usr/bin/osmo-hlr");

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path directory;
    private final String address;
    private Process process;

    private OsmoHlr(Path directory, String address, Process process) {
        this.directory = directory;
        this.address = address;
        this.process = process;
    }

    public static boolean isInstalled() {
        return Files.isExecutable(PROGRAM);
    }

    /** On an address that nobody else listens on. */
    public static OsmoHlr start(Path directory) throws IOException {
        for (int attempt = 0; attempt < 10; attempt++) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            String address = "127." + random.nextInt(1, 255) + "." + random.nextInt(256) + "." + random.nextInt(1, 255);
            Process process = launch(directory, address);
            if (awaitUp(process, address)) {
                return new OsmoHlr(directory, address, process);
            }
            process.destroyForcibly();
        }
        throw new IOException("osmo-hlr does not start: " + Files.readString(directory.resolve("osmo-hlr.log")));
    }

    private static Process launch(Path directory, String address) throws IOException {
        Path configuration = Files.writeString(directory.resolve("osmo-hlr.cfg"), """
                line vty
                 bind %1$s
                ctrl
                 bind %1$s
                hlr
                 gsup
                  bind ip %1$s
                """.formatted(address));
        return new ProcessBuilder(
                        PROGRAM.toString(),
                        "-c",
                        configuration.toString(),
                        "-l",
                        directory.resolve("hlr.db").toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("osmo-hlr.log").toFile())
                .start();
    }

    private static boolean awaitUp(Process process, String address) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (process.isAlive() && System.nanoTime() < end) {
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, CtrlSettings.DEFAULT_PORT), 1_000);
                return process.isAlive();
            } catch (IOException notYet) {
                LockSupport.parkNanos(10_000_000);
            }
        }
        return false;
    }

    public CtrlSettings settings() {
        return CtrlSettings.at(address, CtrlSettings.DEFAULT_PORT);
    }

    /** Kills it and starts it again where it was. */
    void crash() throws IOException, InterruptedException {
        process.destroyForcibly().waitFor();
        process = launch(directory, address);
        if (!awaitUp(process, address)) {
            throw new IOException("osmo-hlr does not start again");
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().completeOnTimeout(process, 5, TimeUnit.SECONDS).join();
        process.destroyForcibly().onExit().join();
    }
}
