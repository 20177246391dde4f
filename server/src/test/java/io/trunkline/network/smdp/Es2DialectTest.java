package io.trunkline.network.smdp;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.ids.Iccid;
import io.trunkline.network.Outcome;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What peers want otherwise is a setting. */
final class Es2DialectTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {"false, true", "true, `\"true\"`"})
    void a_peer_that_takes_only_strings_is_sent_strings(boolean valuesAsStrings, String sent) throws IOException {
        try (var peer = ScriptedSmdp.answering(ScriptedSmdp.http(200, ScriptedSmdp.SUCCESS))) {
            var settings = new SmdpSettings(
                    peer.url(), "smdp.example.com", "2.999.77", "2.4.0", false, valuesAsStrings, LONG, LONG, 4, LONG);
            try (var smdp = new Es2Plus(settings)) {
                var order = ConfirmOrder.released(Iccid.ofBody("894900000000000000"), "A-1");
                assertThat(smdp.confirmOrder(order, new FunctionCall("TX-1", "c")))
                        .isInstanceOf(Outcome.Accepted.class);
            }
            assertThat(peer.onlyOne().body()).endsWith(",\"releaseFlag\":" + sent + "}");
        }
    }
}
