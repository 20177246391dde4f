package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.network.smdp.ActivationCode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** The main job: the reference's own sample order becomes an emailed, active eSIM. */
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SampleOrderTest {
    /** The goal is 2 s on an idle machine; beyond this something waits that should not. */
    private static final Duration GENEROUS = Duration.ofSeconds(10);

    private World world;
    private Api api;
    private Mailbox mailbox;

    @BeforeAll
    void prepare(RunningServer server) {
        world = server.world("sample").stock(20);
        api = world.api();
        mailbox = new Mailbox(server);
    }

    @Test
    void theSampleOrderCompletesAndItsMailHoldsTheQrCode() {
        Instant sent = Instant.now();
        Api.Answer placed = api.post(
                "/enterprise/orders",
                world.sampleOrder("to@sample.example", "cc@sample.example"),
                "X-Correlation-ID",
                "sample 1");

        assertThat(placed.status()).as(placed.text()).isEqualTo(201);
        assertThat(placed.header("Location")).isEqualTo(placed.link("self")).startsWith("http://");
        assertThat(placed.header("X-Correlation-ID")).isEqualTo("sample 1");
        JsonNode order = placed.json();
        assertThat(order.path("status").stringValue()).isEqualTo("pending");
        assertThat(order.path("subscription_id").stringValue()).matches("sub_[0-9A-Z]{26}");
        assertThat(order.path("subscriber").path("id").stringValue()).matches("sbr_[0-9A-Z]{26}");
        assertThat(order.path("sim_profile").path("iccid").isNull()).isTrue();
        assertThat(order.path("phone_numbers").isEmpty()).isTrue();

        Api.Answer completed = api.awaitOrder(placed.link("self"));
        Duration took = Duration.between(sent, Instant.now());
        assertThat(completed.json().path("status").stringValue())
                .as(completed.text())
                .isEqualTo("completed");
        assertThat(took).isLessThan(GENEROUS);
        System.out.println("the sample order took " + took.toMillis() + " ms");

        List<Mailbox.Mail> to = mailbox.await("to@sample.example", 1);
        List<Mailbox.Mail> cc = mailbox.await("cc@sample.example", 1);
        assertThat(to).hasSize(1);
        assertThat(cc).hasSize(1);
        Mailbox.Mail mail = to.getFirst();
        assertThat(mail.header("Message-ID")).isEqualTo(cc.getFirst().header("Message-ID"));
        assertThat(mail.header("X-Correlation-ID")).isEqualTo("sample 1");
        String code = QrReader.png(mail.attachment().content());
        assertThat(code).startsWith("LPA:1$");
        ActivationCode read = ActivationCode.parse(code).orElseThrow();
        assertThat(mail.text()).contains(read.text(), read.smdpAddress(), read.matchingId());
        JsonNode shown = api.get(
                        completed
                                .json()
                                .path("sim_profile")
                                .path("_links")
                                .path("qr_code")
                                .path("href")
                                .stringValue(""),
                        "Accept",
                        "application/json")
                .json();
        assertThat(shown.path("activation_code").stringValue()).isEqualTo(read.text());
    }
}
