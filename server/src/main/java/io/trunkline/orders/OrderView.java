package io.trunkline.orders;

import static java.util.stream.Collectors.toMap;

import io.trunkline.accounts.Account;
import io.trunkline.database.Sql;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.subscribers.PersonKeys;
import io.trunkline.subscribers.Subscriber;
import io.trunkline.subscribers.Subscribers;
import io.trunkline.subscriptions.PhoneNumber;
import io.trunkline.subscriptions.SimProfile;
import io.trunkline.subscriptions.Subscription;
import io.trunkline.subscriptions.Subscriptions;
import io.trunkline.web.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** An order as the API shows it: with its person, its profile and its delivery. */
record OrderView(Order order, Subscriber subscriber, Optional<SimProfile> profile, Optional<Delivery> delivery) {

    void write(Json json) {
        json.text("id", order.id().text())
                .text("status", order.status().text())
                .text("type", order.type().text())
                .text("account_id", order.account().text())
                .text("subscription_id", order.subscription().text())
                .text("template_id", order.template().map(Object::toString).orElse(null))
                .object("sim_profile", this::writeProfile)
                .objects("phone_numbers", order.phoneNumbers(), (Json entry, PhoneNumber number) -> number.write(entry))
                .object("subscriber", subscriber::writeFields)
                .text("reason", order.reason().map(Order.Reason::text).orElse(null));
        order.changes().ifPresentOrElse(changes -> json.object("changes", changes::write), () -> json.none("changes"));
        order.cancelReason()
                .ifPresentOrElse(
                        reason -> json.object(
                                "cancel_reason",
                                entry -> entry.text("code", reason.code()).text("detail", reason.detail())),
                        () -> json.none("cancel_reason"));
        json.time("requested_at", order.requestedAt().orElse(null))
                .objects(
                        "milestones",
                        order.milestones(),
                        (entry, milestone) ->
                                entry.text("name", milestone.name()).time("at", milestone.at()))
                .time("created_at", order.createdAt())
                .time("updated_at", order.updatedAt())
                .links(links -> {
                    links.link("self", Order.path(order.id()))
                            .link("account", Account.path(order.account()))
                            .link("subscription", Subscription.path(order.subscription()))
                            .link("subscriber", Subscriber.path(order.subscriber()));
                    if (order.isCancelable()) {
                        links.link("cancel", Order.path(order.id()));
                    }
                });
    }

    private void writeProfile(Json json) {
        json.text("iccid", order.iccid().map(Object::toString).orElse(null)).text("sim_type", "esim");
        delivery.ifPresentOrElse(given -> json.object("delivery", given::write), () -> json.none("delivery"));
        json.links(links -> {
            if (profile.isPresent()) {
                links.link("self", SimProfile.path(order.subscription()));
                if (profile.get().state().hasCode()) {
                    links.link("qr_code", SimProfile.codePath(order.subscription()));
                }
            }
        });
    }

    /** Reads what belongs to orders, one statement per kind whatever their number. */
    @Component
    static class Reader {
        private final Subscribers subscribers;
        private final PersonKeys keys;
        private final Subscriptions subscriptions;

        Reader(Subscribers subscribers, PersonKeys keys, Subscriptions subscriptions) {
            this.subscribers = subscribers;
            this.keys = keys;
            this.subscriptions = subscriptions;
        }

        List<OrderView> read(Sql sql, OrganizationId organization, List<OrderStore.Shown> shown) {
            if (shown.isEmpty()) {
                return List.of();
            }
            List<Order> orders = shown.stream().map(OrderStore.Shown::order).toList();
            List<SubscriberId> people = orders.stream().map(Order::subscriber).toList();
            Map<SubscriberId, Subscriber> found = subscribers.all(sql, organization, people).stream()
                    .collect(toMap(Subscriber::id, subscriber -> subscriber));
            Map<SubscriptionId, SimProfile> profiles = subscriptions.simProfiles(
                    sql, organization, orders.stream().map(Order::subscription).toList());
            PersonKeys.Opened opened = keys.keys(sql, organization, people);
            return shown.stream()
                    .map(one -> new OrderView(
                            one.order(),
                            expected(found.get(one.order().subscriber()), one.order()),
                            profile(one.order(), profiles),
                            one.delivery().map(kept -> delivery(kept, opened))))
                    .toList();
        }

        private static Optional<SimProfile> profile(Order order, Map<SubscriptionId, SimProfile> profiles) {
            return Optional.ofNullable(profiles.get(order.subscription()))
                    .filter(profile -> order.iccid().equals(Optional.of(profile.iccid())));
        }

