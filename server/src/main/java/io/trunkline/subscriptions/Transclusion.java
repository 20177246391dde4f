package io.trunkline.subscriptions;

import static java.util.stream.Collectors.toMap;

import io.trunkline.accounts.Account;
import io.trunkline.accounts.Accounts;
import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.security.Caller;
import io.trunkline.security.Licence;
import io.trunkline.subscribers.Subscriber;
import io.trunkline.subscribers.Subscribers;
import io.trunkline.web.Json;
import io.trunkline.web.Preferences;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Embeds what {@code Prefer: transclude} asks for: one statement per kind of resource and page, never one per row. What
 * the caller has no licence for is left out, and not named as applied.
 */
@Component
class Transclusion {
    private final Database database;
    private final Accounts accounts;
    private final Subscribers subscribers;

    Transclusion(Database database, Accounts accounts, Subscribers subscribers) {
        this.database = database;
        this.accounts = accounts;
        this.subscribers = subscribers;
    }

    /** What was read for these subscriptions, ready to be written into each. */
    Embedded read(Caller caller, Preferences preferences, List<Subscription> rows) {
        List<SubscriptionId> ids = rows.stream().map(Subscription::id).toList();
        Sql sql = database.of(caller.organization());
        var parts = new ArrayList<Part>();
        if (caller.has(Licence.ACCOUNTS) && preferences.transcludes("account")) {
            Map<AccountId, Account> found =
                    accounts
                            .all(
                                    caller.organization(),
                                    rows.stream().map(Subscription::account).toList())
                            .stream()
                            .collect(toMap(Account::id, account -> account));
            parts.add((json, row) -> one(json, "account", found.get(row.account()), account -> account.write(json)));
        }
        if (caller.has(Licence.SUBSCRIBERS) && preferences.transcludes("subscriber")) {
            Map<SubscriberId, Subscriber> found =
                    subscribers
                            .all(
                                    caller.organization(),
                                    rows.stream().map(Subscription::subscriber).toList())
                            .stream()
                            .collect(toMap(Subscriber::id, subscriber -> subscriber));
            parts.add((json, row) ->
                    one(json, "subscriber", found.get(row.subscriber()), subscriber -> subscriber.write(json)));
        }
        if (preferences.transcludes("sim_profile")) {
            var found = SubscriptionStore.simProfiles(sql, caller.organization(), ids);
            parts.add((json, row) -> one(json, "sim_profile", found.get(row.id()), profile -> profile.write(json)));
        }
        if (preferences.transcludes("phone_numbers")) {
            var found = SubscriptionStore.phoneNumbers(sql, caller.organization(), ids);
            parts.add((json, row) -> json.object(
                    "phone_numbers",
                    entry -> PhoneNumber.writeAll(entry, row.id(), found.getOrDefault(row.id(), List.of()))));
        }
        if (preferences.transcludes("services")) {
            var found = SubscriptionStore.services(sql, caller.organization(), ids);
            parts.add((json, row) -> json.object(
                    "services", entry -> Service.writeAll(entry, row.id(), found.getOrDefault(row.id(), List.of()))));
        }
        return new Embedded(parts);
    }

    private static <T> void one(Json json, String name, @Nullable T found, Consumer<T> content) {
        if (found == null) {
            json.none(name);
        } else {
            json.object(name, entry -> content.accept(found));
        }
    }

    private interface Part {
        void write(Json json, Subscription row);
    }

    /** The parts to embed. */
    record Embedded(List<Part> parts) {
        void write(Json json, Subscription row) {
            row.writeFields(json);
            if (!parts.isEmpty()) {
                json.embedded(embedded -> parts.forEach(part -> part.write(embedded, row)));
            }
            row.writeLinks(json);
        }
    }
}
