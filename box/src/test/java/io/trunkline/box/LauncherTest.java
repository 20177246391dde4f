package io.trunkline.box;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The launcher and the documents, as their readers use them. */
class LauncherTest {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\\n(.*?)^```$");
    private static final BoxProcess box = BoxProcess.create();

    private static Path launcher() {
        assumeThat(Shell.LAUNCHER)
                .as("run by ./trunkline test, which has built what the launcher starts")
                .isPresent();
        return Shell.LAUNCHER.orElseThrow();
    }

    private static Shell.Result trunkline(String... arguments) {
        String[] command = Stream.concat(Stream.of(launcher().toString()), Stream.of(arguments))
                .toArray(String[]::new);
        return Shell.run(checkout(), environment(), command);
    }

    private static Path checkout() {
        return launcher().resolve("..").normalize();
    }

    /** Without JAVA_HOME: the launcher finds a JDK 25 by itself, whatever the default is. */
    private static Map<String, String> environment() {
        return Map.of("TRUNKLINE_DATA", box.data().toString(), "JAVA_HOME", "/nowhere");
    }

    @BeforeAll
    static void start() {
        if (Shell.LAUNCHER.isPresent()) {
            Shell.Result up = trunkline("up", "--detach");
            assertThat(up.code()).as(up.output()).isZero();
        }
    }

    @AfterAll
    static void stop() {
        box.close();
    }

    @Test
    void thePrintedCurlLineWorksWhenPasted() {
        String printed = trunkline("up", "--detach").output();
        String line = printed.lines()
                .filter(text -> text.startsWith("curl "))
                .findFirst()
                .orElseThrow();
        Shell.Result answer = Shell.run(checkout(), Map.of(), "sh", "-c", line);
        assertThat(answer.output()).contains("\"accounts\":[", "acc_");
    }

    @Test
    void theCommandsOfTheDocumentsWork() throws IOException {
        for (String document : List.of("README.md", "docs/simulators.md", "docs/operating.md")) {
            Shell.Result session = Shell.run(checkout(), environment(), "sh", "-euc", commands(document));
            assertThat(session.code()).as(document + ": " + session.output()).isZero();
            assertThat(session.output()).as(document).doesNotContain("\"status\":4", "\"status\":5");
        }
        try (BoxClient client = new BoxClient(box)) {
            BoxProcess.await(
                    "Ada's mail",
                    () -> client.network("/mailbox/messages?to=ada@example.com")
                                    .path("messages")
                                    .size()
                            == 1);
        }
    }

    /** All blocks of one document as one session; what would not end is started as scripts start it. */
    private static String commands(String document) throws IOException {
        var session = new StringBuilder();
        Matcher block = BLOCK.matcher(Files.readString(checkout().resolve(document)));
        while (block.find()) {
            block.group(1)
                    .lines()
                    .filter(line -> !line.equals("./trunkline test"))
                    .map(line -> line.equals("./trunkline up") ? "./trunkline up --detach" : line)
                    .map(line -> line.replace("./data/", box.data() + "/")
                            .replace("../", box.home() + "/")
                            .replace("> master.key", "> " + box.home() + "/new.key"))
                    .forEach(line -> session.append(line).append('\n'));
        }
        assertThat(session).as(document + " shows commands").isNotEmpty();
        return session.toString();
    }

    @Test
    void everyCommandTellsItsOptions() {
        for (String command : List.of("up", "down", "backup", "restore", "server", "load", "usage", "test", "bench")) {
            Shell.Result help = trunkline(command, "--help");
            assertThat(help.code()).isZero();
            assertThat(help.output()).startsWith("./trunkline " + command);
        }
        assertThat(trunkline("help").output())
                .contains("up", "down", "backup", "restore", "server", "load", "usage", "test", "bench");
        assertThat(trunkline("fly").code()).isEqualTo(1);
        assertThat(trunkline("fly").output()).contains("fly");
    }

    @Test
    void withoutAJdkTheLauncherSaysWhatToInstall() {
        // A copy elsewhere with an empty PATH but for the shell's tools, and a machine without /usr/lib/jvm.
        Shell.Result without = Shell.run(
                checkout(),
                Map.of("JAVA_HOME", "/nowhere"),
                "sh",
                "-c",
                "sed 's#/usr/lib/jvm/\\*#/nowhere/*#; s/^java_wanted=.*/java_wanted=7/' trunkline > "
                        + box.home().resolve("launcher") + " && sh "
                        + box.home().resolve("launcher") + " down");
        assertThat(without.code()).isEqualTo(1);
        assertThat(without.output()).contains("a JDK 7 is needed", "JAVA_HOME", "Install one");
    }

    @Test
    void anOrdinaryUserStartsItOnADirectoryOfItsOwn() throws IOException {
        assumeThat(System.getProperty("user.name"))
                .as("needs root to become somebody else")
                .isEqualTo("root");
        assumeThat(Files.isExecutable(Path.of("/usr/bin/setpriv")))
                .as("install util-linux")
                .isTrue();
        BoxProcess own = BoxProcess.create();
        Path home = own.home();
        Shell.run(home, Map.of(), "chown", "nobody", home.toString());
        String[] asNobody = {"setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"};
        Map<String, String> environment =
                Map.of("HOME", home.toString(), "TRUNKLINE_DATA", own.data().toString());
        assumeThat(Shell.run(
                                home,
                                environment,
                                join(asNobody, "test", "-x", launcher().toString()))
                        .code())
                .as("the checkout lies where others may not look")
                .isZero();
        try {
            Shell.Result up =
                    Shell.run(home, environment, join(asNobody, launcher().toString(), "up", "--detach"));
            assertThat(up.code()).as(up.output()).isZero();
            try (BoxClient client = new BoxClient(own)) {
                assertThat(client.get("/enterprise/accounts").status()).isEqualTo(200);
            }
            assertThat(Files.getOwner(own.data().resolve("demo.env")).getName()).isEqualTo("nobody");
        } finally {
            Shell.Result down =
                    Shell.run(home, environment, join(asNobody, launcher().toString(), "down"));
            assertThat(down.code()).as(down.output()).isZero();
            own.close();
        }
    }

    private static String[] join(String[] first, String... more) {
        return Stream.concat(Stream.of(first), Stream.of(more)).toArray(String[]::new);
    }
}
