package io.trunkline.security;

import io.trunkline.stories.RunningServer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** The licences that the routes of a server ask for. */
public final class Licences {
    private Licences() {}

    /** By operation, e.g. {@code GET /enterprise/accounts/{id}}. */
    public static Map<String, Set<String>> needed(RunningServer server) {
        var needed = new TreeMap<String, Set<String>>();
        server.bean(RequestMappingHandlerMapping.class).getHandlerMethods().forEach((route, handler) -> {
            for (String path : route.getPatternValues()) {
                if (path.equals(CallerFilter.API) || path.startsWith(CallerFilter.API + "/")) {
                    var scopes = new TreeSet<String>();
                    Arrays.stream(LicenceCheck.needs(handler).orElseThrow().value())
                            .forEach(licence -> scopes.add(licence.scope()));
                    route.getMethodsCondition().getMethods().forEach(method -> needed.put(method + " " + path, scopes));
                }
            }
        });
        return needed;
    }

    /** Every licence's scope. */
    public static List<String> all() {
        return Licence.ofOrganizations().stream().map(Licence::scope).toList();
    }
}
