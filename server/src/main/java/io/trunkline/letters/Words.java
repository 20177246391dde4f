package io.trunkline.letters;

import java.io.IOException;
import java.io.StringReader;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words of one language, each a layout of its own without words in it. */
final class Words {
    private final String language;
    private final Map<String, Layout> words;

    private Words(String language, Map<String, Layout> words) {
        this.language = language;
        this.words = words;
    }

    /** @throws BrokenLetter with the line */
    static Words read(String language, String file, String source) {
        var words = new TreeMap<String, Layout>();
        properties(file, source).forEach((name, text) -> {
            String word = String.valueOf(name);
            String place = file + ":" + line(source, word);
            Layout layout;
            try {
                layout = Layout.read(file, String.valueOf(text));
            } catch (BrokenLetter e) {
                // Its line is one within the word.
                throw new BrokenLetter(place, word + ": " + e.what());
            }
            if (!layout.words().isEmpty() || layout.hasSections()) {
                throw new BrokenLetter(place, word + ": a word holds slots alone, no other words and no {{#…}}");
            }
            if (String.valueOf(text).isBlank() || String.valueOf(text).chars().anyMatch(Character::isISOControl)) {
                throw new BrokenLetter(place, word + ": a word is one line and not empty");
            }
            words.put(word, layout);
        });
        return new Words(language, words);
    }

    private static Properties properties(String file, String source) {
        var properties = new Properties();
        try {
            properties.load(new StringReader(source));
        } catch (IOException | IllegalArgumentException e) {
            throw new BrokenLetter(file, "cannot be read: " + e.getMessage());
        }
        return properties;
    }

    private static long line(String source, String word) {
        Matcher matcher = Pattern.compile("(?m)^[ \\t]*" + Pattern.quote(word) + "[ \\t]*[=: ]")
                .matcher(source);
        return matcher.find() ? Layout.line(source, matcher.start()) : 1;
    }

    String language() {
        return language;
    }

    Map<String, Layout> all() {
        return words;
    }

    /** These, and of the others what these lack. */
    Words over(Words others) {
        var both = new TreeMap<>(others.words);
        both.putAll(words);
        return new Words(language, both);
    }

    /** The word with its slots filled. */
    String write(String word, Function<Slot, String> values) {
        Layout layout = words.get(word);
        if (layout == null) {
            throw new IllegalStateException("there is no word " + word + " in " + language);
        }
        return layout.write(values, other -> {
            throw new IllegalStateException(word + " holds the word " + other);
        });
    }
}
