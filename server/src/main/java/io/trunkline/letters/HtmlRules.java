package io.trunkline.letters;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a layout in HTML must keep to, so that what is put into it, escaped, stays text wherever it stands, and that a
 * mail fetches nothing from elsewhere: who reads it is nobody's business.
 */
final class HtmlRules {
    private static final Pattern PIECE = Pattern.compile(
            "<!--(?<comment>.*?)-->|<style>(?<style>.*?)</style>|<!DOCTYPE html>"
                    + "|</?(?<tag>[a-zA-Z][a-zA-Z0-9]*)(?<attributes>(\\s+[a-zA-Z-]+(=\"[^\"]*\")?)*)\\s*/?>",
            Pattern.DOTALL);
    private static final Pattern ATTRIBUTE = Pattern.compile("\\s+(?<name>[a-zA-Z-]+)(=\"(?<value>[^\"]*)\")?");
    private static final Pattern PLACE = Pattern.compile("\\{\\{([#/]?)([a-z_.]+)}}");
    private static final Pattern FETCHES = Pattern.compile("(?i)url\\s*\\(|@import|expression\\s*\\(|\\\\");

    private static final Set<String> TAGS = Set.of(
            "html",
            "head",
            "title",
            "meta",
            "body",
            "div",
            "span",
            "p",
            "h1",
            "h2",
            "h3",
            "h4",
            "a",
            "img",
            "br",
            "hr",
            "b",
            "strong",
            "i",
            "em",
            "small",
            "code",
            "pre",
            "ul",
            "ol",
            "li",
            "dl",
            "dt",
            "dd",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "center",
            "blockquote",
            "bdi",
            "header",
            "footer",
            "main",
            "section");
    /** Attributes that hold text; in any other one only a slot that is an address may stand. */
    private static final Set<String> TEXTS = Set.of("alt", "title", "aria-label");

    private static final Set<String> FORBIDDEN = Set.of("srcset", "background", "poster", "http-equiv", "ping");

    private final String file;
    private final String source;

    private HtmlRules(String file, String source) {
        this.file = file;
        this.source = source;
    }

    /** @throws BrokenLetter with the line */
    static void check(String file, String source) {
        new HtmlRules(file, source).check();
    }

    private void check() {
        Matcher piece = PIECE.matcher(source);
        int from = 0;
        while (piece.find()) {
            text(from, piece.start());
            noPlaces(piece, "comment");
            noPlaces(piece, "style");
            if (piece.group("style") != null) {
                fetchesNothing(piece.start("style"), piece.group("style"));
            }
            if (piece.group("tag") != null) {
                tag(piece);
            }
            from = piece.end();
        }
        text(from, source.length());
    }

    private void text(int from, int to) {
        int stray = source.substring(from, to).indexOf('<');
        if (stray >= 0) {
            throw broken(
                    from + stray,
                    "\"<\" begins no tag that can be read: attributes stand in double quotes, and < in a text is &lt;");
        }
    }

    private void noPlaces(Matcher piece, String group) {
        String content = piece.group(group);
        if (content != null && content.contains("{{")) {
            throw broken(piece.start(group) + content.indexOf("{{"), "nothing can be put into a " + group);
        }
    }

    private void fetchesNothing(int at, String style) {
        Matcher fetches = FETCHES.matcher(style);
        if (fetches.find()) {
            throw broken(at + fetches.start(), "a mail fetches nothing: \"" + fetches.group() + "\" is not allowed");
        }
    }

    private void tag(Matcher piece) {
        String tag = piece.group("tag").toLowerCase(Locale.ROOT);
        if (!TAGS.contains(tag)) {
            throw broken(piece.start(), "<" + tag + "> has no place in a mail");
        }
        Matcher attribute = ATTRIBUTE.matcher(piece.group("attributes"));
        while (attribute.find()) {
            int at = piece.start("attributes") + attribute.start("name");
            String name = attribute.group("name").toLowerCase(Locale.ROOT);
            String value = Optional.ofNullable(attribute.group("value")).orElse("");
            attribute(at, name, value);
        }
    }

    private void attribute(int at, String name, String value) {
        if (FORBIDDEN.contains(name) || name.startsWith("on")) {
            throw broken(at, name + "=\"…\" has no place in a mail");
        }
        Matcher place = PLACE.matcher(value);
        while (place.find()) {
            boolean address = Slot.of(place.group(2)).filter(Slot::isAddress).isPresent();
            if (!place.group(1).isEmpty() || !(address || TEXTS.contains(name))) {
                throw broken(at, place.group() + " cannot stand in " + name + "=\"…\"");
            }
        }
        switch (name) {
            case "src" -> {
                if (!value.equals("{{qr}}")) {
                    throw broken(at, "a mail fetches nothing: src is \"{{qr}}\", not \"" + value + "\"");
                }
            }
            case "href" -> {
                if (!value.matches("\\{\\{(ios_link|android_link)}}|mailto:.+|https://[^{]+")) {
                    throw broken(
                            at, "href is {{ios_link}}, {{android_link}}, mailto:… or https://…, not \"" + value + "\"");
                }
            }
            case "style" -> fetchesNothing(at, value);
            default -> {
                // Text, or a measure.
            }
        }
    }

    private BrokenLetter broken(int at, String what) {
        return new BrokenLetter(file + ":" + Layout.line(source, at), what);
    }
}
