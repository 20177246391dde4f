package io.trunkline.orders;

import io.trunkline.ids.OfferingId;
import io.trunkline.ids.ProductId;
import io.trunkline.subscriptions.Service;
import io.trunkline.web.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * What an order changes of a line's products and services.
 *
 * @param remove with the plan that another one replaces
 * @param services those that are named; the others stay
 * @param atHlr whether the line is active and the HLR has to know
 */
record ProductChange(List<OfferingId> add, List<ProductId> remove, List<Service> services, boolean atHlr) {

    /** All services as they will be. */
    List<Service> applied(List<Service> present) {
        var all = new LinkedHashMap<String, Service>();
        present.forEach(service -> all.put(service.type(), service));
        services.forEach(service -> all.put(service.type(), service));
        return List.copyOf(all.values());
    }

    /** As the API shows it. */
    void write(Json json) {
        json.texts("add", add.stream().map(OfferingId::text).toList())
                .texts("remove", remove.stream().map(ProductId::text).toList())
                .objects(
                        "services",
                        services,
                        (entry, service) -> entry.text("type", service.type()).bool("enabled", service.enabled()));
    }

    /** As the table keeps it. */
    String kept() {
        return Json.text(json -> json.texts(
                        "add", add.stream().map(id -> id.value().toString()).toList())
                .texts(
                        "remove",
                        remove.stream().map(id -> id.value().toString()).toList())
                .objects(
                        "services",
                        services,
                        (entry, service) -> entry.text("type", service.type()).bool("enabled", service.enabled()))
                .bool("at_hlr", atHlr));
    }

    static ProductChange of(String kept) {
        JsonNode node = Json.parse(kept);
        var services = new ArrayList<Service>();
        for (JsonNode service : node.path("services")) {
            services.add(new Service(
                    service.path("type").stringValue(), service.path("enabled").booleanValue()));
        }
        return new ProductChange(
                uuids(node.path("add")).stream().map(OfferingId::new).toList(),
                uuids(node.path("remove")).stream().map(ProductId::new).toList(),
                List.copyOf(services),
                node.path("at_hlr").booleanValue());
    }

    private static List<UUID> uuids(JsonNode array) {
        return array.valueStream().map(id -> UUID.fromString(id.stringValue())).toList();
    }
}
