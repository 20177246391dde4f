package io.trunkline.simulators.smsc;

import io.trunkline.simulators.http.Answer;
import io.trunkline.simulators.http.Html;
import io.trunkline.simulators.http.Reply;
import io.trunkline.simulators.http.Request;
import io.trunkline.simulators.http.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** The phones for people: {@code /phones}, all texts or those of one number. No script, no cookie. */
final class PhonesPage {
    private static final int PAGE = 100;
    private static final String POLICY =
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none';" + " frame-ancestors 'none'";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "d MMM yyyy, HH:mm:ss 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final Phones phones;
    private final byte[] style;

    PhonesPage(Phones phones) throws IOException {
        this.phones = phones;
        try (InputStream in = PhonesPage.class.getResourceAsStream("phones.css")) {
            if (in == null) {
                throw new IOException("phones.css is missing from the jar");
            }
            this.style = in.readAllBytes();
        }
    }

    void addTo(Routes routes) {
        routes.add("GET", "/phones", this::list);
        routes.add(
                "GET",
                "/phones/phones.css",
                _ -> Reply.of(200, "text/css; charset=utf-8", style).with("Cache-Control", "no-cache"));
    }

    private Answer list(Request request) {
        String asked = request.query().getOrDefault("msisdn", "").strip();
        String number = asked.isEmpty() ? "" : PhoneRoutes.number(asked);
        List<Received> texts = phones.list(number, PAGE);
        StringBuilder html = new StringBuilder(
                        "<form class=\"find\" action=\"/phones\"><label>Phone <input name=\"msisdn\" type=\"search\""
                                + " placeholder=\"447700900123\" value=\"")
                .append(Html.escape(number))
                .append("\"></label><button>Show</button></form>");
        if (texts.isEmpty()) {
            html.append("<p class=\"empty\">No text here yet.</p>");
        } else {
            html.append("<ul class=\"texts\">");
            texts.forEach(text -> html.append(row(text)));
            html.append("</ul>");
        }
        return page(html.toString());
    }

    private static String row(Received text) {
        return """
                <li><p class="text">%s</p><p class="who">%s → <a href="/phones?msisdn=%s">%s</a> · %s, %d %s · \
                <time datetime="%s">%s</time></p></li>
                """.formatted(
                        Html.escape(text.text()),
                        Html.escape(text.from()),
                        Html.escape(text.to()),
                        Html.escape(text.to()),
                        text.encoding(),
                        text.segments(),
                        text.segments() == 1 ? "segment" : "segments",
                        text.receivedAt(),
                        TIME.format(text.receivedAt()));
    }

    private static Answer page(String body) {
        String html = """
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>Phones</title><link rel="stylesheet" href="/phones/phones.css"></head>
                <body><header><h1><a href="/phones">Phones</a></h1><p>Every text that the simulated SMSC took. None \
                of them has left this machine.</p></header>
                <main>%s</main></body></html>
                """.formatted(body);
        return Reply.of(200, "text/html; charset=utf-8", html.getBytes(StandardCharsets.UTF_8))
                .with("Content-Security-Policy", POLICY)
                .with("X-Content-Type-Options", "nosniff")
                .with("Referrer-Policy", "no-referrer")
                .with("Cache-Control", "no-store");
    }
}
