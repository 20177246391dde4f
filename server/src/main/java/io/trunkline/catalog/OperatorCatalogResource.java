package io.trunkline.catalog;

import io.trunkline.security.Caller;
import io.trunkline.security.Licence;
import io.trunkline.security.Needs;
import io.trunkline.web.Exchange;
import io.trunkline.web.Problem;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Needs(Licence.OPERATOR)
class OperatorCatalogResource {
    /** RFC 9512. */
    private static final MediaType YAML = MediaType.parseMediaType("application/yaml");

    private final OperatorCatalog catalog;

    OperatorCatalogResource(OperatorCatalog catalog) {
        this.catalog = catalog;
    }

    @PostMapping("/operator/catalog")
    ResponseEntity<byte[]> apply(Caller caller, Exchange exchange) {
        boolean dryRun = exchange.parameters()
                .oneOf("dry-run", "true", "false")
                .map("true"::equals)
                .orElse(false);
        exchange.parameters().check();
        OperatorCatalog.Outcome outcome =
                catalog.apply(exchange.text(List.of(YAML)), dryRun, caller, exchange.correlationId());
        if (!outcome.violations().isEmpty()) {
            throw Problem.invalid(outcome.violations()).refusal();
        }
        return exchange.changed(json -> outcome.write(json, dryRun));
    }
}
