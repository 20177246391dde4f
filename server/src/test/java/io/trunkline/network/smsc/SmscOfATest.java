package io.trunkline.network.smsc;

import java.time.Duration;
import java.util.List;

/** An SMSC as tests speak to it, with one bind. */
public final class SmscOfATest {
    private SmscOfATest() {}

    public static Smscs at(String name, String host, int port) {
        return new Smscs(List.of(new SmscSettings(
                name,
                host,
                port,
                "test",
                "secret",
                "",
                SmscSettings.Mode.TRANSCEIVER,
                1,
                10,
                0,
                SmscSettings.Concatenation.UDH,
                SmscSettings.Ids.ALIKE,
                List.of(),
                false,
                "",
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofMillis(300))));
    }
}
