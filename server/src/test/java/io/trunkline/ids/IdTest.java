package io.trunkline.ids;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IdTest {
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    /** A type of id: how it is made of a value and read from a text. */
    record Kind(String prefix, Function<UUID, Id> of, Function<String, ? extends Optional<? extends Id>> parse) {
        @Override
        public String toString() {
            return prefix;
        }
    }

    static List<Kind> kinds() {
        return List.of(
                new Kind("acc_", AccountId::new, AccountId::parse),
                new Kind("sub_", SubscriptionId::new, SubscriptionId::parse),
                new Kind("sbr_", SubscriberId::new, SubscriberId::parse),
                new Kind("order_", OrderId::new, OrderId::parse),
                new Kind("batch_", BatchId::new, BatchId::parse),
                new Kind("uexp_", ExportId::new, ExportId::parse),
                new Kind("dlv_", DeliveryId::new, DeliveryId::parse),
                new Kind("otpl_", TemplateId::new, TemplateId::parse),
                new Kind("prodoff_", OfferingId::new, OfferingId::parse),
                new Kind("prod_", ProductId::new, ProductId::parse),
                new Kind("uitem_", UsageItemId::new, UsageItemId::parse),
                new Kind("sms_", SmsId::new, SmsId::parse),
                new Kind("org_", OrganizationId::new, OrganizationId::parse));
    }

    @Test
    void every_type_of_id_is_tested_here() {
        var tested = new ArrayList<Class<?>>();
        kinds().forEach(kind -> tested.add(kind.of().apply(Id.NOBODY).getClass()));
        assertThat(tested).containsAll(Arrays.asList(Id.class.getPermittedSubclasses()));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void what_is_written_is_read_back(Kind kind) {
        for (int i = 0; i < 1_000; i++) {
            Id id = kind.of().apply(new UUID(random.nextLong(), random.nextLong()));
            assertThat(id.text()).matches("^" + kind.prefix() + "[0-9A-HJKMNP-TV-Z]{26}$");
            assertThat(id).hasToString(id.text());
            assertThat(kind.parse().apply(id.text()).map(Id.class::cast))
                    .as("seed " + seed)
                    .contains(id);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void what_has_the_pattern_but_is_no_id_of_ours_is_nobody(Kind kind) {
        for (String ulid : List.of(
                "A00ABCDRT1F00AVRPTAQ5XQFUT", // the reference's sample: U is no letter of Crockford's
                "ZZZZZZZZZZZZZZZZZZZZZZZZZZ", // more than 128 bits
                "O1ARZ3NDEKTSV4RRFFQ69G5FAV", // a decoder would read the O as 0
                "0IARZ3NDEKTSV4RRFFQ69G5FAV",
                "0LARZ3NDEKTSV4RRFFQ69G5FAV")) {
            assertThat(kind.parse().apply(kind.prefix() + ulid).map(Id::value)).contains(Id.NOBODY);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void what_does_not_have_the_pattern_is_refused(Kind kind) {
        String good = kind.of().apply(Id.newValue(Instant.now())).text();
        for (String text : List.of(
                "",
                kind.prefix(),
                good + "0",
                good.substring(0, good.length() - 1),
                good.toLowerCase(java.util.Locale.ROOT),
                " " + good,
                good + "\n",
                "x" + good.substring(1),
                good.replace('_', '-'),
                good.substring(0, good.length() - 1) + "é",
                good.substring(0, good.length() - 1) + "٣")) {
            assertThat(kind.parse().apply(text)).as("\"" + text + "\"").isEmpty();
        }
    }

    @RepeatedTest(5)
    void ids_made_later_come_later() {
        Instant at = Instant.ofEpochMilli(random.nextLong(4_000_000_000_000L));
        UUID earlier = Id.newValue(at);
        UUID later = Id.newValue(at.plusMillis(1));
        assertThat(earlier.toString()).as("seed " + seed).isLessThan(later.toString());
        assertThat(new OrderId(earlier).text()).isLessThan(new OrderId(later).text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"8944500000000000003", "8944990000000000012"})
    void the_check_digit_of_an_iccid_is_luhns(String digits) {
        // Every single wrong digit and nearly every swap of neighbours is found (ISO/IEC 7812-1, annex B).
        String right = Iccid.ofBody(digits.substring(0, 18)).digits();
        assertThat(Iccid.parse(right)).isPresent();
        for (int i = 2; i < right.length(); i++) {
            for (char c = '0'; c <= '9'; c++) {
                String changed = right.substring(0, i) + c + right.substring(i + 1);
                assertThat(Iccid.parse(changed).isPresent()).as(changed).isEqualTo(c == right.charAt(i));
            }
        }
        for (int i = 2; i + 1 < right.length(); i++) {
            char a = right.charAt(i);
            char b = right.charAt(i + 1);
            String swapped = right.substring(0, i) + b + a + right.substring(i + 2);
            boolean alike = a == b || (a == '0' && b == '9') || (a == '9' && b == '0');
            assertThat(Iccid.parse(swapped).isPresent()).as(swapped).isEqualTo(alike);
        }
    }

    @Test
    void known_check_digits_hold() {
        assertThat(Luhn.checkDigit("7992739871")).isEqualTo(3);
        assertThat(Luhn.holds("79927398713")).isTrue();
        assertThat(Luhn.holds("79927398710")).isFalse();
        assertThat(Luhn.checkDigit("490154203237518".substring(0, 14)))
                .as("an IMEI's")
                .isEqualTo(8);
    }

    @Test
    void an_iccid_may_carry_its_padding_on_the_wire() {
        Iccid iccid = Iccid.ofBody("894450000000000000");
        assertThat(Iccid.parse(iccid.digits() + "F")).contains(iccid);
        assertThat(Iccid.parse(iccid.digits() + "f")).contains(iccid);
        assertThat(Iccid.parse(iccid.digits() + "FF")).isEmpty();
        assertThat(Iccid.parse("F")).isEmpty();
        assertThat(Iccid.parse("")).isEmpty();
        assertThat(Iccid.parse("٨٩" + iccid.digits().substring(2)))
                .as("other scripts' digits")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "+1", "447700900000", "+447700900000", "123456789012345", "+123456789012345", "0"})
    void a_number_is_1_to_15_digits_with_or_without_a_plus(String text) {
        assertThat(Msisdn.parse(text)).map(Msisdn::digits).contains(text.replace("+", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "+", "++1", "1234567890123456", "44 7700", "0x1", "1+", "+1\n", "٣"})
    void anything_else_is_no_number(String text) {
        assertThat(Msisdn.parse(text)).isEmpty();
    }

    @Test
    void an_imsi_is_6_to_15_digits() {
        assertThat(Imsi.parse("001010000000001")).contains(new Imsi("001010000000001"));
        assertThat(Imsi.parse("001010")).isPresent();
        for (String text : new String[] {"", "00101", "0010100000000012", "00101000000000a", "+00101000000"}) {
            assertThat(Imsi.parse(text)).as(text).isEmpty();
        }
    }

    @Test
    void an_eid_is_32_digits_with_their_check_digits() {
        assertThat(Eid.parse("89049032123451234512345678901235")).isPresent();
        for (String text : new String[] {"", "89049032123451234512345678901236", "8904903212345123451234567890123"}) {
            assertThat(Eid.parse(text)).as(text).isEmpty();
        }
    }
}
