package io.trunkline.simulators.mail;

import io.trunkline.simulators.http.Answer;
import io.trunkline.simulators.http.Problem;
import io.trunkline.simulators.http.ProblemException;
import io.trunkline.simulators.http.Reply;
import io.trunkline.simulators.http.Request;
import io.trunkline.simulators.http.Routes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * The mailbox for programs.
 *
 * <ul>
 *   <li>{@code GET /mailbox/messages?to=&before=&limit=}: {@code {"messages": [{id, from, to: [], subject,
 *       received_at}]}}, newest first; {@code to} is an envelope recipient, {@code before} an id; limit 1,000, at
 *       most 10,000
 *   <li>{@code GET /mailbox/messages/{id}}: the source (RFC 5322), 404 where there is none
 * </ul>
 */
final class MailboxRoutes {
    private static final String DEFAULT_LIMIT = "1000";
    private static final int LARGEST_LIMIT = 10_000;

    private final Mailbox mailbox;

    MailboxRoutes(Mailbox mailbox) {
        this.mailbox = mailbox;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/mailbox/messages", this::list);
        routes.add("GET", "/mailbox/messages/{id}", this::source);
    }

    private Answer list(Request request) {
        String limit = request.query().getOrDefault("limit", DEFAULT_LIMIT);
        if (!limit.matches("\\d{1,5}") || Integer.parseInt(limit) < 1 || Integer.parseInt(limit) > LARGEST_LIMIT) {
            throw ProblemException.of(List.of(new Problem.Violation(
                    "?limit", "limit is \"" + limit + "\", expected a number from 1 to " + LARGEST_LIMIT)));
        }
        return Reply.json(
                200,
                Map.of(
                        "messages",
                        mailbox.list(
                                address(request),
                                request.query().getOrDefault("before", ""),
                                Integer.parseInt(limit))));
    }

    /** No address holds a space: one is the plus sign of who forgot to encode it. */
    static String address(Request request) {
        return request.query().getOrDefault("to", "").strip().replace(' ', '+');
    }

    private Answer source(Request request) {
        StoredMail mail = mailbox.find(request.variable("id"))
                .orElseThrow(() -> new ProblemException(404, "there is no such mail"));
        try {
            return Reply.of(200, "message/rfc822", mailbox.source(mail)).with("X-Content-Type-Options", "nosniff");
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