        Delivery delivery(Sql sql, OrganizationId organization, OrderStore.KeptDelivery kept) {
            return delivery(kept, keys.keys(sql, organization, List.of(kept.subscriber())));
        }

        private static <T> T expected(@Nullable T value, Order order) {
            if (value == null) {
                throw new IllegalStateException(order.id() + " lacks its person");
            }
            return value;
        }

        private static Delivery delivery(OrderStore.KeptDelivery kept, PersonKeys.Opened opened) {
            JsonNode recipients = Json.parse(kept.sealedRecipients()
                    .flatMap(cipher -> opened.text(kept.subscriber(), cipher, context(kept.id())))
                    .orElse("{}"));
            return new Delivery(
                    kept.id(),
                    kept.type(),
                    texts(recipients.path("to")),
                    texts(recipients.path("cc")),
                    kept.eid(),
                    kept.state(),
                    kept.failureCode(),
                    kept.sealedDetail()
                            .flatMap(cipher -> opened.text(kept.subscriber(), cipher, detailContext(kept)))
                            .map(Delivery.Said::of)
                            .orElse(Delivery.Said.NOTHING),
                    kept.sealedBounces()
                            .flatMap(cipher -> opened.text(kept.subscriber(), cipher, bouncesContext(kept)))
                            .map(Bounce::of)
                            .orElse(List.of()));
        }

        /** The recipients as they are kept: sealed under the person's key. */
        static Optional<byte[]> sealed(PersonKeys.Opened keys, SubscriberId person, Delivery delivery) {
            if (!delivery.hasRecipients()) {
                return Optional.empty();
            }
            String recipients =
                    Json.text(json -> json.texts("to", delivery.to()).texts("cc", delivery.cc()));
            return Optional.of(keys.seal(person, recipients.getBytes(StandardCharsets.UTF_8), context(delivery.id())));
        }

        Optional<byte[]> sealed(Sql sql, OrganizationId organization, SubscriberId person, Delivery delivery) {
            return delivery.hasRecipients()
                    ? sealed(keys.keys(sql, organization, List.of(person)), person, delivery)
                    : Optional.empty();
        }

        /** What a mail server said of a delivery, which may name recipients. */
        byte[] sealed(Sql sql, OrganizationId organization, OrderStore.KeptDelivery delivery, Delivery.Said said) {
            byte[] plain = said.kept().getBytes(StandardCharsets.UTF_8);
            return keys.seal(sql, organization, delivery.subscriber(), plain, detailContext(delivery));
        }

        /** What came back of a mail, which names recipients. */
        byte[] sealed(Sql sql, OrganizationId organization, OrderStore.KeptDelivery delivery, List<Bounce> bounces) {
            byte[] plain = Bounce.kept(bounces).getBytes(StandardCharsets.UTF_8);
            return keys.seal(sql, organization, delivery.subscriber(), plain, bouncesContext(delivery));
        }

        private static String bouncesContext(OrderStore.KeptDelivery kept) {
            return context(kept.id()) + "/bounces";
        }

        private static String detailContext(OrderStore.KeptDelivery kept) {
            return context(kept.id()) + "/detail";
        }

        List<Delivery> deliveries(Sql sql, OrganizationId organization, List<OrderStore.KeptDelivery> kept) {
            List<SubscriberId> people = kept.stream()
                    .map(OrderStore.KeptDelivery::subscriber)
                    .distinct()
                    .toList();
            PersonKeys.Opened opened = keys.keys(sql, organization, people);
            return kept.stream().map(one -> delivery(one, opened)).toList();
        }

        /** Whom a mail has reached so far. */
        MailProgress progress(Sql sql, OrganizationId organization, OrderStore.KeptDelivery kept) {
            return kept.sealedProgress()
                    .flatMap(cipher -> keys.open(sql, organization, kept.subscriber(), cipher, progressContext(kept)))
                    .map(plain -> MailProgress.of(new String(plain, StandardCharsets.UTF_8)))
                    .orElse(MailProgress.NONE);
        }

        byte[] sealed(Sql sql, OrganizationId organization, OrderStore.KeptDelivery kept, MailProgress progress) {
            byte[] plain = progress.text().getBytes(StandardCharsets.UTF_8);
            return keys.seal(sql, organization, kept.subscriber(), plain, progressContext(kept));
        }

        private static String progressContext(OrderStore.KeptDelivery kept) {
            return context(kept.id()) + "/progress";
        }

        private static List<String> texts(JsonNode array) {
            var texts = new ArrayList<String>();
            array.forEach(text -> texts.add(text.stringValue()));
            return List.copyOf(texts);
        }

        private static String context(UUID delivery) {
            return "deliveries/" + delivery;
        }
    }
}
