package io.trunkline.network.hlr;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.ids.Imsi;
import io.trunkline.ids.Msisdn;
import io.trunkline.network.Outcome;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.AbstractAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every HLR does for us, whichever it is and however it is spoken to. */
abstract class HlrContract {
    static final SimKeys KEYS = new SimKeys("465b5ce8b199b49faa5f0a2ee238a6bc", "cd63cb71954a9f4e48a5994e37a02baf");
    static final SimKeys OTHER_KEYS = new SimKeys("0".repeat(32), "F".repeat(32));
    static final String CORRELATION = "a-test";

    private static final AtomicLong NEXT = new AtomicLong(1);

    private final long first = NEXT.getAndAdd(10);

    abstract Hlr hlr();

    /** IMSIs and numbers of this test alone. */
    final Imsi imsi(int index) {
        return new Imsi("00101%010d".formatted(first + index));
    }

    final Msisdn number(int index) {
        return new Msisdn("4917%08d".formatted(first + index));
    }

    final Line line(int index) {
        return new Line(imsi(index), number(index), Services.ALL);
    }

    static AbstractAssert<?, ?> assertAccepted(Outcome<?> outcome) {
        return assertThat((Object) outcome).isInstanceOf(Outcome.Accepted.class);
    }

    static void assertRejected(Outcome<?> outcome, HlrCode code) {
        assertThat((Object) outcome).isInstanceOfSatisfying(Outcome.Rejected.class, rejected -> {
            assertThat(rejected.code()).isEqualTo(code.code());
            assertThat(rejected.retryable()).isEqualTo(code.retryable());
            assertThat(rejected.detail()).doesNotContain(KEYS.ki(), KEYS.opc());
        });
    }

    final void assertThatThereIs(Line line) {
        assertThat(hlr().find(line.imsi(), CORRELATION)).isEqualTo(new Outcome.Accepted<>(Optional.of(line)));
    }

    final void assertThatNothingIsAt(Imsi imsi) {
        assertThat(hlr().find(imsi, CORRELATION)).isEqualTo(new Outcome.Accepted<>(Optional.empty()));
    }

    @Test
    void a_line_is_there_once_it_is_provisioned_and_gone_once_it_is_deleted() {
        assertThatNothingIsAt(imsi(1));
        assertAccepted(hlr().provision(line(1), KEYS, CORRELATION));
        assertThatThereIs(line(1));
        assertThat(hlr().find(number(1), CORRELATION)).isEqualTo(new Outcome.Accepted<>(Optional.of(line(1))));
        assertAccepted(hlr().delete(imsi(1), CORRELATION));
        assertThatNothingIsAt(imsi(1));
        assertThat(hlr().find(number(1), CORRELATION)).isEqualTo(new Outcome.Accepted<>(Optional.empty()));
    }

    @Test
    void what_was_done_before_counts_as_done() {
        for (int time = 0; time < 2; time++) {
            assertAccepted(hlr().provision(line(1), KEYS, CORRELATION));
            assertThatThereIs(line(1));
        }
        for (int time = 0; time < 2; time++) {
            assertAccepted(hlr().setServices(imsi(1), Services.NONE, CORRELATION));
            assertThatThereIs(new Line(imsi(1), number(1), Services.NONE));
        }
        for (int time = 0; time < 2; time++) {
            assertAccepted(hlr().delete(imsi(1), CORRELATION));
        }
    }

