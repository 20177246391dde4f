package io.trunkline.catalog;

import io.trunkline.ids.TemplateId;
import io.trunkline.web.Json;
import java.util.List;

/**
 * What an order makes: plan and add-ons, numbers, services.
 *
 * @param offerings exactly one plan among them
 * @param smsSender whether the numbers may be senders of messages
 */
public record OrderTemplate(
        TemplateId id,
        String type,
        String description,
        List<ProductOffering> offerings,
        List<Numbers> phoneNumbers,
        List<Service> services,
        boolean smsSender) {

    /**
     * Numbers to reserve.
     *
     * @param country ISO 3166-1 alpha-2
     * @param isPrimary whether one of these is the subscription's primary number
     */
    public record Numbers(String country, int count, boolean isPrimary) {}

    /** A service and whether it is switched on. */
    public record Service(String type, boolean enabled) {}

    /** The plan's profile type. */
    public String profileType() {
        return offerings.stream()
                .flatMap(offering -> offering.profileType().stream())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(id + " has no plan with a profile type"));
    }

    public static String path(TemplateId id) {
        return "/enterprise/order-templates/" + id;
    }

    /** The resource. */
    public void write(Json json) {
        json.text("id", id.text())
                .text("type", type)
                .text("description", description)
                .objects(
                        "products",
                        offerings,
                        (product, offering) ->
                                product.embedded(embedded -> embedded.object("product-offering", offering::write)))
                .objects(
                        "phone_numbers",
                        phoneNumbers,
                        (number, wanted) -> number.text("country", wanted.country())
                                .number("count", wanted.count())
                                .bool("is_primary", wanted.isPrimary()))
                .objects(
                        "services",
                        services,
                        (entry, service) -> entry.text("type", service.type()).bool("enabled", service.enabled()))
                .links(links -> links.link("self", path(id)));
    }
}
