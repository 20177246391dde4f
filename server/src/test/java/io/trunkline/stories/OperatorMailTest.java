package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.InternetAddress;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** The operator sets how mails in an organization's name are written. */
@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperatorMailTest {
    private static final String PATH = "/operator/organizations/operator-mail/mails";

    private RunningServer server;
    private World world;
    private Api operator;

    @BeforeAll
    void start(RunningServer shared) {
        server = shared;
        world = server.world("operator-mail").stock(4);
        operator = Api.ofOperator(server);
    }

    private Api.Answer patch(String body, String... headers) {
        return operator.call("PATCH", PATH, body, headers);
    }

    private List<String> audited() {
        return world.sql()
                .list(
                        "SELECT actor, before::text AS before, after::text AS after FROM audit_entries"
                                + " WHERE organization_id = ? AND action = 'organization.mails_changed' ORDER BY id",
                        row -> row.text("actor") + " " + row.text("before") + " " + row.text("after"),
                        world.organization());
    }

    @Test
    void whatIsSetShowsInTheNextMailAndInTheAudit() throws MessagingException {
        assertThat(operator.get(PATH).json())
                .isEqualTo(Api.JSON.readTree("{\"name\": null, \"reply_to\": null, \"language\": null}"));
        int before = audited().size();
        Api.Answer set = patch("""
                {"name": "Acme =?UTF-8?Q?Ltd?= \\"Ä\\"", "reply_to": "it@acme.example", "language": "de-AT"}""");
        assertThat(set.status()).as(set.text()).isEqualTo(200);
        JsonNode kept = operator.get(PATH).json();
        assertThat(kept).isEqualTo(set.json());
        assertThat(kept.path("language").stringValue()).isEqualTo("de-AT");
        Api.Answer placed =
                world.api().post("/enterprise/orders", world.sampleOrder("o@acme.example", "p@acme.example"));
        assertThat(placed.status()).as(placed.text()).isEqualTo(201);
        Mailbox.Mail mail = new Mailbox(server).await("o@acme.example", 1).getFirst();
        InternetAddress from = (InternetAddress) mail.message().getFrom()[0];
        assertThat(from.getPersonal()).isEqualTo("Acme =?UTF-8?Q?Ltd?= \"Ä\"");
        assertThat(from.getAddress()).isEqualTo("esim@trunkline.invalid");
        assertThat(mail.message().getFrom()).hasSize(1);
        assertThat(mail.message().getReplyTo()).containsExactly(new InternetAddress("it@acme.example"));
        assertThat(mail.message().getSubject()).isEqualTo("Ihre eSIM von Acme =?UTF-8?Q?Ltd?= \"Ä\" ist bereit");
        assertThat(audited()).hasSize(before + 1);
        assertThat(audited().getLast()).contains("operator-client", "it@acme.example", "de-AT");
        assertThat(patch("{\"reply_to\": null}").json().path("reply_to").isNull())
                .isTrue();
        assertThat(patch("{\"reply_to\": null}").json().path("language").stringValue())
                .isEqualTo("de-AT");
        assertThat(audited()).hasSize(before + 2);
        patch("{\"name\": null, \"language\": null}");
    }

    @Test
    void whatCannotStandInAMailIsRefusedAtOnceAltogether() {
        Api.Answer refused = patch("""
                {"name": "A\\r\\nBcc: eve@acme.example", "reply_to": "A <it@acme.example>", "language": "ja",
                 "x": 1}""");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.violations())
                .containsExactlyInAnyOrder("/name pattern", "/reply_to pattern", "/language not_allowed", "/x unknown");
        assertThat(patch("{\"reply_to\": \"it@acme.example\\r\\nBcc: eve@acme.example\"}")
                        .violations())
                .contains("/reply_to pattern");
        assertThat(patch("{\"language\": \"fr\"}", "If-Match", "\"other\"").status())
                .isEqualTo(412);
        assertThat(operator.get(PATH).json().path("language").isNull()).isTrue();
    }

    @Test
    void nobodyButTheOperatorMayDoItAndAnUnknownOrganizationIsNone() {
        Api all = Api.ofNoApi(server.url()).with(world.api().token());
        assertThat(all.get(PATH).status()).isEqualTo(403);
        assertThat(all.call("PATCH", PATH, "{}").status()).isEqualTo(403);
        assertThat(operator.get("/operator/organizations/nobody/mails").status())
                .isEqualTo(404);
        assertThat(operator.call("PATCH", "/operator/organizations/nobody/mails", "{}")
                        .status())
                .isEqualTo(404);
    }
}
