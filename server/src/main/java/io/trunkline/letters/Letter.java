package io.trunkline.letters;

/**
 * What a mail says.
 *
 * @param language of its words, as a BCP 47 tag
 * @param subject one line
 * @param text for readers without HTML, lines ended by {@code \n}
 * @param html the same as a whole document
 */
public record Letter(String language, String subject, String text, String html) {}
