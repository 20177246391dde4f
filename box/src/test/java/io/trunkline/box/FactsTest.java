package io.trunkline.box;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.box.demo.Demo;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FactsTest {
    private static Facts facts(String secret) {
        return new Facts(
                "http://127.0.0.1:8080",
                URI.create("http://127.0.0.1:1"),
                URI.create("http://127.0.0.1:1/mailbox"),
                "http://127.0.0.1:2/actuator",
                Map.of(),
                Optional.of(
                        new Demo.Credentials(Map.of("TRUNKLINE_CLIENT_ID", "demo", "TRUNKLINE_CLIENT_SECRET", secret))),
                Optional.empty());
    }

    @Test
    void whatIsWrittenForTheShellIsReadBack() {
        String awkward = "it's $HOME `x` \"y\" \\ z";
        Facts facts = facts(awkward);
        assertThat(Facts.read(facts.env())).containsEntry("TRUNKLINE_CLIENT_SECRET", awkward);
        Shell.Result shell =
                Shell.run(Path.of("."), Map.of(), "sh", "-c", facts.env() + "printf %s \"$TRUNKLINE_CLIENT_SECRET\"");
        assertThat(shell.output()).isEqualTo(awkward);
    }

    @Test
    void withoutADemoThereAreNoCredentialsToShow() {
        Facts facts = new Facts(
                "http://127.0.0.1:8080",
                URI.create("http://127.0.0.1:1"),
                URI.create("http://127.0.0.1:1/mailbox"),
                "http://127.0.0.1:2/actuator",
                Map.of(),
                Optional.empty(),
                Optional.empty());
        assertThat(facts.env()).doesNotContain("CLIENT");
        assertThat(facts.text(Path.of("/data"))).doesNotContain("curl").contains("/data/demo.env");
    }
}
