package io.trunkline.letters;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.util.HtmlUtils;

/**
 * Writes letters: a layout in HTML, one in plain text, and words for both in each language. Files of the operator stand
 * before ours, by their names; all are read once, at the start, and what cannot be used stops it.
 */
@Component
public class Letters {
    /** Those of ours. */
    static final List<String> LANGUAGES = List.of("en", "de", "fr", "es", "pt");

    private static final String HTML = "activation.html";
    private static final String TEXT = "activation.txt";
    private static final String SUBJECT = "subject";
    private static final Pattern WORDS = Pattern.compile("words_([A-Za-z0-9-]{2,35})\\.properties");
    private static final int LARGEST = 256 * 1024;
    /** Those that a file may hold even where a layout of the operator does without. */
    private static final Set<String> OURS = Words.read("en", "words_en.properties", ours("words_en.properties"))
            .all()
            .keySet();

    private final Layout html;
    private final Layout text;
    private final Map<String, Words> words;
    private final String fallback;

    /**
     * Reads the letters.
     *
     * @param directory of the operator's files; empty: none
     * @param fallback the language of whoever's own is not known here
     * @throws BrokenLetter where a file cannot be used
     */
    Letters(
            @Value("${trunkline.mail.templates:}") String directory,
            @Value("${trunkline.mail.language:en}") String fallback) {
        Map<String, String> given = directory.isEmpty() ? Map.of() : given(Path.of(directory));
        Function<String, String> place = name ->
                given.containsKey(name) ? Path.of(directory).resolve(name).toString() : name;
        Function<String, String> source = name -> given.containsKey(name) ? given.get(name) : ours(name);
        HtmlRules.check(place.apply(HTML), source.apply(HTML));
        this.html = Layout.read(place.apply(HTML), source.apply(HTML));
        this.text = Layout.read(place.apply(TEXT), source.apply(TEXT));
        this.words = words(given, place);
        require(html, place.apply(HTML), Slot.QR, Slot.CODE);
        require(text, place.apply(TEXT), Slot.CODE);
        // What is missing in ours, because a layout of the operator needs it, belongs into a file of the operator.
        this.words.forEach((language, all) -> complete(
                Path.of(directory).resolve("words_" + language + ".properties").toString(), all));
        this.fallback = known(fallback)
                .orElseThrow(() -> new BrokenLetter(
                        "trunkline.mail.language",
                        "there are no words in \"" + fallback + "\", but in " + String.join(", ", words.keySet())));
    }

    static List<String> slotNames() {
        return Arrays.stream(Slot.values()).map(Slot::text).toList();
    }

    /** The tags of the languages that there are words in. */
    public Set<String> languages() {
        return Set.copyOf(words.keySet());
    }

    /** Whether there are words in that language: of {@code pt-BR}, {@code pt} will do. */
    public boolean speaks(String tag) {
        return known(tag).isPresent();
    }

    /**
     * The letter that brings an activation code.
     *
     * @param wanted tags of languages (BCP 47), the best first; the first that is known here counts
     * @param values absent ones are empty; {@link Slot#LANGUAGE} need not be given
     */
    public Letter activation(List<String> wanted, Map<Slot, String> values) {
        String language =
                wanted.stream().flatMap(tag -> known(tag).stream()).findFirst().orElse(fallback);
        Words said = Optional.ofNullable(words.get(language)).orElseThrow();
        var all = new HashMap<>(values);
        all.put(Slot.LANGUAGE, language);
        Function<Slot, String> plain = slot -> all.getOrDefault(slot, "");
        return new Letter(
                language,
                said.write(SUBJECT, plain),
                text.write(plain, word -> said.write(word, plain)),
                html.write(slot -> escaped(plain.apply(slot)), word -> escaped(said.write(word, plain))));
    }

    /** RFC 4647 3.4: of {@code pt-BR}, {@code pt} will do. */
    private Optional<String> known(String tag) {
        try {
            return Optional.ofNullable(Locale.lookupTag(Locale.LanguageRange.parse(tag), words.keySet()));
        } catch (IllegalArgumentException notATag) {
            return Optional.empty();
        }
    }

    private static String escaped(String plain) {
        return HtmlUtils.htmlEscape(plain, StandardCharsets.UTF_8.name());
    }

    private static Map<String, Words> words(Map<String, String> given, Function<String, String> place) {
        var words = new TreeMap<String, Words>();
        for (String language : LANGUAGES) {
            String name = "words_" + language + ".properties";
            words.put(language, Words.read(language, name, ours(name)));
        }
        given.forEach((name, source) -> {
            Matcher matcher = WORDS.matcher(name);
            if (matcher.matches()) {
                String language = matcher.group(1);
                Words theirs = Words.read(language, place.apply(name), source);
                words.merge(language, theirs, (ours, others) -> others.over(ours));
            }
        });
        return words;
    }

    /** The words of a language are those that the layouts need, all of them and no others. */
    private void complete(String file, Words all) {
        var needed = new HashSet<>(html.words());
        needed.addAll(text.words());
        needed.add(SUBJECT);
        for (String word : needed) {
            if (!all.all().containsKey(word)) {
                throw new BrokenLetter(file, "the word " + word + " is missing, which the layouts need");
            }
        }
        for (String word : all.all().keySet()) {
            if (!needed.contains(word) && !OURS.contains(word)) {
                throw new BrokenLetter(file, "no layout needs the word " + word);
            }
        }
    }

    private static void require(Layout layout, String file, Slot... slots) {
        for (Slot slot : slots) {
            if (!layout.slots().contains(slot)) {
                throw new BrokenLetter(file, "{{" + slot.text() + "}} is missing: without it nobody can install");
            }
        }
    }

    private static Map<String, String> given(Path directory) {
        var files = new TreeMap<String, String>();
        try (Stream<Path> list = Files.list(directory)) {
            for (Path file : list.sorted().toList()) {
                String name = file.getFileName().toString();
                if (!name.equals(HTML)
                        && !name.equals(TEXT)
                        && !WORDS.matcher(name).matches()) {
                    throw new BrokenLetter(
                            file.toString(),
                            "expected " + HTML + ", " + TEXT + " or words_LANGUAGE.properties, nothing else");
                }
                if (Files.size(file) > LARGEST) {
                    throw new BrokenLetter(file.toString(), "is larger than " + LARGEST + " bytes");
                }
                files.put(name, Files.readString(file));
            }
        } catch (CharacterCodingException e) {
            throw new BrokenLetter(directory.toString(), "holds a file that is not UTF-8");
        } catch (IOException e) {
            throw new BrokenLetter(directory.toString(), "cannot be read: " + e);
        }
        return files;
    }

    private static String ours(String name) {
        try (InputStream in = Letters.class.getResourceAsStream("/letters/" + name)) {
            if (in == null) {
                throw new IllegalStateException("the resource letters/" + name + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
