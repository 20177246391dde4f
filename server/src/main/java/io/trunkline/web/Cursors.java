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
 * Places beside a row, as texts that only we can make: {@code flags (1 byte) | the key's rank (8) | its id (16) | code
 * (12)} in base64url, 50 characters. The code covers organization, path and filters, so that a cursor works for nothing
 * else.
 */
final class Cursors {
    /** So long that all bytes together are a multiple of three: no bit of the text is without meaning. */
    private static final int CODE_BYTES = 14;

    private static final int KEY_BYTES = 1 + 3 * Long.BYTES;
    private static final int BACKWARD = 1;
    private static final int INCLUSIVE = 2;

    private final Vault.Authenticator authenticator;

    Cursors(Vault vault) {
        this.authenticator = vault.authenticator("cursor");
    }

    String write(OrganizationId organization, String query, Slice.From place) {
        byte[] key = ByteBuffer.allocate(KEY_BYTES)
                .put((byte) ((place.backward() ? BACKWARD : 0) | (place.inclusive() ? INCLUSIVE : 0)))
                .putLong(place.key().rank())
                .putLong(place.key().id().getMostSignificantBits())
                .putLong(place.key().id().getLeastSignificantBits())
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
        if (bytes.length != KEY_BYTES + CODE_BYTES) {
            return Optional.empty();
        }
        var buffer = ByteBuffer.wrap(bytes);
        byte[] key = new byte[KEY_BYTES];
        byte[] code = new byte[CODE_BYTES];
        buffer.get(key).get(code);
        if (!authenticator.holds(covered(organization, query, key), code)) {
            return Optional.empty();
        }
        var fields = ByteBuffer.wrap(key);
        byte flags = fields.get();
        return Optional.of(new Slice.From(
                (flags & BACKWARD) != 0,
                (flags & INCLUSIVE) != 0,
                new Slice.Key(fields.getLong(), new UUID(fields.getLong(), fields.getLong()))));
    }

    private static byte[] covered(OrganizationId organization, String query, byte[] key) {
        byte[] text = (organization.value() + "\n" + query + "\n").getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(text.length + key.length).put(text).put(key).array();
    }
}
