package io.trunkline.letters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class LettersTest {
    static final List<String> LANGUAGES = Letters.LANGUAGES;
    private static final String EVIL = "<img src=x onerror=alert(1)>\"'&{{code}}</title></style>";

    @TempDir
    Path directory;

    private static Letters ours() {
        return new Letters("", "en");
    }

    private Letters theirs() {
        return new Letters(directory.toString(), "en");
    }

    private void file(String name, String content) throws IOException {
        Files.writeString(directory.resolve(name), content);
    }

    private static Map<Slot, String> values() {
        var values = new EnumMap<Slot, String>(Slot.class);
        for (Slot slot : Slot.values()) {
            values.put(slot, "«" + slot.text() + "»");
        }
        return values;
    }

    @Test
    void everyLanguageHasEveryWordWithTheSameSlots() throws IOException {
        for (String language : LANGUAGES) {
            assertThat(slots(language)).as(language).isEqualTo(slots("en"));
        }
    }

    private static Map<String, Set<Slot>> slots(String language) throws IOException {
        var slots = new TreeMap<String, Set<Slot>>();
        words(language).forEach((name, word) -> slots.put(name, new TreeSet<>(word.slots())));
        return slots;
    }

    private static Map<String, Layout> words(String language) throws IOException {
        String name = "words_" + language + ".properties";
        try (var in = Letters.class.getResourceAsStream("/letters/" + name)) {
            return Words.read(language, name, new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                    .all();
        }
    }

    @ParameterizedTest
    @FieldSource("LANGUAGES")
    void aLetterSaysEverythingInBothOfItsForms(String language) {
        Letter letter = ours().activation(List.of(language), values());
        assertThat(letter.language()).isEqualTo(language);
        assertThat(letter.subject()).contains("«organization»").doesNotContain("\n");
        for (Slot slot : Slot.values()) {
            String value = slot == Slot.LANGUAGE ? "lang=\"" + language + "\"" : "«" + slot.text() + "»";
            assertThat(letter.html()).as("HTML, %s", slot).contains(value);
            if (slot != Slot.QR && slot != Slot.LANGUAGE) {
                assertThat(letter.text()).as("text, %s", slot).contains(value);
            }
        }
        assertThat(letter.text() + letter.html()).doesNotContain("{{", "}}");
    }

    @Test
    void whatIsEmptyIsLeftOutWithEverythingAboutIt() {
        Map<Slot, String> values = values();
        values.remove(Slot.NUMBERS);
        values.remove(Slot.REPLY_TO);
        Letter letter = ours().activation(List.of("en"), values);
        assertThat(letter.text()).doesNotContain("Your number", "Questions?").doesNotContain("\n\n\n");
        assertThat(letter.html()).doesNotContain("Your number", "Questions?", "mailto:");
    }

    @ParameterizedTest
    @CsvSource({
        "de, de",
        "de-CH, de",
        "pt-BR, pt",
        "PT-br, pt",
        "zh-Hant-TW, en",
        "en-GB, en",
        "x, en",
        "'', en",
        "fr-x-y, fr"
    })
    void theLanguageIsThePersonsOrTheNearestOrTheOperators(String wanted, String language) {
        assertThat(ours().activation(List.of(wanted), values()).language()).isEqualTo(language);
    }

    @Test
    void thePersonsLanguageComesBeforeTheOrganizationsAndThatBeforeTheOperators() {
        var letters = new Letters("", "es");
        assertThat(letters.activation(List.of("de", "fr"), values()).language()).isEqualTo("de");
        assertThat(letters.activation(List.of("ja", "fr"), values()).language()).isEqualTo("fr");
        assertThat(letters.activation(List.of("ja"), values()).language()).isEqualTo("es");
        assertThat(letters.activation(List.of(), values()).language()).isEqualTo("es");
    }

    @Test
    void aNameIsTextWhereverItStands() {
        Map<Slot, String> values = values();
        values.put(Slot.PERSON, EVIL);
        values.put(Slot.ORGANIZATION, EVIL);
        Letter letter = ours().activation(List.of("en"), values);
        assertThat(letter.html())
                .contains("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;{{code}}&lt;/title&gt;")
                .doesNotContain("<img src=x", "\"'&");
        assertThat(letter.text()).contains("Hello " + EVIL);
    }

    @Test
    void nothingIsFetchedFromElsewhere() {
        String html = ours().activation(List.of("en"), values()).html();
        assertThat(html.replaceAll("href=\"[^\"]*\"", ""))
                .doesNotContain("http", "url(", "@import", "<script", "<link");
        assertThat(html.split("src=", -1)).hasSize(2);
    }

    @Test
    void wordsOfTheOperatorStandBeforeOursAndTheOthersStay() throws IOException {
        file("words_de.properties", "greeting=Moin {{person}} & Co,\n");
        Letter letter = theirs().activation(List.of("de"), values());
        assertThat(letter.text()).contains("Moin «person» & Co,", "Von Hand");
        assertThat(letter.html()).contains("Moin «person» &amp; Co,");
        assertThat(theirs().activation(List.of("en"), values()).text()).contains("Hello «person»,");
    }

    @Test
    void theOperatorMayAddALanguage() throws IOException {
        try (var in = Letters.class.getResourceAsStream("/letters/words_en.properties")) {
            Files.write(directory.resolve("words_it.properties"), in.readAllBytes());
        }
        assertThat(theirs().activation(List.of("it-CH"), values()).language()).isEqualTo("it");
        assertThat(new Letters(directory.toString(), "it")
                        .activation(List.of("ja"), values())
                        .language())
                .isEqualTo("it");
    }

    @Test
    void layoutsOfTheOperatorStandInPlaceOfOurs() throws IOException {
        file("activation.html", "<p title=\"{{person}}\">{{text.greeting}} {{code}}</p><img src=\"{{qr}}\" alt=\"\">");
        file("activation.txt", "{{#numbers}}\nN {{numbers}}\n{{/numbers}}\nC {{code}} {#{}}");
        Letter letter = theirs().activation(List.of("en"), values());
        assertThat(letter.html())
                .isEqualTo("<p title=\"«person»\">Hello «person», «code»</p><img src=\"«qr»\" alt=\"\">");
        assertThat(letter.text()).isEqualTo("N «numbers»\nC «code» {#{}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "activation.txt|\\n\\n{{cod}}|activation.txt:3: {{cod}} is unknown",
                "activation.txt|{{code}}\\n{{#numbers}}|activation.txt:2: {{#numbers}} is never closed",
                "activation.txt|{{code}}\\n{{/numbers}}|activation.txt:2: {{/numbers}} closes what is not open",
                "activation.txt|{{#numbers}}\\n{{#code}}|activation.txt:2: {{#code}} is within {{#numbers}}",
                "activation.txt|{{code}}\\n{{ person }}|activation.txt:2: \"{{\" begins none of",
                "activation.txt|{{code}} {{{person}}}|activation.txt:1: \"{{\" begins none of",
                "activation.txt|Hello|activation.txt: {{code}} is missing",
                "activation.txt|{{code}}{{text.legal}}|words_de.properties: the word legal is missing",
                "words_de.properties|\\ngreeting=Moin {{nobody}}|words_de.properties:2: greeting: {{nobody}} is",
                "words_de.properties|greeting=|words_de.properties:1: greeting: a word is one line and not empty",
                "words_de.properties|subject=a\\\\nb|words_de.properties:1: subject: a word is one line",
                "words_de.properties|greeting={{text.title}}|words_de.properties:1: greeting: a word holds slots alone",
                "words_de.properties|a=b\\ngreting=Moin|words_de.properties: no layout needs the word a",
                "words_it.properties|greeting=Ciao|words_it.properties: the word",
                "words.txt|x|words.txt: expected activation.html",
            })
    void whatIsBrokenIsRefusedWithItsPlace(String name, String content, String message) throws IOException {
        file(name, content.replace("\\n", "\n").replace("\\\n", "\\n"));
        assertThatThrownBy(this::theirs)
                .isInstanceOf(BrokenLetter.class)
                .hasMessageContaining(
                        directory.resolve(message.replaceFirst(":.*", "")).toString())
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<script>alert(1)</script>",
                "<p onclick=\"alert(1)\">",
                "<p title={{person}}>",
                "<p title='{{person}}'>",
                "<p class=\"{{person}}\">",
                "<p {{person}}>",
                "<{{person}}>",
                "<a href=\"{{organization}}\">",
                "<a href=\"https://{{organization}}\">",
                "<a href=\"javascript:alert(1)\">",
                "<img src=\"https://example.com/pixel.png\" alt=\"\">",
                "<img src=\"{{person}}\" alt=\"\">",
                "<img srcset=\"https://example.com/pixel.png 2x\" alt=\"\">",
                "<p style=\"background: url(https://example.com/pixel.png)\">",
                "<p style=\"color: {{person}}\">",
                "<style>p { background: URL (https://example.com) }</style>",
                "<style>@import \"https://example.com/a.css\";</style>",
                "<style>p::before { content: \"{{person}}\" }</style>",
                "<style>p { background: u\\72l(https://example.com) }</style>",
                "<link rel=\"stylesheet\" href=\"https://example.com/a.css\">",
                "<meta http-equiv=\"refresh\" content=\"0\">",
                "<iframe></iframe>",
                "<svg></svg>",
                "<!-- {{person}} -->",
                "<p title=\"{{#numbers}}x{{/numbers}}\">",
                "a < b",
                "<p",
            })
    void aLayoutThatWouldFetchOrLetANameBecomeMoreThanTextIsRefusedWithItsLine(String html) throws IOException {
        file("activation.html", "<p>{{code}}</p>\n<img src=\"{{qr}}\" alt=\"\">\n" + html);
        assertThatThrownBy(this::theirs).isInstanceOf(BrokenLetter.class).hasMessageContaining("activation.html:3: ");
    }

    @Test
    void aDirectoryThatIsNotThereAndALanguageWithoutWordsAreRefused() {
        assertThatThrownBy(() -> new Letters(directory.resolve("absent").toString(), "en"))
                .isInstanceOf(BrokenLetter.class)
                .hasMessageContaining("absent");
        assertThatThrownBy(() -> new Letters("", "ja"))
                .isInstanceOf(BrokenLetter.class)
                .hasMessageContaining("trunkline.mail.language");
    }
}
