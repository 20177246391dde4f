package io.trunkline.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ParametersTest {
    private static List<String> violations(Parameters parameters) {
        try {
            parameters.check();
            return List.of();
        } catch (Refusal refusal) {
            return refusal.problem().violations().stream()
                    .map(violation -> violation.name() + " " + violation.code())
                    .toList();
        }
    }

    @Test
    void arraysAreRepeatedOrSeparatedByCommas() {
        for (String query : List.of("type=voice&type=sms", "type=voice,sms", "type=voice%2Csms,voice")) {
            assertThat(new Parameters(query).anyOf("type", "voice", "sms", "data"))
                    .containsExactly("voice", "sms");
        }
        assertThat(new Parameters(null).anyOf("type", "voice")).isEmpty();
        var parameters = new Parameters("type=voice,,fax&type=");
        assertThat(parameters.anyOf("type", "voice", "sms")).containsExactly("voice");
        assertThat(violations(parameters)).containsExactly("type NOT_ALLOWED", "type NOT_ALLOWED", "type NOT_ALLOWED");
    }

    @Test
    void valuesArePercentEncodedUtf8() {
        var parameters = new Parameters("q=S%C3%B8ren+Li&&email=a%2Bb%40example.com");
        assertThat(parameters.text("q")).contains("Søren Li");
        assertThat(parameters.text("email")).contains("a+b@example.com");
        parameters.check();
        for (String query : List.of("q=%", "q=%4", "q=%zz", "q=%C3", "q=%C3%28", "q=%ED%A0%80", "q=ø")) {
            var broken = new Parameters(query);
            assertThat(broken.text("q")).isEmpty();
            assertThat(violations(broken)).as(query).containsExactly("q PATTERN");
        }
    }

    @Test
    void textIsALineThatSaysSomething() {
        for (String query : List.of("q=", "q", "q=%20", "q=a%00", "q=%0A", "q=%C2%85")) {
            var parameters = new Parameters(query);
            assertThat(parameters.text("q")).as(query).isEqualTo(Optional.empty());
            assertThat(violations(parameters)).as(query).containsExactly("q PATTERN");
        }
        var repeated = new Parameters("q=a&q=b");
        assertThat(repeated.text("q")).isEmpty();
        assertThat(violations(repeated)).containsExactly("q REPEATED");
    }

    @Test
    void allThatIsWrongIsToldAtOnce() {
        var parameters = new Parameters("limit=0&staus=active&status=closed&x%00y=1");
        parameters.limit();
        parameters.oneOf("status", "active");
        assertThatThrownBy(parameters::check).isInstanceOf(Refusal.class);
        assertThat(violations(new Parameters("a=1&b=2&a=3"))).containsExactly("a UNKNOWN", "b UNKNOWN");
        assertThat(violations(parameters)).contains("limit RANGE", "status NOT_ALLOWED", "staus UNKNOWN");
    }

    @Test
    void whatACursorIsBoundToHasOneSpellingAndNoTwoMeanings() {
        assertThat(new Parameters("b=2&limit=5&a=1&cursor=x").filters()).isEqualTo("a=1&b=2");
        assertThat(new Parameters("a=1%26b%3D2").filters()).isNotEqualTo("a=1&b=2");
        assertThat(new Parameters("b=2&limit=5&cursor=x").carried(Optional.of("y")))
                .isEqualTo("?b=2&limit=5&cursor=y");
        assertThat(new Parameters("cursor=x").asGiven()).isEqualTo("?cursor=x");
        assertThat(new Parameters(null).carried(Optional.empty())).isEmpty();
    }
}
