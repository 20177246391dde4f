package io.trunkline.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PreferencesTest {
    private static List<String> transcluded(String... headers) {
        Preferences preferences = Preferences.of(Arrays.asList(headers));
        return List.of("account", "subscriber", "services").stream()
                .filter(preferences::transcludes)
                .toList();
    }

    @Test
    void orderSpacingCaseOfTheNameAndOtherPreferencesMakeNoDifference() {
        assertThat(transcluded("transclude=\"account;services\"")).containsExactly("account", "services");
        assertThat(transcluded("TRANSCLUDE = \" services ;account,unknown\"")).containsExactly("account", "services");
        assertThat(transcluded("return=minimal; x=\"a,b\", transclude=\"account\"; y"))
                .containsExactly("account");
        assertThat(transcluded("respond-async", "wait=10,transclude=account")).containsExactly("account");
        assertThat(transcluded("transclude=\"acc\\ount\"")).containsExactly("account");
    }

    @Test
    void ofAPreferenceThatComesTwiceTheFirstOneCounts() {
        assertThat(transcluded("transclude=account, transclude=services")).containsExactly("account");
        assertThat(transcluded("transclude=account", "transclude=services")).containsExactly("account");
    }

    @Test
    void whatCannotBeReadIsIgnored() {
        for (String header :
                List.of("", ",", "=", "transclude", "transclude=", "transclude=\"account", ";;,\"", "\\")) {
            assertThat(transcluded(header)).as(header).isEmpty();
        }
        assertThat(transcluded("=x, transclude=account")).containsExactly("account");
        assertThat(transcluded("\"a, transclude=services\", transclude=account"))
                .containsExactly("account");
    }

    @Test
    void whatWasAppliedIsTold() {
        Preferences preferences =
                Preferences.of(List.of("msisdn=string, transclude=\"services;account;nothing\", return=minimal"));
        assertThat(preferences.applied()).isEmpty();
        assertThat(preferences.applies("msisdn", "number")).isFalse();
        assertThat(preferences.applies("msisdn", "string")).isTrue();
        assertThat(preferences.transcludes("account")).isTrue();
        assertThat(preferences.transcludes("services")).isTrue();
        assertThat(preferences.applied()).isEqualTo("transclude=\"account;services\", msisdn=string");
    }
}
