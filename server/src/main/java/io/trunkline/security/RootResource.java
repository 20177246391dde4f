package io.trunkline.security;

import io.trunkline.web.Exchange;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Where a client begins: links to every list that its licences allow, found from the routes themselves. */
@RestController
class RootResource {
    private final ObjectProvider<RequestMappingHandlerMapping> routes;

    RootResource(@Qualifier("requestMappingHandlerMapping") ObjectProvider<RequestMappingHandlerMapping> routes) {
        this.routes = routes;
    }

    @Needs({})
    @GetMapping(CallerFilter.API)
    ResponseEntity<byte[]> root(Caller caller, Exchange exchange) {
        exchange.parameters().check();
        return exchange.resource(json -> json.links(links -> {
            links.link("self", CallerFilter.API);
            lists(caller).forEach(links::link);
        }));
    }

    /** Relation → path. A relation is the path below the root, e.g. {@code order-templates}, {@code usage-items}. */
    private Map<String, String> lists(Caller caller) {
        var lists = new TreeMap<String, String>();
        routes.getObject().getHandlerMethods().forEach((route, operation) -> {
            if (route.getMethodsCondition().getMethods().contains(RequestMethod.GET)
                    && LicenceCheck.needs(operation)
                            .filter(needs -> Arrays.stream(needs.value()).allMatch(caller::has))
                            .isPresent()) {
                for (String path : route.getDirectPaths()) {
                    if (path.startsWith(CallerFilter.API + "/")) {
                        lists.put(path.substring(CallerFilter.API.length() + 1).replace('/', '-'), path);
                    }
                }
            }
        });
        return lists;
    }
}
