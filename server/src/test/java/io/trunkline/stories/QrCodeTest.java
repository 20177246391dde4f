package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.ids.SubscriptionId;
import io.trunkline.network.smdp.ActivationCode;
import io.trunkline.security.Licence;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The activation code at its link. */
@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QrCodeTest {
    private static final String LAST_LOOK = """
            SELECT actor_type || ' ' || actor || ' ' || correlation_id AS look FROM audit_entries
            WHERE organization_id = ? AND action = 'activation_code.read' ORDER BY id DESC LIMIT 1""";

    private static final String LOOKS = """
            SELECT count(*) AS n FROM audit_entries
            WHERE organization_id = ? AND action = 'activation_code.read'""";

    private World world;
    private Api api;
    private String path;
    private SubscriptionId subscription;

    @BeforeAll
    void prepare(RunningServer server) {
        world = server.world("qr").stock(5);
        api = world.api();
        Api.Answer order =
                api.awaitOrder(api.post("/enterprise/orders", world.apiOrder()).link("self"));
        subscription = SubscriptionId.parse(order.json().path("subscription_id").stringValue())
                .orElseThrow();
        path = "/enterprise/subscriptions/" + subscription + "/sim-profile/qr-code";
        assertThat(order.json()
                        .path("sim_profile")
                        .path("_links")
                        .path("qr_code")
                        .path("href")
                        .stringValue())
                .endsWith(path);
    }

    private ActivationCode code() {
        return ActivationCode.parse(api.get(path, "Accept", "application/json")
                        .json()
                        .path("activation_code")
                        .stringValue())
                .orElseThrow();
    }

    @Test
    void asJsonItHasTheFieldsOfTheContract() {
        Api.Answer answer = api.get(path, "Accept", "application/json");
        assertThat(answer.status()).isEqualTo(200);
        JsonNode json = answer.json();
        assertThat(json.propertyNames())
                .containsExactly("activation_code", "smdp_address", "matching_id", "confirmation_code_required");
        assertThat(json.path("activation_code").stringValue())
                .isEqualTo("1$" + json.path("smdp_address").stringValue() + "$"
                        + json.path("matching_id").stringValue());
        assertThat(json.path("confirmation_code_required").booleanValue()).isFalse();
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        assertThat(answer.header("Vary")).contains("Accept");
    }

    @ParameterizedTest
    @ValueSource(strings = {"image/png", "*/*", "image/*", "text/html, image/png;q=0.9, image/svg+xml;q=0.1"})
    void asAPictureItCanBeScanned(String accept) {
        Api.Answer answer = api.get(path, "Accept", accept);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("image/png");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        assertThat(QrReader.png(answer.response().body())).isEqualTo(code().lpa());
    }

    @Test
    void asADrawingItCanBeScanned() {
        Api.Answer answer = api.get(path, "Accept", "image/svg+xml");
        assertThat(answer.header("Content-Type")).startsWith("image/svg+xml");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        assertThat(QrReader.read(drawn(answer.text()))).isEqualTo(code().lpa());
    }

    /** Draws the squares of the path, as {@code Mx,yh1v1h-1z}. */
    private static BufferedImage drawn(String svg) {
        Matcher box = Pattern.compile("viewBox=\"0 0 (\\d+) (\\d+)\"").matcher(svg);
        assertThat(box.find()).as(svg).isTrue();
        int size = Integer.parseInt(box.group(1));
        int scale = 8;
        var image = new BufferedImage(size * scale, size * scale, BufferedImage.TYPE_INT_RGB);
        var graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, size * scale, size * scale);
        graphics.setColor(Color.BLACK);
        Matcher square = Pattern.compile("M(\\d+)[, ](\\d+)h(\\d+)v1h-\\3z").matcher(svg);
        int squares = 0;
        while (square.find()) {
            graphics.fillRect(
                    Integer.parseInt(square.group(1)) * scale,
                    Integer.parseInt(square.group(2)) * scale,
                    Integer.parseInt(square.group(3)) * scale,
                    scale);
            squares++;
        }
        graphics.dispose();
        assertThat(squares).as(svg).isPositive();
        return image;
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/xml", "image/jpeg", "image/png;q=0"})
    void whatCannotBeMadeIsNotAcceptable(String accept) {
        Api.Answer answer = api.get(path, "Accept", accept);
        assertThat(answer.status()).isEqualTo(406);
        assertThat(answer.code()).isEqualTo("not_acceptable");
        assertThat(answer.text()).contains("image/png", "image/svg+xml", "application/json");
    }

    @Test
    void everyLookIsAuditedWithWhoAndWhat() {
        long before = looks();
        api.get(path, "Accept", "image/png", "X-Correlation-ID", "look-1");
        api.get(path, "Accept", "application/json", "X-Correlation-ID", "look-2");
        api.get(path, "Accept", "text/html");
        assertThat(looks() - before).isEqualTo(2);
        assertThat(world.sql().list(LAST_LOOK, row -> row.text("look"), world.organization()))
                .containsExactly("client qr-client look-2");
    }

    private long looks() {
        return world.sql()
                .one(LOOKS, row -> row.longInteger("n"), world.organization())
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "reserved, 409, not_released",
        "released, 200, ''",
        "downloaded, 200, ''",
        "error, 200, ''",
        "installed, 410, gone",
        "deleted, 410, gone"
    })
    void itIsThereFromTheReleaseUntilItIsUsedUp(String state, int status, String code) {
        setState(state);
        try {
            Api.Answer answer = api.get(path);
            assertThat(answer.status()).isEqualTo(status);
            if (status != 200) {
                assertThat(answer.code()).isEqualTo(code);
            }
            Api.Answer profile = api.get("/enterprise/subscriptions/" + subscription + "/sim-profile");
            assertThat(profile.link("qr_code").isEmpty()).isEqualTo(status != 200);
        } finally {
            setState("released");
        }
    }

    private void setState(String state) {
        world.sql()
                .update(
                        "UPDATE sim_profiles SET state = ? WHERE organization_id = ? AND subscription_id = ?",
                        state,
                        world.organization(),
                        subscription);
    }

    @Test
    void itNeedsTheLicenceOfOrdersAndIsForeignToOthers(RunningServer server) {
        assertThat(world.api(World.allBut(Licence.ORDERS)).get(path).status()).isEqualTo(403);
        Api.Answer foreign = server.world("qr-stranger").api().get(path);
        Api.Answer unknown = api.get("/enterprise/subscriptions/sub_01HTQ8ZW1JVSFRWJX51K4CTX7Y/sim-profile/qr-code");
        assertThat(foreign.status()).isEqualTo(404);
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(foreign.json().path("detail")).isEqualTo(unknown.json().path("detail"));
    }

    @Test
    void theSecretLiesSealedInTheDatabase() {
        byte[] sealed = world.sql()
                .one(
                        "SELECT sealed_matching_id FROM sim_profiles WHERE organization_id = ? AND subscription_id = ?",
                        row -> row.bytes("sealed_matching_id"),
                        world.organization(),
                        subscription)
                .orElseThrow();
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain(code().matchingId());
    }
}
