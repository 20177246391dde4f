package io.trunkline.network.smsc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.trunkline.network.Outcome;
import io.trunkline.stories.Api;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's osmo-msc, which others wrote, as far as it goes without handsets; skipped where it is not installed. */
class OsmoMscTest {
    @TempDir
    static Path directory;

    private static OsmoMsc msc;

    private final List<Smscs> started = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(OsmoMsc.missing().isEmpty(), () -> OsmoMsc.missing().orElse(""));
        msc = OsmoMsc.start(directory);
    }

    @AfterAll
    static void stop() {
        if (msc != null) {
            msc.close();
        }
    }

    @AfterEach
    void unbind() {
        started.forEach(Smscs::stop);
    }

    private Smsc bind(String password) {
        var smscs = new Smscs(List.of(msc.settings(password)));
        started.add(smscs);
        smscs.start(
                new FromSmsc() {
                    @Override
                    public CompletionStage<Boolean> receipt(Receipt receipt) {
                        throw new AssertionError(receipt);
                    }

                    @Override
                    public CompletionStage<Boolean> text(InboundPart part) {
                        throw new AssertionError(part);
                    }
                },
                () -> {});
        return smscs.all().getFirst();
    }

    private Smsc bound() {
        Smsc smsc = bind(OsmoMsc.PASSWORD);
        Api.await("the bind", () -> smsc.up() == 1);
        return smsc;
    }

    private static List<Outcome<String>> send(Smsc smsc, String to, String text) {
        Segments segments = Segments.of(text);
        var outcomes = new ArrayList<Outcome<String>>();
        for (int part = 1; part <= segments.count(); part++) {
            outcomes.add(smsc.submit(new ShortMessage(
                    "447700900001",
                    to,
                    segments.encoding(),
                    segments.parts().get(part - 1),
                    7,
                    segments.count(),
                    part,
                    Duration.ofHours(25))));
        }
        return outcomes;
    }

    @Test
    void it_takes_texts_of_every_encoding_and_length() {
        Smsc smsc = bound();
        for (String text : List.of("Hello", "x".repeat(160), "€".repeat(200), "ж".repeat(70), "👋".repeat(90))) {
            assertThat(send(smsc, "447911123456", text)).as(text).allMatch(Outcome.Accepted.class::isInstance);
        }
    }

    @Test
    void many_at_a_time_come_to_their_answers() throws Exception {
        Smsc smsc = bound();
        var running = new ArrayList<FutureTask<List<Outcome<String>>>>();
        for (int i = 0; i < 200; i++) {
            String to = Long.toString(447_911_200_000L + i);
            var task = new FutureTask<>(() -> send(smsc, to, "Hello"));
            running.add(task);
            Thread.ofVirtual().start(task);
        }
        var outcomes = new ArrayList<Outcome<String>>();
        for (FutureTask<List<Outcome<String>>> task : running) {
            outcomes.addAll(task.get());
        }
        assertThat(outcomes).hasSize(200).allMatch(Outcome.Accepted.class::isInstance);
    }

    @Test
    void a_wrong_password_makes_no_bind_and_what_is_to_be_sent_waits() {
        Smsc smsc = bind("wrong");
        assertThat(send(smsc, "447911123456", "Hello").getFirst())
                .isEqualTo(new Outcome.Rejected<>(Smsc.UNREACHABLE, "no bind is up", true));
        bound();
        assertThat(smsc.up()).isZero();
    }
}
