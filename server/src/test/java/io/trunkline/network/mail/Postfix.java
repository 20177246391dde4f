package io.trunkline.network.mail;

import io.trunkline.network.Certificates;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/**
 * Debian's Postfix with a configuration, a queue and a certificate authority of its own, on a port of loopback. Nobody
 * sends without STARTTLS and a password; all mail goes on to one other server.
 */
public final class Postfix implements AutoCloseable {
    public static final String USER = "trunkline@mx.test.invalid";
    public static final String PASSWORD = "of-a-test";
    /** Who is refused as a recipient. */
    public static final String REFUSED = "nobody@refused.example";

    private static final Path MASTER = Path.of("/usr/lib/postfix/sbin/master");
    /** RFC 4616 2, after whom the user acts for. */
    private static final String RESPONSE = "\0" + USER + "\0" + PASSWORD;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path directory;
    private final int port;
    private final Process process;
    private final Certificates certificates;
    private final Passwords passwords;

    private Postfix(Path directory, int port, Process process, Certificates certificates, Passwords passwords) {
        this.passwords = passwords;
        this.directory = directory;
        this.port = port;
        this.process = process;
        this.certificates = certificates;
    }

    /** It can start as root alone. */
    public static boolean isInstalled() {
        return Files.isExecutable(MASTER) && System.getProperty("user.name", "").equals("root");
    }

    /**
     * Starts it.
     *
     * @param relay the port of the server that it hands all mail to
     */
    public static Postfix start(int relay) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("postfix");
        // Its processes are another user's.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path keys = Files.createDirectory(directory.resolve("keys"));
        Certificates certificates = Certificates.in(keys);
        certificates.authority("ca");
        certificates.authority("stranger");
        certificates.signed("mail", "ca", "san=ip:127.0.0.1");
        for (String name : List.of("etc", "queue", "data")) {
            Files.createDirectory(directory.resolve(name));
        }
        run(directory, "chown", "postfix", directory.resolve("data").toString());
        var passwords = new Passwords();
        int port = freePort();
        configure(directory, port, relay, passwords.port(), certificates);
        run(directory, "/usr/sbin/postfix", "-c", directory.resolve("etc").toString(), "check");
        Process process = new ProcessBuilder(
                        MASTER.toString(), "-c", directory.resolve("etc").toString(), "-d")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("master.log").toFile())
                .start();
        var postfix = new Postfix(directory, port, process, certificates, passwords);
        if (!postfix.isUp()) {
            String log = postfix.log();
            postfix.close();
            throw new IOException("postfix does not start: " + log);
        }
        return postfix;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void configure(Path directory, int port, int relay, int passwords, Certificates certificates)
            throws IOException {
        Path etc = directory.resolve("etc");
        Files.writeString(etc.resolve("main.cf"), """
                compatibility_level = 3.6
                queue_directory = %1$s/queue
                data_directory = %1$s/data
                daemon_directory = /usr/lib/postfix/sbin
                command_directory = /usr/sbin
                mail_owner = postfix
                setgid_group = postdrop
                maillog_file = %1$s/mail.log
                maillog_file_prefixes = %1$s
                myhostname = mx.test.invalid
                mydestination =
                local_recipient_maps =
                mynetworks =
                alias_maps =
                alias_database =
                inet_interfaces = loopback-only
                inet_protocols = ipv4
                relayhost = [127.0.0.1]:%2$d
                smtp_tls_security_level = none
                smtpd_tls_security_level = encrypt
                smtpd_tls_auth_only = yes
                smtpd_tls_cert_file = %3$s
                smtpd_tls_key_file = %4$s
                smtpd_sasl_auth_enable = yes
                smtpd_sasl_type = dovecot
                smtpd_sasl_path = inet:127.0.0.1:%6$d
                smtpd_relay_restrictions = permit_sasl_authenticated, reject
                smtpd_recipient_restrictions =
                  check_recipient_access inline:{ {%5$s = 550 5.1.1 nobody of this name} }
                """.formatted(
                        directory,
                        relay,
                        certificates.certificateFile("mail"),
                        certificates.keyFile("mail"),
                        REFUSED,
                        passwords));
        Files.writeString(etc.resolve("master.cf"), """
                127.0.0.1:%d inet n - n - - smtpd
                cleanup unix n - n - 0 cleanup
                qmgr unix n - n 300 1 qmgr
                rewrite unix - - n - - trivial-rewrite
                bounce unix - - n - 0 bounce
                defer unix - - n - 0 bounce
                trace unix - - n - 0 bounce
                smtp unix - - n - - smtp
                error unix - - n - - error
                retry unix - - n - - error
                tlsmgr unix - - n 1000? 1 tlsmgr
                anvil unix - - n - 1 anvil
                proxymap unix - - n - - proxymap
                postlog unix-dgram n - n - 1 postlogd
                """.formatted(port));
    }

    private static void run(Path directory, String... command) throws IOException, InterruptedException {
        Path log = directory.resolve("commands.log");
        int code = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException(String.join(" ", command) + ": " + Files.readString(log));
        }
    }

    private boolean isUp() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (process.isAlive() && System.nanoTime() < end) {
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
                return true;
            } catch (IOException notYet) {
                LockSupport.parkNanos(20_000_000);
            }
        }
        return false;
    }

    public int port() {
        return port;
    }

    /** Of the authority that has signed its certificate; {@code stranger} has not. */
    public Path authority(String name) throws IOException {
        return certificates.certificateFile(name);
    }

    /** What it and its processes have written. */
    public String log() throws IOException {
        var all = new StringBuilder();
        for (String name : List.of("master.log", "mail.log")) {
            Path log = directory.resolve(name);
            all.append(Files.exists(log) ? Files.readString(log) : "");
        }
        return all.toString();
    }

    @Override
    public void close() throws IOException {
        passwords.close();
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroy);
        for (ProcessHandle one : all) {
            one.onExit().completeOnTimeout(one, 5, TimeUnit.SECONDS).join();
            one.destroyForcibly();
        }
        FileSystemUtils.deleteRecursively(directory);
    }

    /** Knows the one password, as Postfix asks Dovecot (its authentication protocol 1.1). */
    private static final class Passwords {
        private final ServerSocket server;

        Passwords() throws IOException {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Thread.ofVirtual().name("passwords").start(this::listen);
        }

        int port() {
            return server.getLocalPort();
        }

        private void listen() {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    Thread.ofVirtual().start(() -> serve(socket));
                } catch (IOException closed) {
                    return;
                }
            }
        }

        private static void serve(Socket accepted) {
            try (accepted;
                    var in = new BufferedReader(
                            new InputStreamReader(accepted.getInputStream(), StandardCharsets.US_ASCII))) {
                write(
                        accepted,
                        "VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t" + "0".repeat(32)
                                + "\nDONE\n");
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    if (line.startsWith("AUTH\t")) {
                        String id = line.substring("AUTH\t".length()).replaceFirst("\t.*", "");
                        boolean known = response(line).endsWith(RESPONSE);
                        write(accepted, (known ? "OK\t" : "FAIL\t") + id + "\tuser=" + USER + "\n");
                    }
                }
            } catch (IOException gone) {
                // Postfix has ended the process that asked.
                return;
            }
        }

        private static String response(String line) {
            String response = line.substring(line.lastIndexOf("resp=") + "resp=".length());
            return new String(Base64.getDecoder().decode(response), StandardCharsets.UTF_8);
        }

        private static void write(Socket socket, String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
        }

        void close() throws IOException {
            server.close();
        }
    }
}
