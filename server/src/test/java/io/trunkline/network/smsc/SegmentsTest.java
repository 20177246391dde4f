package io.trunkline.network.smsc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SegmentsTest {
    private static final List<String> GSM =
            List.of("a", "Z", "0", " ", "@", "ü", "Ω", "\n", "€", "[", "]", "{", "}", "\\", "^", "~", "|", "\f");
    private static final List<String> ANY = List.of("a", "€", "ß", "ж", "漢", "📱", "👩", "\u200d", "🇬", "\u0301");

    @ParameterizedTest
    @CsvSource({"1, 1", "159, 1", "160, 1", "161, 2", "305, 2", "306, 2", "307, 3", "459, 3", "460, 4", "500, 4"})
    void plain_characters_take_160_septets_alone_and_153_each_together(int characters, int segments) {
        Segments cut = Segments.of("x".repeat(characters));
        assertThat(cut.encoding()).isEqualTo(Encoding.GSM7);
        assertThat(cut.count()).isEqualTo(segments);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "69, 1", "70, 1", "71, 2", "134, 2", "135, 3", "201, 3", "202, 4", "500, 8"})
    void others_take_70_units_alone_and_67_each_together(int characters, int segments) {
        Segments cut = Segments.of("ж".repeat(characters));
        assertThat(cut.encoding()).isEqualTo(Encoding.UCS2);
        assertThat(cut.count()).isEqualTo(segments);
    }

    @ParameterizedTest
    @CsvSource({"80, 1", "81, 2", "152, 2", "153, 3"})
    void an_extended_character_counts_two_and_is_never_cut(int characters, int segments) {
        Segments cut = Segments.of("€".repeat(characters));
        assertThat(cut.encoding()).isEqualTo(Encoding.GSM7);
        assertThat(cut.count()).isEqualTo(segments);
        // 153 is odd: the last septet of each stays empty.
        assertThat(cut.parts()).allMatch(part -> part.length % 2 == 0);
    }

    @ParameterizedTest
    @CsvSource({"35, 1", "36, 2", "66, 2", "67, 3"})
    void a_surrogate_pair_is_never_cut(int characters, int segments) {
        Segments cut = Segments.of("📱".repeat(characters));
        assertThat(cut.count()).isEqualTo(segments);
        assertThat(cut.parts()).allMatch(part -> part.length % 4 == 0);
    }

    @Test
    void an_escape_at_the_border_moves_into_the_next_segment_as_a_whole() {
        Segments cut = Segments.of("x".repeat(152) + "€" + "y".repeat(20));
        assertThat(cut.parts()).extracting(part -> part.length).containsExactly(152, 22);
        assertThat(cut.parts().getLast()).startsWith((byte) 0x1b, (byte) 0x65);
    }

    @Test
    void an_encoding_that_lacks_a_character_is_refused() {
        assertThatThrownBy(() -> Segments.of("ж", Encoding.GSM7)).hasMessageContaining("U+0436");
        assertThat(Segments.of("plain", Encoding.UCS2).parts().getFirst()).hasSize(10);
    }

    @Test
    void whatever_the_text_no_segment_is_too_long_and_none_is_lost() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            String text = text(random);
            Segments cut = Segments.of(text);
            int most = cut.count() == 1
                    ? cut.encoding().octetsWhole()
                    : cut.encoding().octetsOfSegment();
            assertThat(cut.parts()).as("seed %d: %s", seed, text).allMatch(part -> part.length <= most);
            var read = new StringBuilder();
            cut.parts()
                    .forEach(part -> read.append(
                            cut.encoding() == Encoding.GSM7
                                    ? Gsm7.decode(part)
                                    : new String(part, StandardCharsets.UTF_16BE)));
            assertThat(read.toString()).as("seed %d", seed).isEqualTo(text);
        }
    }

    /** 1 to 500 characters of the default alphabet, or of any. */
    static String text(Random random) {
        List<String> alphabet = random.nextBoolean() ? GSM : ANY;
        var text = new StringBuilder();
        IntStream.range(0, 1 + random.nextInt(500))
                .forEach(_ -> text.append(alphabet.get(random.nextInt(alphabet.size()))));
        return text.toString();
    }
}
