package io.trunkline.simulators.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Finds the handler of a request. Filled before the listener starts, only read afterwards. */
public final class Routes implements HttpListener.Handler {
    private record Route(String method, List<String> segments, HttpListener.Handler handler) {}

    private final List<Route> routes = new ArrayList<>();

    /**
     * The first route that fits wins.
     *
     * @param path like {@code /smdp/profiles/{iccid}}; a variable is one whole segment
     */
    public Routes add(String method, String path, HttpListener.Handler handler) {
        routes.add(new Route(method, segments(path), handler));
        return this;
    }

    @Override
    public Answer handle(Request request) {
        List<String> path = segments(request.path());
        Set<String> allowed = new TreeSet<>();
        for (Route route : routes) {
            Optional<Map<String, String>> variables = match(route.segments(), path);
            if (variables.isPresent()) {
                if (route.method().equals(request.method())
                        || (route.method().equals("GET") && request.method().equals("HEAD"))) {
                    return route.handler().handle(request.with(variables.get()));
                }
                allowed.add(route.method());
            }
        }
        if (allowed.isEmpty()) {
            return Problem.reply(404, "nothing is at this path");
        }
        return Problem.reply(405, "expected " + String.join(" or ", allowed) + ", not " + request.method())
                .with("Allow", String.join(", ", allowed));
    }

    private static List<String> segments(String path) {
        return List.of(path.split("/", -1));
    }

    private static Optional<Map<String, String>> match(List<String> pattern, List<String> path) {
        if (pattern.size() != path.size()) {
            return Optional.empty();
        }
        Map<String, String> variables = new HashMap<>();
        for (int i = 0; i < pattern.size(); i++) {
            String expected = pattern.get(i);
            if (expected.startsWith("{")) {
                variables.put(expected.substring(1, expected.length() - 1), decoded(path.get(i)));
            } else if (!expected.equals(path.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(variables);
    }

    private static String decoded(String segment) {
        try {
            // A plus sign in a path is itself, not a space.
            return RequestReader.decode(segment.replace("+", "%2B"));
        } catch (MalformedRequestException malformed) {
            throw new ProblemException(400, String.valueOf(malformed.getMessage()));
        }
    }
}
