package io.trunkline.orders;

import io.trunkline.keys.Vault;
import io.trunkline.network.mail.OutgoingMail;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The address that a mail comes back to holds a token: the delivery, and 64 bits that only we can make of it. So a
 * report is matched whatever else it says, and nobody can invent one for another's mail.
 */
@Component
class ReturnPaths {
    private static final String PLACE = "{token}";
    private static final int CODE_BYTES = 8;
    private static final int TOKEN_BYTES = 2 * Long.BYTES + CODE_BYTES;
    /** Mail servers may change the case. */
    private static final Pattern TOKEN =
            Pattern.compile("(?<![0-9A-Fa-f])[0-9A-Fa-f]{" + 2 * TOKEN_BYTES + "}(?![0-9A-Fa-f])");

    private final Vault.Authenticator codes;
    private final Optional<String> address;

    ReturnPaths(Vault vault, @Value("${trunkline.mail.bounces.address:}") String address) {
        this.codes = vault.authenticator("return-path");
        this.address = Optional.of(address).filter(given -> !given.isEmpty());
        if (this.address.isPresent()
                && (!address.contains(PLACE) || !OutgoingMail.isAddress(filled(address, token(new UUID(0, 0)))))) {
            throw new IllegalArgumentException("trunkline.mail.bounces.address is a mail address with " + PLACE
                    + " in it, at most 64 characters before the @ with the " + 2 * TOKEN_BYTES
                    + " of a token, such as bounces+{token}@example.com, not \"" + address + "\"");
        }
    }

    /** Of a delivery; empty where mails come back to their sender. */
    Optional<OutgoingMail.Returns> of(UUID delivery) {
        return address.map(pattern -> {
            String token = token(delivery);
            return new OutgoingMail.Returns(filled(pattern, token), token);
        });
    }

    /** The delivery that one of these texts names with a token of ours. */
    Optional<UUID> delivery(Collection<String> traces) {
        for (String trace : traces) {
            Matcher matcher = TOKEN.matcher(trace);
            while (matcher.find()) {
                ByteBuffer token =
                        ByteBuffer.wrap(HexFormat.of().parseHex(matcher.group().toLowerCase(Locale.ROOT)));
                var delivery = new UUID(token.getLong(), token.getLong());
                byte[] code = new byte[CODE_BYTES];
                token.get(code);
                if (codes.holds(bytes(delivery), code)) {
                    return Optional.of(delivery);
                }
            }
        }
        return Optional.empty();
    }

    private String token(UUID delivery) {
        byte[] bytes = bytes(delivery);
        return HexFormat.of().formatHex(bytes) + HexFormat.of().formatHex(codes.code(bytes, CODE_BYTES));
    }

    private static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    private static String filled(String pattern, String token) {
        return pattern.replace(PLACE, token);
    }
}
