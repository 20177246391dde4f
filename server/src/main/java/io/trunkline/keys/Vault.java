package io.trunkline.keys;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals secrets at rest (AES-256-GCM) and authenticates messages (HMAC-SHA-256), each purpose under a key of its own
 * that is derived from a master key.
 *
 * <p>A sealed value is {@code key id (4 bytes) | nonce (12) | ciphertext and tag (16)}: it says which master key opens
 * it. Its context (table, column, row) is authenticated with it, so that a ciphertext moved to another row does not
 * open.
 */
public final class Vault {
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int HEADER_BYTES = Integer.BYTES + NONCE_BYTES;

    private final MasterKeys masterKeys;
    private final SecureRandom random = new SecureRandom();
    private final ConcurrentHashMap<String, byte[]> derived = new ConcurrentHashMap<>();

    public Vault(MasterKeys masterKeys) {
        this.masterKeys = masterKeys;
    }

    /** Seals under the current master key. */
    public byte[] seal(byte[] plain, String context) {
        int keyId = masterKeys.current();
        return sealUnder(derive(keyId, "seal"), keyId, plain, context);
    }

    /**
     * Opens what {@link #seal} made.
     *
     * @throws IllegalStateException when the value was sealed elsewhere, for another context, or was changed
     */
    public byte[] open(byte[] sealed, String context) {
        return openUnder(derive(keyIdOf(sealed), "seal"), sealed, context);
    }

    public byte[] sealText(String plain, String context) {
        return seal(plain.getBytes(StandardCharsets.UTF_8), context);
    }

    public String openText(byte[] sealed, String context) {
        return new String(open(sealed, context), StandardCharsets.UTF_8);
    }

    /** Seals under a key that is itself kept sealed, such as a person's. */
    public byte[] sealWith(byte[] dataKey, byte[] plain, String context) {
        return sealUnder(dataKey, 0, plain, context);
    }

    public byte[] openWith(byte[] dataKey, byte[] sealed, String context) {
        return openUnder(dataKey, sealed, context);
    }

    /** A new 256-bit key. */
    public byte[] newKey() {
        byte[] key = new byte[32];
        random.nextBytes(key);
        return key;
    }

    /** 256 random bits as 43 characters of base64url: a secret that is shown once. */
    public String newSecret() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(newKey());
    }

    /** HMAC-SHA-256 under the current master key's key for this purpose. */
    public Authenticator authenticator(String purpose) {
        return new Authenticator(masterKeys.current(), purpose);
    }

    /** A secret that every server with the same master key file knows, e.g. a database role's password. */
    public String sharedSecret(String purpose) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(derive(masterKeys.oldest(), "shared:" + purpose));
    }

    /** Makes and checks codes of one purpose; a code made under any key of the file is accepted. */
    public final class Authenticator {
        private final int keyId;
        private final String purpose;

        private Authenticator(int keyId, String purpose) {
            this.keyId = keyId;
            this.purpose = "mac:" + purpose;
        }

        /** The code, {@code length} bytes of it. */
        public byte[] code(byte[] message, int length) {
            return code(keyId, message, length);
        }

        public boolean holds(byte[] message, byte[] code) {
            boolean holds = false;
            for (int id : masterKeys.ids()) {
                holds |= MessageDigest.isEqual(code(id, message, code.length), code);
            }
            return holds;
        }

        private byte[] code(int id, byte[] message, int length) {
            return Arrays.copyOf(hmac(derive(id, purpose), message), length);
        }
    }

    private byte[] sealUnder(byte[] key, int keyId, byte[] plain, String context) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        byte[] sealed = crypt(Cipher.ENCRYPT_MODE, key, nonce, plain, 0, plain.length, context);
        return ByteBuffer.allocate(HEADER_BYTES + sealed.length)
                .putInt(keyId)
                .put(nonce)
                .put(sealed)
                .array();
    }

    private static byte[] openUnder(byte[] key, byte[] sealed, String context) {
        requireLength(sealed);
        byte[] nonce = new byte[NONCE_BYTES];
        System.arraycopy(sealed, Integer.BYTES, nonce, 0, NONCE_BYTES);
        return crypt(Cipher.DECRYPT_MODE, key, nonce, sealed, HEADER_BYTES, sealed.length - HEADER_BYTES, context);
    }

    private static int keyIdOf(byte[] sealed) {
        requireLength(sealed);
        return ByteBuffer.wrap(sealed).getInt();
    }

    private static void requireLength(byte[] sealed) {
        if (sealed.length < HEADER_BYTES + TAG_BITS / 8) {
            throw new IllegalStateException("a sealed value has at least " + (HEADER_BYTES + TAG_BITS / 8)
                    + " bytes, this one has " + sealed.length);
        }
    }

    private static byte[] crypt(
            int mode, byte[] key, byte[] nonce, byte[] input, int from, int length, String context) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(context.getBytes(StandardCharsets.UTF_8));
            return cipher.doFinal(input, from, length);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the value sealed for \"" + context + "\" does not open: " + e, e);
        }
    }

    private byte[] derive(int keyId, String purpose) {
        return derived.computeIfAbsent(
                keyId + ":" + purpose,
                _ -> hmac(masterKeys.key(keyId), ("trunkline/" + purpose).getBytes(StandardCharsets.UTF_8)));
    }

    static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC-SHA-256 is part of every JDK", e);
        }
    }
}
