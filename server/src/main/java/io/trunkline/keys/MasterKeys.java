package io.trunkline.keys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The keys of the master key file, the current one first.
 *
 * <p>The file holds one key a line, {@code k<number> <43 characters of unpadded base64url: 256 bits>}. To rotate, put a
 * new line on top: new values are sealed with the first key, every key of the file still opens what it sealed. The last
 * line is the oldest; what must be the same on every server at any time of a rotation is derived from it.
 */
public final class MasterKeys {
    private static final Pattern LINE = Pattern.compile("k(\\d{1,9}) ([A-Za-z0-9_-]{43})");
    private static final int KEY_BYTES = 32;
    private static final int FINGERPRINT_BYTES = 8;
    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("---rwxrwx");

    private final SequencedMap<Integer, byte[]> keys;
    private final int current;
    private final int oldest;

    private MasterKeys(SequencedMap<Integer, byte[]> keys) {
        this.keys = keys;
        this.current = keys.firstEntry().getKey();
        this.oldest = keys.lastEntry().getKey();
    }

    /**
     * Reads the file.
     *
     * @throws IllegalStateException when it is missing, readable by others, or not of the form above
     */
    public static MasterKeys read(Path file) {
        try {
            var readableByOthers = Files.getPosixFilePermissions(file);
            readableByOthers.retainAll(OTHERS);
            if (!readableByOthers.isEmpty()) {
                throw new IllegalStateException("the master key file " + file
                        + " is open to others (mode "
                        + PosixFilePermissions.toString(Files.getPosixFilePermissions(file))
                        + "): chmod 600 it");
            }
            return parse(Files.readAllLines(file), file);
        } catch (IOException e) {
            throw new IllegalStateException("the master key file " + file + " cannot be read: " + e, e);
        }
    }

    /** Makes the file with one new key (mode 0600) unless it is there. */
    public static MasterKeys readOrCreate(Path file) {
        if (Files.notExists(file)) {
            byte[] key = new byte[KEY_BYTES];
            new SecureRandom().nextBytes(key);
            String line = "k1 " + Base64.getUrlEncoder().withoutPadding().encodeToString(key) + "\n";
            try {
                Path directory = Files.createDirectories(file.toAbsolutePath().getParent());
                Path whole = Files.createTempFile(
                        directory,
                        "master",
                        ".partial",
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                try {
                    Files.writeString(whole, line, StandardOpenOption.SYNC);
                    // Gets its name when it is complete, and only where nobody else has made one.
                    Files.createLink(file, whole);
                } finally {
                    Files.delete(whole);
                }
            } catch (FileAlreadyExistsException e) {
                return read(file);
            } catch (IOException e) {
                throw new IllegalStateException("the master key file " + file + " cannot be made: " + e, e);
            }
        }
        return read(file);
    }

    private static MasterKeys parse(List<String> lines, Path file) {
        var keys = new LinkedHashMap<Integer, byte[]>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                // The line itself may hold most of a key: it is not shown.
                throw new IllegalStateException("line " + (i + 1) + " of the master key file " + file
                        + " is not \"k<number> <43 characters of base64url>\"");
            }
            byte[] key = Base64.getUrlDecoder().decode(matcher.group(2));
            if (keys.put(Integer.parseInt(matcher.group(1)), key) != null) {
                throw new IllegalStateException(
                        "the master key file " + file + " holds k" + matcher.group(1) + " twice");
            }
        }
        if (keys.isEmpty()) {
            throw new IllegalStateException("the master key file " + file + " holds no key");
        }
        return new MasterKeys(keys);
    }

    /**
     * What tells whether another file holds the same keys, and nothing of the keys themselves: by {@code k<number>},
     * the current one first, 64 bits of an HMAC-SHA-256 under the key.
     */
    public SequencedMap<String, String> fingerprints() {
        var fingerprints = new LinkedHashMap<String, String>();
        keys.forEach((id, key) -> fingerprints.put(
                "k" + id,
                HexFormat.of()
                        .formatHex(
                                Vault.hmac(key, "trunkline/fingerprint".getBytes(StandardCharsets.UTF_8)),
                                0,
                                FINGERPRINT_BYTES)));
        return fingerprints;
    }

    int current() {
        return current;
    }

    int oldest() {
        return oldest;
    }

    byte[] key(int id) {
        byte[] key = keys.get(id);
        if (key == null) {
            throw new IllegalStateException("the master key file has no k" + id
                    + ", with which a stored value was sealed; put that key's line back (it has: k"
                    + String.join(
                            ", k", keys.keySet().stream().map(String::valueOf).toList()) + ")");
        }
        return key;
    }

    List<Integer> ids() {
        return List.copyOf(keys.keySet());
    }
}
