package io.trunkline.web;

import io.trunkline.database.Slice;
import io.trunkline.ids.OrganizationId;
import io.trunkline.keys.Vault;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/**
 * Places between two rows, as texts that only we can make: {@code direction (1 byte) | row's key (16) | code (12)} in
 * base64url. The code covers organization, path and filters, so that a cursor works for nothing else.
 */
final class Cursors {
    private static final int CODE_BYTES = 12;
    private static final int KEY_BYTES = 1 + 2 * Long.BYTES;

    private final Vault.Authenticator authenticator;

    Cursors(Vault vault) {
        this.authenticator = vault.authenticator("cursor");
    }

    String write(OrganizationId organization, String query, boolean backward, UUID row) {
        byte[] key = ByteBuffer.allocate(KEY_BYTES)
                .put((byte) (backward ? 1 : 0))
                .putLong(row.getMostSignificantBits())
                .putLong(row.getLeastSignificantBits())
                .array();
        byte[] code = authenticator.code(covered(organization, query, key), CODE_BYTES);
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(ByteBuffer.allocate(KEY_BYTES + CODE_BYTES)
                        .put(key)
                        .put(code)
                        .array());
    }

    /** Empty where it is no cursor of ours for this organization and query. */
    Optional<Slice.From> read(OrganizationId organization, String query, String cursor) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(cursor);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (bytes.length != KEY_BYTES + CODE_BYTES || bytes[0] < 0 || bytes[0] > 1) {
            return Optional.empty();
        }
        var buffer = ByteBuffer.wrap(bytes);
        byte[] key = new byte[KEY_BYTES];
        byte[] code = new byte[CODE_BYTES];
        buffer.get(key).get(code);
        if (!authenticator.holds(covered(organization, query, key), code)) {
            return Optional.empty();
        }
        var row = ByteBuffer.wrap(key, 1, KEY_BYTES - 1);
        return Optional.of(new Slice.From(key[0] == 1, new UUID(row.getLong(), row.getLong())));
    }

    private static byte[] covered(OrganizationId organization, String query, byte[] key) {
        byte[] text = (organization.value() + "\n" + query + "\n").getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(text.length + key.length).put(text).put(key).array();
    }
}
