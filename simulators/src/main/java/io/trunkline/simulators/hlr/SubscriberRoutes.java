package io.trunkline.simulators.hlr;

import io.trunkline.simulators.http.Answer;
import io.trunkline.simulators.http.Fields;
import io.trunkline.simulators.http.Json;
import io.trunkline.simulators.http.Problem;
import io.trunkline.simulators.http.ProblemException;
import io.trunkline.simulators.http.Reply;
import io.trunkline.simulators.http.Request;
import io.trunkline.simulators.http.Routes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The routes to look at subscribers and to prepare them.
 *
 * <ul>
 *   <li>{@code GET /hlr/subscribers/{imsi}}: one, never with its keys; 404 where there is none
 *   <li>{@code GET /hlr/subscribers?msisdn=}: {@code {"subscribers": […]}}, the one that has the number, or none
 *   <li>{@code GET /hlr/subscribers?after=&limit=}: a page of them by IMSI, with {@code next_after}
 *   <li>{@code PUT /hlr/subscribers}: a list of {@code {"imsi", "msisdn", "cs_enabled", "ps_enabled"}}, made or
 *       changed; keys stay as they are. 409 where another one has a number; what stands before it in the list is done
 * </ul>
 */
final class SubscriberRoutes {
    private static final int DEFAULT_PAGE = 100;
    private static final int LARGEST_PAGE = 10_000;
    private static final Pattern IMSI = Pattern.compile("\\d{6,15}");
    private static final Pattern MSISDN = Pattern.compile("\\d{1,15}");
    private static final Pattern DIGITS = Pattern.compile("\\d{0,15}");

    /** What may be seen of a subscriber. */
    record View(String imsi, @Nullable String msisdn, boolean csEnabled, boolean psEnabled) {
        static View of(Subscriber subscriber) {
            return new View(subscriber.imsi(), subscriber.msisdn(), subscriber.csEnabled(), subscriber.psEnabled());
        }
    }

    private final Subscribers subscribers;

    SubscriberRoutes(Subscribers subscribers) {
        this.subscribers = subscribers;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/hlr/subscribers/{imsi}", this::one);
        routes.add("GET", "/hlr/subscribers", this::list);
        routes.add("PUT", "/hlr/subscribers", this::put);
    }

    private Answer one(Request request) {
        String imsi = request.variable("imsi");
        return subscribers
                .find(imsi)
                .map(subscriber -> Reply.json(200, View.of(subscriber)))
                .orElseGet(() -> Problem.reply(404, "there is no subscriber with this IMSI"));
    }

    private Answer list(Request request) {
        Map<String, String> query = request.query();
        String number = query.getOrDefault("msisdn", "");
        if (!number.isEmpty()) {
            List<View> found =
                    subscribers.findByNumber(number).stream().map(View::of).toList();
            return Reply.json(200, Map.of("subscribers", found));
        }
        String after = query.getOrDefault("after", "");
        String limit = query.getOrDefault("limit", Integer.toString(DEFAULT_PAGE));
        if (!DIGITS.matcher(after).matches()
                || !limit.matches("[1-9]\\d{0,4}")
                || Integer.parseInt(limit) > LARGEST_PAGE) {
            throw new ProblemException(
                    400, "after is an IMSI or its beginning, limit a number from 1 to " + LARGEST_PAGE);
        }
        int most = Integer.parseInt(limit);
        List<Subscriber> found = subscribers.list(after, most + 1);
        List<Subscriber> page = found.size() > most ? found.subList(0, most) : found;
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("subscribers", page.stream().map(View::of).toList());
        body.put("next_after", found.size() > most ? page.getLast().imsi() : null);
        return Reply.json(200, body);
    }

    private Answer put(Request request) {
        JsonNode body = Json.body(request);
        if (!body.isArray()) {
            throw new ProblemException(400, "expected a list of subscribers, each with its imsi");
        }
        List<Problem.Violation> violations = new ArrayList<>();
        List<View> wanted = new ArrayList<>();
        for (int i = 0; i < body.size(); i++) {
            wanted.add(read(body.get(i), "/" + i, violations));
        }
        if (!violations.isEmpty()) {
            throw ProblemException.of(violations);
        }
        for (View one : wanted) {
            try {
                subscribers.createOrChange(
                        one.imsi(),
                        before -> before.withMsisdn(one.msisdn()).withServices(one.csEnabled(), one.psEnabled()));
            } catch (Subscribers.NumberTakenException taken) {
                throw new ProblemException(409, "the msisdn of " + one.imsi() + " is another subscriber's");
            }
        }
        return Reply.json(200, Map.of("count", wanted.size()));
    }

    private static View read(JsonNode node, String pointer, List<Problem.Violation> violations) {
        Fields fields = new Fields(node, pointer, violations);
        String imsi = fields.required("imsi", fields.text("imsi", IMSI), "");
        Optional<String> number = fields.text("msisdn", MSISDN);
        boolean cs = fields.flag("cs_enabled").orElse(true);
        boolean ps = fields.flag("ps_enabled").orElse(true);
        fields.refuseOthers();
        return new View(imsi, number.orElse(null), cs, ps);
    }
}