    @Test
    void a_line_that_was_made_in_part_is_completed() {
        assertAccepted(hlr().provision(new Line(imsi(1), null, Services.NONE), OTHER_KEYS, CORRELATION));
        assertAccepted(hlr().provision(line(1), KEYS, CORRELATION));
        assertThatThereIs(line(1));
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void voice_and_sms_together_and_data_are_switched_apart(boolean voiceAndSms, boolean data) {
        var services = new Services(voiceAndSms, voiceAndSms, data);
        assertAccepted(hlr().provision(new Line(imsi(1), number(1), services), KEYS, CORRELATION));
        assertThatThereIs(new Line(imsi(1), number(1), services));
        assertAccepted(hlr().setServices(imsi(1), Services.ALL, CORRELATION));
        assertThatThereIs(line(1));
        assertAccepted(hlr().setServices(imsi(1), services, CORRELATION));
        assertThatThereIs(new Line(imsi(1), number(1), services));
    }

    @Test
    void what_it_cannot_hold_apart_is_refused_without_effect() {
        var voiceAlone = new Services(true, false, true);
        assertThat(hlr().capabilities().refusal(voiceAlone, 1)).contains(HlrCode.SERVICES_INSEPARABLE);
        assertThat(hlr().capabilities().refusal(Services.ALL, 2)).contains(HlrCode.TOO_MANY_NUMBERS);
        assertThat(hlr().capabilities().refusal(Services.ALL, 1)).isEmpty();
        assertRejected(
                hlr().provision(new Line(imsi(1), number(1), voiceAlone), KEYS, CORRELATION),
                HlrCode.SERVICES_INSEPARABLE);
        assertThatNothingIsAt(imsi(1));
        assertAccepted(hlr().provision(line(2), KEYS, CORRELATION));
        assertRejected(hlr().setServices(imsi(2), voiceAlone, CORRELATION), HlrCode.SERVICES_INSEPARABLE);
        assertThatThereIs(line(2));
    }

    @Test
    void a_number_of_another_line_is_refused_without_effect() {
        assertAccepted(hlr().provision(line(1), KEYS, CORRELATION));
        assertRejected(
                hlr().provision(new Line(imsi(2), number(1), Services.ALL), KEYS, CORRELATION), HlrCode.NUMBER_IN_USE);
        assertThatNothingIsAt(imsi(2));
        assertThatThereIs(line(1));
    }

    @Test
    void an_imsi_with_another_number_is_not_touched() {
        assertAccepted(hlr().provision(line(1), KEYS, CORRELATION));
        assertRejected(
                hlr().provision(new Line(imsi(1), number(2), Services.NONE), OTHER_KEYS, CORRELATION),
                HlrCode.IMSI_IN_USE);
        assertThatThereIs(line(1));
    }

    @Test
    void a_line_that_is_not_there_has_no_services_to_set() {
        assertRejected(hlr().setServices(imsi(1), Services.ALL, CORRELATION), HlrCode.NO_SUCH_LINE);
    }

    @Test
    void a_number_moves_to_another_sim_and_back() {
        assertAccepted(hlr().provision(line(1), KEYS, CORRELATION));
        assertAccepted(hlr().provision(new Line(imsi(2), null, Services.ALL), OTHER_KEYS, CORRELATION));
        for (int time = 0; time < 2; time++) {
            assertAccepted(hlr().moveNumber(number(1), imsi(1), imsi(2), CORRELATION));
            assertThatThereIs(new Line(imsi(1), null, Services.ALL));
            assertThatThereIs(new Line(imsi(2), number(1), Services.ALL));
        }
        assertAccepted(hlr().moveNumber(number(1), imsi(2), imsi(1), CORRELATION));
        assertThatThereIs(line(1));
        assertThatThereIs(new Line(imsi(2), null, Services.ALL));
    }

    @Test
    void a_number_that_nobody_has_any_more_is_set_all_the_same() {
        assertAccepted(hlr().provision(line(1), KEYS, CORRELATION));
        assertAccepted(hlr().provision(new Line(imsi(2), null, Services.ALL), KEYS, CORRELATION));
        assertAccepted(hlr().delete(imsi(1), CORRELATION));
        assertAccepted(hlr().moveNumber(number(1), imsi(1), imsi(2), CORRELATION));
        assertThatThereIs(new Line(imsi(2), number(1), Services.ALL));
    }

    @Test
    void a_number_is_not_taken_from_a_third_line_nor_given_to_one_that_has_one_or_is_not_there() {
        assertAccepted(hlr().provision(line(1), KEYS, CORRELATION));
        assertAccepted(hlr().provision(new Line(imsi(2), null, Services.ALL), KEYS, CORRELATION));
        assertAccepted(hlr().provision(line(3), KEYS, CORRELATION));
        assertRejected(hlr().moveNumber(number(1), imsi(3), imsi(2), CORRELATION), HlrCode.NUMBER_IN_USE);
        assertRejected(hlr().moveNumber(number(1), imsi(1), imsi(3), CORRELATION), HlrCode.LINE_HAS_ANOTHER_NUMBER);
        assertRejected(hlr().moveNumber(number(1), imsi(1), imsi(4), CORRELATION), HlrCode.NO_SUCH_LINE);
        assertThatThereIs(line(1));
        assertThatThereIs(new Line(imsi(2), null, Services.ALL));
        assertThatThereIs(line(3));
    }

    @Test
    void the_longest_and_the_shortest_identifiers_are_taken() {
        Line shortest = new Line(new Imsi("001" + first % 900_000 + 100), new Msisdn("9" + first), Services.ALL);
        Line longest = new Line(imsi(1), new Msisdn("9%014d".formatted(first)), Services.ALL);
        for (Line line : new Line[] {shortest, longest}) {
            assertAccepted(hlr().provision(line, KEYS, CORRELATION));
            assertThatThereIs(line);
            assertAccepted(hlr().delete(line.imsi(), CORRELATION));
        }
    }
}
