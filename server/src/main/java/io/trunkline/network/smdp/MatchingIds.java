package io.trunkline.network.smdp;

import java.security.SecureRandom;

/** Makes MatchingIDs that nobody can guess: whoever knows one can fetch the profile. */
public final class MatchingIds {
    /** 100 bits. */
    private static final int LENGTH = 20;

    /** Crockford's base 32: no I, L, O, U, for those who must type it. */
    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private final SecureRandom random;

    public MatchingIds() {
        this(new SecureRandom());
    }

    MatchingIds(SecureRandom random) {
        this.random = random;
    }

    /** 20 characters of {@code 0-9 A-Z}, never the same twice. */
    public String next() {
        byte[] bytes = new byte[LENGTH];
        random.nextBytes(bytes);
        var id = new StringBuilder(LENGTH);
        for (byte b : bytes) {
            id.append(ALPHABET.charAt(b & 31));
        }
        return id.toString();
    }
}
