package io.trunkline.catalog;

import io.trunkline.database.Slice;
import io.trunkline.ids.OfferingId;
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
class ProductOfferingResource {
    private final Catalog catalog;

    ProductOfferingResource(Catalog catalog) {
        this.catalog = catalog;
    }

    @GetMapping("/enterprise/product-offerings")
    ResponseEntity<byte[]> list(Caller caller, Exchange exchange) {
        Page page = exchange.page(caller.organization());
        exchange.parameters().check();
        Slice.Rows<ProductOffering> rows = catalog.orderable(caller.organization(), page.slice());
        return exchange.list(
                "product-offerings", page, rows, (Json json, ProductOffering offering) -> offering.writeResource(json));
    }

    @GetMapping("/enterprise/product-offerings/{id}")
    ResponseEntity<byte[]> get(Caller caller, Exchange exchange, @PathVariable String id) {
        exchange.parameters().check();
        ProductOffering offering = OfferingId.parse(id)
                .flatMap(known -> catalog.orderable(caller.organization(), known))
                .orElseThrow(Refusal::notFound);
        return exchange.resource(offering::writeResource);
    }
}
