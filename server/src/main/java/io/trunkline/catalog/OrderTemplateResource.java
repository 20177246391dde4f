package io.trunkline.catalog;

import io.trunkline.database.Slice;
import io.trunkline.ids.TemplateId;
import io.trunkline.security.Caller;
import io.trunkline.security.Licence;
import io.trunkline.security.Needs;
import io.trunkline.web.Exchange;
import io.trunkline.web.Json;
import io.trunkline.web.Page;
import io.trunkline.web.Refusal;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Needs(Licence.ORDER_TEMPLATES)
class OrderTemplateResource {
    private final Catalog catalog;

    OrderTemplateResource(Catalog catalog) {
        this.catalog = catalog;
    }

    @GetMapping("/enterprise/order-templates")
    ResponseEntity<byte[]> list(Caller caller, Exchange exchange) {
        Page page = exchange.page(caller.organization());
        exchange.parameters().check();
        Slice.Rows<OrderTemplate> rows = catalog.templates(caller.organization(), page.slice());
        return exchange.list(
                "order-templates", page, rows, (Json json, OrderTemplate template) -> template.write(json));
    }

    @GetMapping("/enterprise/order-templates/{id}")
    ResponseEntity<byte[]> get(Caller caller, Exchange exchange, @PathVariable String id) {
        exchange.parameters().check();
        OrderTemplate template = TemplateId.parse(id)
                .flatMap(known -> catalog.template(caller.organization(), known))
                .orElseThrow(Refusal::notFound);
        return exchange.resource(template::write);
    }
}
