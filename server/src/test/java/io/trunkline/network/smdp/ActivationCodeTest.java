package io.trunkline.network.smdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ActivationCodeTest {
    private static final String ADDRESS = "SMDP.GSMA.COM";
    private static final String MATCHING_ID = "04386-AGYFT-A74Y8-3F815";
    private static final String OID = "1.3.6.1.4.1.31746";

    private static void same(String text, ActivationCode code) {
        assertThat(code.text()).isEqualTo(text);
        assertThat(code.lpa()).isEqualTo("LPA:" + text);
        assertThat(ActivationCode.parse(text)).contains(code);
        assertThat(ActivationCode.parse("LPA:" + text)).contains(code);
    }

    @Test
    void theExamplesOfTheStandardAreWrittenAndReadAlike() {
        // SGP.22 4.1, the examples below the table of fields.
        same("1$SMDP.GSMA.COM$04386-AGYFT-A74Y8-3F815", ActivationCode.of(ADDRESS, MATCHING_ID));
        same("1$SMDP.GSMA.COM$04386-AGYFT-A74Y8-3F815$$1", new ActivationCode(ADDRESS, MATCHING_ID, null, true));
        same(
                "1$SMDP.GSMA.COM$04386-AGYFT-A74Y8-3F815$1.3.6.1.4.1.31746$1",
                new ActivationCode(ADDRESS, MATCHING_ID, OID, true));
        same(
                "1$SMDP.GSMA.COM$04386-AGYFT-A74Y8-3F815$1.3.6.1.4.1.31746",
                new ActivationCode(ADDRESS, MATCHING_ID, OID, false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "LPA:",
                "1",
                "1$smdp.example.com",
                "2$smdp.example.com$ID",
                "1$smdp.example.com$",
                "1$smdp$ID",
                "1$smdp..example.com$ID",
                "1$-smdp.example.com$ID",
                "1$smdp.example.com$id",
                "1$smdp.example.com$I D",
                "1$smdp.example.com$ID$1.3$0",
                "1$smdp.example.com$ID$1.3$1$",
                "1$smdp.example.com$ID$3.1",
                "1$smdp.example.com$ID$x",
                "lpa:1$smdp.example.com$ID",
                "LPA:LPA:1$smdp.example.com$ID",
                " 1$smdp.example.com$ID",
                "1$smdp.example.com$ID\n"
            })
    void whatIsNoActivationCodeIsNotReadAsOne(String text) {
        assertThat(ActivationCode.parse(text)).isEmpty();
    }

    @Test
    void partsThatCouldMakeAnotherCodeOfItAreRefused() {
        for (String id : new String[] {"", "A$B", "a", "Ä", "A\nB", "A".repeat(65)}) {
            assertThatThrownBy(() -> ActivationCode.of(ADDRESS, id))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining(id.isEmpty() ? "$" : id + "\"");
        }
        for (String address :
                new String[] {"", "a$b.com", "a b.com", "http://a.com", "a.com/", "ä.com", "a." + "b".repeat(64)}) {
            assertThatThrownBy(() -> ActivationCode.of(address, MATCHING_ID))
                    .as(address)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new ActivationCode(ADDRESS, MATCHING_ID, "1.3$1", false))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void noCodeIsLongerThanTheStandardAllows() {
        String address = ("a".repeat(60) + ".").repeat(3) + "example.com";
        assertThat(ActivationCode.of(address, "A".repeat(58)).text()).hasSize(255);
        assertThatThrownBy(() -> ActivationCode.of(address, "A".repeat(59)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 255 characters, not 256");
    }

    @Test
    void anyCodeThatCanBeMadeIsReadBackAsItself() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            var code = new ActivationCode(
                    label(random) + "." + label(random),
                    text(random, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-", 1 + random.nextInt(64)),
                    random.nextBoolean() ? null : "2.999." + random.nextInt(100_000),
                    random.nextBoolean());
            assertThat(ActivationCode.parse(code.lpa())).as("seed %d", seed).contains(code);
            assertThat(code.toString()).as("seed %d", seed).doesNotContain("matchingId");
        }
    }

    @Test
    void noRandomChangeOfACodeIsReadAsAnythingThatIsWrittenOtherwise() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        String code = new ActivationCode(ADDRESS, MATCHING_ID, OID, true).lpa();
        for (int i = 0; i < 5_000; i++) {
            var changed = new StringBuilder(code);
            for (int change = 0; change <= random.nextInt(3); change++) {
                changed.setCharAt(random.nextInt(changed.length()), (char) (random.nextInt(0x7f - 0x20) + 0x20));
            }
            Optional<ActivationCode> read = ActivationCode.parse(changed.toString());
            read.ifPresent(
                    parsed -> assertThat(changed.toString()).as("seed %d", seed).isIn(parsed.lpa(), parsed.text()));
        }
    }

    private static String label(Random random) {
        return text(random, "abcdefghijklmnopqrstuvwxyz0123456789", 1 + random.nextInt(20));
    }

    private static String text(Random random, String alphabet, int length) {
        var text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    @Test
    void matchingIdsAreUniqueLongAndEvenlySpread() {
        var ids = new MatchingIds();
        Set<String> seen = new HashSet<>();
        int[] counts = new int[128];
        for (int i = 0; i < 20_000; i++) {
            String id = ids.next();
            assertThat(id).matches("[0-9A-HJKMNP-TV-Z]{20}");
            assertThat(seen.add(id)).isTrue();
            id.chars().forEach(c -> counts[c]++);
        }
        // 400,000 characters of 32: 12,500 of each; 8 standard deviations are 880.
        for (char c : "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray()) {
            assertThat(counts[c]).as("%s", c).isBetween(11_620, 13_380);
        }
        assertThat(ActivationCode.of("smdp.example.com", ids.next()).lpa()).startsWith("LPA:1$smdp.example.com$");
    }

    @Test
    void everyStatusCodeIsFoundByItsPairAndNothingElseIs() {
        for (StatusCode code : StatusCode.values()) {
            assertThat(StatusCode.of(code.code())).contains(code);
            assertThat(code.code()).matches("[0-9.]+/[0-9.]+");
            assertThat(code.reason()).matches("[a-z_]+");
            assertThat(code.retryable())
                    .as("only the SM-DS may recover by itself: %s", code)
                    .isEqualTo(code.code().startsWith("8.9/"));
        }
        for (String other : new String[] {"", "8.2.1", "8.2.1/", "8.2.1/3.30", "8.2.1 /3.3", "08.2.1/3.3"}) {
            assertThat(StatusCode.of(other)).as(other).isEmpty();
        }
    }

    @Test
    void thePairsThatPeersAnswerWithHaveReasonsThatStay() {
        var reasons = Map.ofEntries(
                Map.entry("8.2.5/3.9", "profile_type_unknown"),
                Map.entry("8.2.5/3.7", "profile_type_exhausted"),
                Map.entry("8.2.5/3.8", "profile_type_differs"),
                Map.entry("8.2.1/3.9", "iccid_unknown"),
                Map.entry("8.2.1/3.3", "profile_in_use"),
                Map.entry("8.2.1/3.5", "profile_not_releasable"),
                Map.entry("8.2.1/1.2", "profile_not_allowed"),
                Map.entry("8.1.1/2.2", "eid_missing"),
                Map.entry("8.1.1/3.10", "eid_differs"),
                Map.entry("8.2.6/3.3", "matching_id_in_use"),
                Map.entry("8.2.6/3.10", "matching_id_differs"),
                Map.entry("8.9/5.1", "smds_inaccessible"),
                Map.entry("8.9/4.2", "smds_failed"));
        assertThat(Arrays.stream(StatusCode.values()).collect(Collectors.toMap(StatusCode::code, StatusCode::reason)))
                .isEqualTo(reasons);
    }
}
