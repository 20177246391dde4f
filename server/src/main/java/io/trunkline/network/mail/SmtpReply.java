package io.trunkline.network.mail;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server's reply (RFC 5321 4.2).
 *
 * @param code three digits, or anything else where the server sent none
 * @param text as received, all lines with their codes
 */
record SmtpReply(int code, String text) {
    private static final int MAX_TEXT = 300;
    private static final Pattern ENHANCED = Pattern.compile("^\\d{3}[ -]([245]\\.\\d{1,3}\\.\\d{1,3})(?=\\s|$)");
    private static final Pattern LINE_CODE = Pattern.compile("(?m)^\\d{3}[ -]?([245]\\.\\d{1,3}\\.\\d{1,3}(?=\\s|$))?");

    boolean accepts() {
        return code >= 200 && code <= 299;
    }

    boolean refusesForNow() {
        return code >= 400 && code <= 499;
    }

    boolean refusesForGood() {
        return code >= 500 && code <= 599;
    }

    /** As {@code 550 5.1.1}; {@code 550} where the server gives no enhanced code (RFC 3463). */
    String codes() {
        Matcher enhanced = ENHANCED.matcher(text);
        return enhanced.find() ? code + " " + enhanced.group(1) : Integer.toString(code);
    }

    /** In one line, without the codes, printable, at most 300 characters. */
    String words() {
        String words = LINE_CODE.matcher(text).replaceAll("");
        String cut = words.length() > MAX_TEXT ? words.substring(0, MAX_TEXT) : words;
        return cut.replaceAll("[^\\x20-\\x7e\\xa0-\\ud7ff]+", " ").strip().replaceAll(" {2,}", " ");
    }
}
