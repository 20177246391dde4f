package io.trunkline.simulators.mail;

import io.trunkline.simulators.http.Answer;
import io.trunkline.simulators.http.Html;
import io.trunkline.simulators.http.ProblemException;
import io.trunkline.simulators.http.Reply;
import io.trunkline.simulators.http.Request;
import io.trunkline.simulators.http.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The mailbox for people: a list at {@code /mailbox}, a mail at {@code /mailbox/view/{id}}. No script, no cookie. */
final class MailboxPage {
    private static final int PAGE = 100;
    private static final Set<String> SHOWN_HEADERS = Set.of("from", "to", "cc", "date", "reply-to", "message-id");
    /** What a browser shows as an image and nothing else: an SVG could carry a script. */
    private static final Set<String> IMAGES = Set.of("image/png", "image/jpeg", "image/gif", "image/webp");

    private static final String PAGE_POLICY =
            "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self';"
                    + " base-uri 'none'; frame-ancestors 'none'";
    /** What a mail brings along is shown, styles included; no script runs and nothing is fetched. */
    private static final String HTML_POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'";

    private static final Pattern OWN_PICTURE = Pattern.compile("\\bcid:([^\"'\\s>)]{1,200})");
    private static final String PART_POLICY = "default-src 'none'; sandbox; frame-ancestors 'self'";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "d MMM yyyy, HH:mm:ss 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final Mailbox mailbox;
    private final byte[] style;

    MailboxPage(Mailbox mailbox) throws IOException {
        this.mailbox = mailbox;
        try (InputStream in = MailboxPage.class.getResourceAsStream("mailbox.css")) {
            if (in == null) {
                throw new IOException("mailbox.css is missing from the jar");
            }
            this.style = in.readAllBytes();
        }
    }

    void addTo(Routes routes) {
        routes.add("GET", "/mailbox", this::list);
        routes.add(
                "GET",
                "/mailbox/mailbox.css",
                request -> Reply.of(200, "text/css; charset=utf-8", style).with("Cache-Control", "no-cache"));
        routes.add("GET", "/mailbox/view/{id}", this::view);
        routes.add("GET", "/mailbox/view/{id}/html", this::html);
        routes.add("GET", "/mailbox/view/{id}/parts/{number}", this::part);
    }

    private Answer list(Request request) {
        String to = MailboxRoutes.address(request);
        List<StoredMail> mails = mailbox.list(to, request.query().getOrDefault("before", ""), PAGE);
        StringBuilder html = new StringBuilder(
                        "<form class=\"find\" action=\"/mailbox\"><label>Recipient <input name=\"to\""
                                + " type=\"search\" placeholder=\"anna@example.com\" value=\"")
                .append(Html.escape(to))
                .append("\"></label><button>Show</button></form>");
        if (mails.isEmpty()) {
            html.append("<p class=\"empty\">No mail here yet.</p>");
        } else {
            html.append("<ul class=\"mails\">");
            mails.forEach(mail -> html.append(row(mail)));
            html.append("</ul>");
        }
        if (mails.size() == PAGE) {
            html.append("<p><a href=\"/mailbox?before=")
                    .append(mails.getLast().id())
                    .append("&amp;to=")
                    .append(URLEncoder.encode(to, StandardCharsets.UTF_8))
                    .append("\">Older mail</a></p>");
        }
        return page("Mailbox", html.toString());
    }

    private static String row(StoredMail mail) {
        return """
                <li><a href="/mailbox/view/%s"><span class="subject">%s</span>\
                <span class="who">%s → %s</span>%s</a></li>
                """.formatted(
                        mail.id(),
                        Html.escape(subject(mail)),
                        Html.escape(mail.from()),
                        Html.escape(String.join(", ", mail.to())),
                        time(mail.receivedAt()));
    }

    private Answer view(Request request) {
        StoredMail mail = mail(request);
        ParsedMail parsed = parsed(mail);
        StringBuilder html = new StringBuilder("<p><a href=\"/mailbox\">← All mail</a></p><article><h2>")
                .append(Html.escape(subject(mail)))
                .append("</h2><dl>");
        parsed.headers().stream()
                .filter(header -> SHOWN_HEADERS.contains(header.name().toLowerCase(Locale.ROOT)))
                .forEach(header -> html.append(line(header.name(), Html.escape(header.value()))));
        html.append(line("Delivered to", Html.escape(String.join(", ", mail.to()))))
                .append(line("Received", time(mail.receivedAt())))
                .append("</dl>");
        html.append(content(mail, parsed));
        for (int i = 0; i < parsed.attachments().size(); i++) {
            ParsedMail.Attachment attachment = parsed.attachments().get(i);
            if (!shownWithin(parsed, attachment)) {
                html.append(attachment(mail, i, attachment));
            }
        }
        html.append("<p><a href=\"/mailbox/messages/").append(mail.id()).append("\">Source</a></p></article>");
        return page(subject(mail), html.toString());
    }

