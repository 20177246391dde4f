package io.trunkline.orders;

import static java.util.stream.Collectors.toMap;

import io.trunkline.accounts.Account;
import io.trunkline.accounts.Accounts;
import io.trunkline.catalog.Catalog;
import io.trunkline.catalog.Offered;
import io.trunkline.catalog.ProductOffering;
import io.trunkline.database.Sql;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.OfferingId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.ids.TemplateId;
import io.trunkline.subscribers.Subscriber;
import io.trunkline.subscribers.Subscribers;
import io.trunkline.subscriptions.PhoneNumber;
import io.trunkline.subscriptions.ProductChanges;
import io.trunkline.subscriptions.Service;
import io.trunkline.subscriptions.SimProfile;
import io.trunkline.subscriptions.Subscription;
import io.trunkline.subscriptions.Subscriptions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.springframework.stereotype.Component;

/** What there is of all that requests name: one statement per kind, whatever the number of requests. */
record Facts(
        Map<AccountId, Account> accounts,
        Offered offered,
        Map<SubscriberId, Subscriber> people,
        Map<SubscriptionId, Order> inFlight,
        Map<SubscriptionId, Subscription> lines,
        Map<SubscriptionId, SimProfile> profiles,
        Map<SubscriptionId, List<PhoneNumber>> numbers,
        Map<SubscriptionId, List<ProductChanges.Active>> products,
        Map<SubscriptionId, List<Service>> services,
        Map<OfferingId, ProductOffering> orderable) {

    /** What requests name. */
    private static final class Named {
        private final Set<AccountId> accounts = new HashSet<>();
        private final Set<AccountId> activating = new HashSet<>();
        private final Set<TemplateId> templates = new HashSet<>();
        private final Set<SubscriberId> people = new HashSet<>();
        private final Set<SubscriptionId> lines = new HashSet<>();
        private final Set<SubscriptionId> changing = new HashSet<>();
        private final List<OfferingId> offerings = new ArrayList<>();

        Named(Collection<? extends Request> requests) {
            for (Request request : requests) {
                request.account().ifPresent(accounts::add);
                switch (request) {
                    case OrderRequest order -> add(order);
                    case ChangeRequest change -> add(change);
                }
            }
        }

        private void add(OrderRequest order) {
            order.account().ifPresent(activating::add);
            order.template().ifPresent(templates::add);
            order.subscriber().ifPresent(people::add);
        }

        private void add(ChangeRequest change) {
            change.subscription().ifPresent(lines::add);
            change.products().ifPresent(products -> {
                change.subscription().ifPresent(changing::add);
                products.add().forEach(id -> id.ifPresent(offerings::add));
            });
        }
    }

    @Component
    static class Reader {
        private final Accounts accounts;
        private final Catalog catalog;
        private final Subscribers subscribers;
        private final Subscriptions subscriptions;
        private final ProductChanges products;

        Reader(
                Accounts accounts,
                Catalog catalog,
                Subscribers subscribers,
                Subscriptions subscriptions,
                ProductChanges products) {
            this.accounts = accounts;
            this.catalog = catalog;
            this.subscribers = subscribers;
            this.subscriptions = subscriptions;
            this.products = products;
        }

        Facts read(Sql sql, OrganizationId organization, Collection<? extends Request> requests) {
            var named = new Named(requests);
            // Before the lines: what an order in flight does to its line is then seen, or the order is.
            Map<SubscriptionId, Order> inFlight = named.lines.isEmpty()
                    ? Map.of()
                    : by(OrderStore.inFlight(sql, organization, named.lines), Order::subscription);
            Map<SubscriptionId, Subscription> lines = named.lines.isEmpty()
                    ? Map.of()
                    : by(subscriptions.all(sql, organization, named.lines), Subscription::id);
            var people = new HashSet<>(named.people);
            lines.values().forEach(line -> people.add(line.subscriber()));
            boolean noLines = lines.isEmpty();
            boolean noProducts = named.changing.isEmpty();
            return new Facts(
                    by(accounts.all(sql, organization, named.accounts), Account::id),
                    catalog.offered(sql, organization, named.activating, named.templates),
                    by(subscribers.all(sql, organization, people), Subscriber::id),
                    inFlight,
                    lines,
                    noLines ? Map.of() : subscriptions.simProfiles(sql, organization, lines.keySet()),
                    noLines ? Map.of() : subscriptions.phoneNumbers(sql, organization, lines.keySet()),
                    noProducts ? Map.of() : products.active(sql, organization, named.changing),
                    noProducts ? Map.of() : subscriptions.services(sql, organization, named.changing),
                    by(catalog.orderable(sql, organization, named.offerings), ProductOffering::id));
        }

        private static <K, V> Map<K, V> by(List<V> all, Function<V, K> key) {
            return all.stream().collect(toMap(key, one -> one, (one, _) -> one, HashMap::new));
        }
    }

    Optional<Account> account(AccountId id) {
        return Optional.ofNullable(accounts.get(id));
    }

    Optional<Subscriber> person(SubscriberId id) {
        return Optional.ofNullable(people.get(id));
    }

    Optional<Subscription> line(SubscriptionId id) {
        return Optional.ofNullable(lines.get(id));
    }

    /** The order that is in flight on the line. */
    Optional<Order> inFlight(SubscriptionId id) {
        return Optional.ofNullable(inFlight.get(id));
    }

    Optional<SimProfile> profile(SubscriptionId id) {
        return Optional.ofNullable(profiles.get(id));
    }
}
