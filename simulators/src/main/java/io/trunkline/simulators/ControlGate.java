package io.trunkline.simulators;

import io.trunkline.simulators.http.Answer;
import io.trunkline.simulators.http.HttpListener;
import io.trunkline.simulators.http.Problem;
import io.trunkline.simulators.http.Request;
import io.trunkline.simulators.http.Routes;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps web pages of strangers out of the control interface: a browser on this machine would carry their requests to
 * loopback. They show by their {@code Origin}, or by a {@code Host} that was made to resolve to here.
 */
final class ControlGate implements HttpListener.Handler {
    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Routes routes;
    private final boolean loopback;

    ControlGate(Routes routes, boolean loopback) {
        this.routes = routes;
        this.loopback = loopback;
    }

    @Override
    public Answer handle(Request request) {
        String host = request.header("Host").orElse("");
        if (loopback && !LOOPBACK_NAMES.contains(host.replaceFirst(":\\d+$", ""))) {
            return Problem.reply(403, "expected a Host of this machine's loopback");
        }
        Optional<String> origin = request.header("Origin");
        if (origin.isPresent() && !origin.get().equals("http://" + host)) {
            return Problem.reply(403, "requests of other sites' pages are refused");
        }
        return routes.handle(request);
    }
}