    /** As a mail program shows it; the text, where there is both, on request. */
    private static String content(StoredMail mail, ParsedMail parsed) {
        String text = parsed.text().isEmpty() ? "" : "<pre>" + Html.escape(parsed.text()) + "</pre>";
        if (parsed.html().isEmpty()) {
            return text;
        }
        String frame = "<iframe title=\"HTML version\" sandbox src=\"/mailbox/view/" + mail.id() + "/html\"></iframe>";
        return text.isEmpty() ? frame : frame + "<details><summary>Text version</summary>" + text + "</details>";
    }

    private static boolean shownWithin(ParsedMail parsed, ParsedMail.Attachment attachment) {
        return !attachment.id().isEmpty() && parsed.html().contains("cid:" + attachment.id());
    }

    private static String attachment(StoredMail mail, int number, ParsedMail.Attachment attachment) {
        String address = "/mailbox/view/" + mail.id() + "/parts/" + number;
        String name = Html.escape(attachment.name());
        String image = IMAGES.contains(attachment.type()) ? "<img src=\"" + address + "\" alt=\"" + name + "\">" : "";
        return "<figure>" + image + "<figcaption><a href=\"" + address + "\">" + name + "</a> <span class=\"who\">"
                + Html.escape(attachment.type()) + "</span></figcaption></figure>";
    }

    private Answer html(Request request) {
        ParsedMail parsed = parsed(mail(request));
        String html = OWN_PICTURE
                .matcher(parsed.html())
                .replaceAll(found -> Matcher.quoteReplacement(picture(parsed, found)));
        return safe(Reply.of(200, "text/html; charset=utf-8", html.getBytes(StandardCharsets.UTF_8)), HTML_POLICY);
    }

    /** A picture of the mail (RFC 2392), put in its place. */
    private static String picture(ParsedMail parsed, MatchResult reference) {
        return parsed.attachments().stream()
                .filter(attachment -> attachment.id().equals(reference.group(1)) && IMAGES.contains(attachment.type()))
                .findFirst()
                .map(attachment -> {
                    try {
                        return "data:" + attachment.type() + ";base64,"
                                + Base64.getEncoder().encodeToString(attachment.content());
                    } catch (IOException unreadable) {
                        throw new UncheckedIOException(unreadable);
                    }
                })
                .orElse(reference.group());
    }

    private Answer part(Request request) {
        List<ParsedMail.Attachment> attachments = parsed(mail(request)).attachments();
        String number = request.variable("number");
        if (!number.matches("\\d{1,4}") || Integer.parseInt(number) >= attachments.size()) {
            throw new ProblemException(404, "this mail has " + attachments.size() + " attachments, from 0 on");
        }
        ParsedMail.Attachment attachment = attachments.get(Integer.parseInt(number));
        boolean image = IMAGES.contains(attachment.type());
        try {
            Reply reply = Reply.of(200, image ? attachment.type() : "application/octet-stream", attachment.content());
            return safe(image ? reply : reply.with("Content-Disposition", "attachment"), PART_POLICY);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private StoredMail mail(Request request) {
        return mailbox.find(request.variable("id"))
                .orElseThrow(() -> new ProblemException(404, "there is no such mail"));
    }

    private ParsedMail parsed(StoredMail mail) {
        try {
            return ParsedMail.parse(mailbox.source(mail));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String subject(StoredMail mail) {
        return mail.subject().isBlank() ? "(no subject)" : mail.subject();
    }

    private static String time(Instant instant) {
        return "<time datetime=\"" + instant + "\">" + TIME.format(instant) + "</time>";
    }

    private static String line(String name, String escaped) {
        return "<dt>" + Html.escape(name) + "</dt><dd>" + escaped + "</dd>";
    }

    private static Answer page(String title, String body) {
        String html = """
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>%s</title><link rel="stylesheet" href="/mailbox/mailbox.css"></head>
                <body><header><h1><a href="/mailbox">Mailbox</a></h1><p>Every mail that the simulated mail server \
                took. None of them has left this machine.</p></header>
                <main>%s</main></body></html>
                """.formatted(Html.escape(title), body);
        return safe(Reply.of(200, "text/html; charset=utf-8", html.getBytes(StandardCharsets.UTF_8)), PAGE_POLICY);
    }

    private static Reply safe(Reply reply, String policy) {
        return reply.with("Content-Security-Policy", policy)
                .with("X-Content-Type-Options", "nosniff")
                .with("Referrer-Policy", "no-referrer")
                .with("Cache-Control", "no-store");
    }
}
