package io.trunkline.box;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** PostgreSQL's URLs in the two forms that people have at hand. */
final class DatabaseUrls {
    private DatabaseUrls() {}

    /**
     * As JDBC wants it: {@code postgresql://user:password@host:port/database?…}, libpq's form, is rewritten; a JDBC URL
     * stays as it is.
     */
    static String jdbc(String url) {
        if (!url.startsWith("postgresql://") && !url.startsWith("postgres://")) {
            return url;
        }
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException e) {
            // The URL may hold a password: it is not shown.
            throw new BoxException("the database URL is not postgresql://USER:PASSWORD@HOST:PORT/DATABASE; characters"
                    + " such as @ or / in a password are written as %40 or %2F");
        }
        var jdbc = new StringBuilder("jdbc:postgresql://")
                .append(uri.getHost())
                .append(uri.getPort() < 0 ? "" : ":" + uri.getPort())
                .append(uri.getRawPath());
        char separator = '?';
        if (uri.getRawQuery() != null) {
            jdbc.append(separator).append(uri.getRawQuery());
            separator = '&';
        }
        if (uri.getUserInfo() != null) {
            String[] pair = uri.getUserInfo().split(":", 2);
            jdbc.append(separator).append("user=").append(encoded(pair[0]));
            if (pair.length > 1) {
                jdbc.append("&password=").append(encoded(pair[1]));
            }
        }
        return jdbc.toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
