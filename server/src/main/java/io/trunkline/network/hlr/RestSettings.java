package io.trunkline.network.hlr;

import io.trunkline.network.http.HttpCalls;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * How an HLR is spoken to over HTTP.
 *
 * @param baseUrl what {@code /subscribers/…} is put behind, {@code http} or {@code https}
 * @param bearerToken sent as {@code Authorization: Bearer …}; absent: none. A secret
 */
public record RestSettings(URI baseUrl, @Nullable String bearerToken, HttpCalls.Limits limits) {
    /** A list of two lines has a few hundred bytes. */
    public static final int MAX_ANSWER_BYTES = 64 * 1024;

    public RestSettings {
        String scheme = baseUrl.getScheme();
        if (baseUrl.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
            throw new IllegalArgumentException("the HLR's base URL is http(s)://HOST…, not \"" + baseUrl + "\"");
        }
    }

    /** All limits at their defaults. */
    public static RestSettings at(URI baseUrl) {
        return new RestSettings(
                baseUrl,
                null,
                new HttpCalls.Limits(
                        CtrlSettings.DEFAULT_CONNECT_TIMEOUT,
                        CtrlSettings.DEFAULT_COMMAND_TIMEOUT,
                        CtrlSettings.DEFAULT_MAX_CONCURRENT_CALLS,
                        CtrlSettings.DEFAULT_MAX_WAIT,
                        MAX_ANSWER_BYTES));
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "RestSettings[" + baseUrl + "]";
    }
}
