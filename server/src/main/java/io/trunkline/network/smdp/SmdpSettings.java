package io.trunkline.network.smdp;

import java.net.URI;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * How an SM-DP+ is spoken to.
 *
 * @param baseUrl what {@code /gsma/rsp2/es2plus/…} is put behind, {@code http} or {@code https}
 * @param defaultSmdpAddress the host in activation codes where ConfirmOrder's answer names none
 * @param functionRequesterIdentifier our OID, as agreed with the SM-DP+'s operator
 * @param protocolVersion what {@code X-Admin-Protocol} announces, without the {@code v}
 * @param iccidPadding whether 19 digits are sent with a trailing {@code F}
 * @param valuesAsStrings whether {@code true} and {@code false} are sent as strings: some peers take nothing else
 * @param connectTimeout until the connection stands
 * @param requestTimeout until the answer is there wholly, from the beginning of the call
 * @param maxConcurrentCalls calls at a time, each on a connection of its own
 * @param maxWait how long a call waits for one of them to end before it is rejected as {@code busy}
 */
public record SmdpSettings(
        URI baseUrl,
        String defaultSmdpAddress,
        String functionRequesterIdentifier,
        String protocolVersion,
        boolean iccidPadding,
        boolean valuesAsStrings,
        Duration connectTimeout,
        Duration requestTimeout,
        int maxConcurrentCalls,
        Duration maxWait) {
    public static final String DEFAULT_REQUESTER = "2.999.10";
    public static final String DEFAULT_PROTOCOL_VERSION = "2.5.0";
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(2);
    public static final Duration DEFAULT_REQUEST_TIMEOUT = Duration.ofSeconds(5);
    public static final int DEFAULT_MAX_CONCURRENT_CALLS = 32;
    public static final Duration DEFAULT_MAX_WAIT = Duration.ofSeconds(1);

    private static final Pattern OID = Pattern.compile("[0-2](\\.\\d{1,20}){1,30}");
    private static final Pattern VERSION = Pattern.compile("2\\.\\d{1,3}\\.\\d{1,3}");

    public SmdpSettings {
        String scheme = baseUrl.getScheme();
        if (baseUrl.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
            throw new IllegalArgumentException("the SM-DP+'s base URL is http(s)://HOST…, not \"" + baseUrl + "\"");
        }
        ActivationCode.requireAddress(defaultSmdpAddress);
        if (!OID.matcher(functionRequesterIdentifier).matches()) {
            throw new IllegalArgumentException("a function requester identifier is an OID such as " + DEFAULT_REQUESTER
                    + ", not \"" + functionRequesterIdentifier + "\"");
        }
        if (!VERSION.matcher(protocolVersion).matches()) {
            throw new IllegalArgumentException("ES2+ is spoken in a version 2.x.y, not in \"" + protocolVersion + "\"");
        }
        requirePositive("connect timeout", connectTimeout);
        requirePositive("request timeout", requestTimeout);
        if (maxConcurrentCalls < 1 || maxWait.isNegative()) {
            throw new IllegalArgumentException("at least 1 concurrent call and a wait of at least 0, got "
                    + maxConcurrentCalls + " and " + maxWait);
        }
    }

    /** All defaults. */
    public static SmdpSettings at(URI baseUrl, String defaultSmdpAddress) {
        return new SmdpSettings(
                baseUrl,
                defaultSmdpAddress,
                DEFAULT_REQUESTER,
                DEFAULT_PROTOCOL_VERSION,
                false,
                false,
                DEFAULT_CONNECT_TIMEOUT,
                DEFAULT_REQUEST_TIMEOUT,
                DEFAULT_MAX_CONCURRENT_CALLS,
                DEFAULT_MAX_WAIT);
    }

    private static void requirePositive(String name, Duration duration) {
        if (!duration.isPositive()) {
            throw new IllegalArgumentException("the " + name + " is longer than 0, not " + duration);
        }
    }
}
