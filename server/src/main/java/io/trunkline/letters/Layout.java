package io.trunkline.letters;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text with places: <code>{{person}}</code> for a {@link Slot}, <code>{{text.greeting}}</code> for a word of the
 * letter's language, <code>{{#numbers}}…{{/numbers}}</code> for what is left out where that slot is empty.
 */
final class Layout {
    private static final String WORD = "text.";
    private static final Pattern PLACE = Pattern.compile("\\{\\{([#/]?)([a-z_.]+)}}");
    /** The line break after a mark that stands alone on its line belongs to it. */
    private static final Pattern ALONE = Pattern.compile("(?m)^(\\{\\{[#/][a-z_]+}})\\R");

    private final List<Piece> pieces;

    private Layout(List<Piece> pieces) {
        this.pieces = List.copyOf(pieces);
    }

    private sealed interface Piece {
        record Text(String text) implements Piece {}

        record Insert(Slot slot) implements Piece {}

        record Word(String name) implements Piece {}

        /** Shown unless the slot is empty. */
        record Section(Slot slot, Layout content) implements Piece {}
    }

    /**
     * Reads a layout.
     *
     * @param file how a person finds it
     * @throws BrokenLetter with the line
     */
    static Layout read(String file, String source) {
        return new Reader(file, source).read();
    }

    /** The words that it needs. */
    Set<String> words() {
        var words = new LinkedHashSet<String>();
        for (Piece piece : pieces) {
            switch (piece) {
                case Piece.Word(String name) -> words.add(name);
                case Piece.Section section -> words.addAll(section.content().words());
                case Piece.Text _, Piece.Insert _ -> {
                    // Text of the layout's own, or of whoever it is written to.
                }
            }
        }
        return words;
    }

    /** The slots that it shows. */
    Set<Slot> slots() {
        var slots = new LinkedHashSet<Slot>();
        for (Piece piece : pieces) {
            switch (piece) {
                case Piece.Insert(Slot slot) -> slots.add(slot);
                case Piece.Section section -> slots.addAll(section.content().slots());
                case Piece.Text _, Piece.Word _ -> {
                    // Words have slots of their own.
                }
            }
        }
        return slots;
    }

    boolean hasSections() {
        return pieces.stream().anyMatch(Piece.Section.class::isInstance);
    }

    /** Puts in what the functions answer, as it is. */
    String write(Function<Slot, String> values, Function<String, String> words) {
        var written = new StringBuilder();
        for (Piece piece : pieces) {
            switch (piece) {
                case Piece.Text(String text) -> written.append(text);
                case Piece.Insert(Slot slot) -> written.append(values.apply(slot));
                case Piece.Word(String name) -> written.append(words.apply(name));
                case Piece.Section(Slot slot, Layout content) -> {
                    if (!values.apply(slot).isEmpty()) {
                        written.append(content.write(values, words));
                    }
                }
            }
        }
        return written.toString();
    }

    private static final class Reader {
        private final String file;
        private final String source;
        private final List<Piece> outside = new ArrayList<>();
        private final List<Piece> inside = new ArrayList<>();
        private Optional<Slot> section = Optional.empty();

        Reader(String file, String source) {
            this.file = file;
            this.source = source;
        }

        Layout read() {
            Matcher place = PLACE.matcher(source);
            int from = 0;
            while (place.find()) {
                text(from, place.start());
                take(place);
                from = afterMark(place);
            }
            text(from, source.length());
            if (section.isPresent()) {
                throw broken(source.length(), "{{#" + section.get().text() + "}} is never closed");
            }
            return new Layout(outside);
        }

        private int afterMark(Matcher place) {
            Matcher alone = ALONE.matcher(source).useAnchoringBounds(false).region(place.start(), source.length());
            return alone.lookingAt() && !place.group(1).isEmpty() ? alone.end() : place.end();
        }

        private void text(int from, int to) {
            String text = source.substring(from, to);
            int open = text.indexOf("{{");
            if (open >= 0) {
                throw broken(from + open, "\"{{\" begins none of {{name}}, {{#name}}, {{/name}}");
            }
            if (!text.isEmpty()) {
                current().add(new Piece.Text(text));
            }
        }

        private void take(Matcher place) {
            if (source.startsWith("{", place.start() - 1) || source.startsWith("}", place.end())) {
                throw broken(place.start(), "\"{{\" begins none of {{name}}, {{#name}}, {{/name}}");
            }
            String name = place.group(2);
            if (place.group(1).isEmpty() && name.startsWith(WORD)) {
                current().add(new Piece.Word(name.substring(WORD.length())));
                return;
            }
            Slot slot = Slot.of(name)
                    .orElseThrow(() -> broken(
                            place.start(),
                            place.group() + " is unknown, expected a word (" + WORD + "…) or one of "
                                    + String.join(", ", Letters.slotNames())));
            switch (place.group(1)) {
                case "#" -> {
                    if (section.isPresent()) {
                        throw broken(
                                place.start(),
                                place.group() + " is within {{#" + section.get().text() + "}}");
                    }
                    section = Optional.of(slot);
                }
                case "/" -> {
                    if (!section.equals(Optional.of(slot))) {
                        throw broken(place.start(), place.group() + " closes what is not open");
                    }
                    section = Optional.empty();
                    outside.add(new Piece.Section(slot, new Layout(inside)));
                    inside.clear();
                }
                default -> current().add(new Piece.Insert(slot));
            }
        }

        private List<Piece> current() {
            return section.isPresent() ? inside : outside;
        }

        private BrokenLetter broken(int at, String what) {
            return new BrokenLetter(file + ":" + line(source, at), what);
        }
    }

    static long line(String source, int at) {
        return 1 + source.substring(0, at).chars().filter(c -> c == '\n').count();
    }
}
