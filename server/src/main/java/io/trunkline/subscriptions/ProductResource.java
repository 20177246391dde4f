package io.trunkline.subscriptions;

import io.trunkline.database.Slice;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.ProductId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.security.Caller;
import io.trunkline.security.Licence;
import io.trunkline.security.Needs;
import io.trunkline.web.Exchange;
import io.trunkline.web.Json;
import io.trunkline.web.Page;
import io.trunkline.web.Parameters;
import io.trunkline.web.Refusal;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Needs(Licence.PRODUCTS)
class ProductResource {
    private final Products products;

    ProductResource(Products products) {
        this.products = products;
    }

    @GetMapping("/enterprise/products")
    ResponseEntity<byte[]> list(Caller caller, Exchange exchange) {
        Parameters parameters = exchange.parameters();
        var filter = new Products.Filter(
                parameters.matching("account_id", "^acc_[0-9A-Z]{26}$", AccountId::parse),
                parameters.matching("subscription_id", "^sub_[0-9A-Z]{26}$", SubscriptionId::parse),
                parameters.oneOf("status", "active", "terminated").map(Product.Status::of));
        Page page = exchange.page(caller.organization());
        parameters.check();
        Slice.Rows<Products.View> rows = products.list(caller.organization(), filter, page.slice());
        return exchange.list("products", page, rows, (Json json, Products.View view) -> view.write(json));
    }

    @GetMapping("/enterprise/products/{id}")
    ResponseEntity<byte[]> get(Caller caller, Exchange exchange, @PathVariable String id) {
        exchange.parameters().check();
        Products.View view = ProductId.parse(id)
                .flatMap(known -> products.find(caller.organization(), known))
                .orElseThrow(Refusal::notFound);
        return exchange.resource(view::write);
    }
}
