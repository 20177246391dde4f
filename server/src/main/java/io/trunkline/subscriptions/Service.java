package io.trunkline.subscriptions;

import io.trunkline.ids.SubscriptionId;
import io.trunkline.web.Json;
import java.util.List;

/**
 * A service of a subscription.
 *
 * @param type {@code voice|sms|data|voice_recording|sms_recording}
 */
public record Service(String type, boolean enabled) {
    static String path(SubscriptionId subscription) {
        return Subscription.path(subscription) + "/services";
    }

    static void writeAll(Json json, SubscriptionId subscription, List<Service> services) {
        json.links(links -> links.link("self", path(subscription)));
        json.embedded(embedded -> embedded.objects(
                "services",
                services,
                (entry, service) -> entry.text("type", service.type()).bool("enabled", service.enabled())));
    }
}
