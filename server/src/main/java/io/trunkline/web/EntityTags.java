package io.trunkline.web;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.http.MediaType;

/**
 * The entity tags of an {@code If-Match} or {@code If-None-Match} (RFC 9110 13.1): {@code *}, or a list in which quotes
 * may hold commas.
 *
 * @param any whether it is {@code *}
 * @param tags as they came, weak ones with their {@code W/}
 * @param readable whether all of it could be read
 */
record EntityTags(boolean any, List<String> tags, boolean readable) {
    private static final int BYTES = 15;
    private static final Pattern TAG = Pattern.compile("\\s*((?:W/)?\"[\\x21\\x23-\\x7e\\x80-\\xff]*\")\\s*(?:,|$)");

    static EntityTags of(List<String> headers) {
        String all = String.join(",", headers).strip();
        if (all.equals("*")) {
            return new EntityTags(true, List.of(), true);
        }
        var tags = new ArrayList<String>();
        Matcher matcher = TAG.matcher(all);
        int at = 0;
        while (at < all.length() && matcher.find(at) && matcher.start() == at) {
            tags.add(matcher.group(1));
            at = matcher.end();
        }
        return new EntityTags(false, tags, at == all.length());
    }

    /** The tag of a representation: strong, since the bytes decide it. */
    static String tag(MediaType type, byte[] body) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(type.toString().getBytes(StandardCharsets.UTF_8));
            byte[] hash = digest.digest(body);
            return '"' + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, BYTES)) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }

    /** Weak comparison (RFC 9110 8.8.3.2): for {@code If-None-Match}. */
    boolean holdsWeakly(String tag) {
        return any
                || tags.stream()
                        .map(known -> known.startsWith("W/") ? known.substring(2) : known)
                        .anyMatch(tag::equals);
    }

    /** Strong comparison: for {@code If-Match}. */
    boolean holdsStrongly(String tag) {
        return any || tags.contains(tag);
    }
}
