package io.trunkline.subscriptions;

import io.trunkline.ids.Msisdn;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.web.Json;
import java.util.List;

/**
 * A number of a subscription.
 *
 * @param country ISO 3166-1 alpha-2
 */
public record PhoneNumber(Msisdn msisdn, boolean isPrimary, String country) {
    static String path(SubscriptionId subscription) {
        return Subscription.path(subscription) + "/phone-numbers";
    }

    public void write(Json json) {
        json.text("msisdn", msisdn.digits()).bool("is_primary", isPrimary).text("country", country);
    }

    static void writeAll(Json json, SubscriptionId subscription, List<PhoneNumber> numbers) {
        json.links(links -> links.link("self", path(subscription)));
        json.embedded(embedded ->
                embedded.objects("phone_numbers", numbers, (Json entry, PhoneNumber number) -> number.write(entry)));
    }
}
