package io.trunkline.box.demo;

import io.trunkline.database.Sql;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.Id;
import io.trunkline.ids.OfferingId;
import io.trunkline.ids.OrderId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.ProductId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.ids.TemplateId;
import io.trunkline.network.smdp.MatchingIds;
import io.trunkline.subscribers.PersonKeys;
import io.trunkline.subscriptions.Subscriptions;
import io.trunkline.web.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Fills one organization: accounts, people, templates, and lines with the completed orders that made them. */
final class DemoOrganization {
    private static final String INSERT_NUMBER = """
            INSERT INTO phone_numbers (organization_id, msisdn, subscription_id, is_primary, country, held_from,
                held_to)
            VALUES (?, ?, ?, ?, ?, ?, ?)""";
    private static final String GIVE_NUMBER = """
            UPDATE number_stock SET state = ?, organization_id = ?, order_id = ?, subscription_id = ?, changed_at = ?
            WHERE msisdn = ?""";
    private static final String GIVE_PROFILE = """
            UPDATE profile_stock SET state = ?, organization_id = ?, order_id = ?, subscription_id = ?, changed_at = ?
            WHERE iccid = ?""";

    private static final int PEOPLE = 20;
    static final int LINES = 30;
    private static final Duration HISTORY = Duration.ofDays(390);
    private static final Duration ORDER_TIME = Duration.ofMillis(1_400);
    private static final List<String> FIRST_NAMES = List.of(
            "Ada", "Amir", "Beatriz", "Chen", "Dagmar", "Elif", "Femi", "Greta", "Hugo", "Ines", "Jonas", "Kavya",
            "Liam", "Maja", "Noor", "Oskar", "Priya", "Rosa", "Søren", "Tomás");
    private static final List<String> LAST_NAMES = List.of(
            "Almeida",
            "Brandt",
            "Castillo",
            "Dubois",
            "Eriksen",
            "Farouk",
            "Graham",
            "Hoffmann",
            "Iyer",
            "Jensen",
            "Kowalski",
            "Lindqvist",
            "Moreau",
            "Novak",
            "Okafor",
            "Pereira",
            "Quinn",
            "Rossi",
            "Sato",
            "Tanaka");
    private static final List<String> GROUPS = List.of("Sales", "Operations", "Trading", "Management");

    private final Sql sql;
    private final PersonKeys keys;
    private final Subscriptions subscriptions;
    private final Plan plan;
    private final Random random;
    private final Instant now;
    private final MatchingIds matchingIds = new MatchingIds();

    DemoOrganization(Sql sql, PersonKeys keys, Subscriptions subscriptions, Plan plan, long seed, Instant now) {
        this.sql = sql;
        this.keys = keys;
        this.subscriptions = subscriptions;
        this.plan = plan;
        this.random = new Random(seed);
        this.now = now;
    }

    /**
     * What is made.
     *
     * @param domain of the people's mail addresses
     * @param firstIndex where its profiles and numbers begin in the stock
     */
    record Plan(
            OrganizationId id,
            String domain,
            List<Account> accounts,
            Map<String, OfferingId> offerings,
            int firstIndex,
            String clientId) {}

    record Account(String code, String name, String country, boolean closed) {}

    private record MadeTemplate(TemplateId id, DemoCatalog.Template content) {}

    /** Makes everything, in the transaction of these statements. */
    void fill() {
        List<AccountId> accounts = accounts();
        List<MadeTemplate> templates = templates(accounts);
        List<SubscriberId> people = people();
        int open = 0;
        for (int i = 0; i < LINES; i++) {
            Instant at = now.minus(HISTORY).plus(HISTORY.dividedBy(LINES + 1).multipliedBy(i + 1));
            AccountId account = accounts.get(i % accounts.size());
            boolean closed = plan.accounts().get(i % accounts.size()).closed();
            // Of the others every fourth is suspended and every fourth terminated.
            String status = closed || open % 4 == 1 ? "terminated" : open % 4 == 3 ? "suspended" : "active";
            open += closed ? 0 : 1;
            line(new Line(i, account, people.get(i % PEOPLE), templates.get(i % templates.size()), status, at));
        }
    }

    private List<AccountId> accounts() {
        var ids = new ArrayList<AccountId>();
        for (Account account : plan.accounts()) {
            AccountId id = AccountId.create(now.minus(HISTORY));
            ids.add(id);
            sql.update(
                    """
                    INSERT INTO accounts (organization_id, id, reference_code, name, country, status, created_at,
                        updated_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
                    plan.id(),
                    id,
                    account.code(),
                    account.name(),
                    account.country(),
                    account.closed() ? "closed" : "active",
                    now.minus(HISTORY),
                    now.minus(HISTORY));
        }
        return ids;
    }

    private List<MadeTemplate> templates(List<AccountId> accounts) {
        plan.offerings().values().forEach(offering -> sql.update("""
                        INSERT INTO organization_offerings (organization_id, offering_id) VALUES (?, ?)
                        ON CONFLICT DO NOTHING""", plan.id(), offering));
        var made = new ArrayList<MadeTemplate>();
        for (DemoCatalog.Template template : DemoCatalog.TEMPLATES) {
            TemplateId id = TemplateId.create(now.minus(HISTORY));
            made.add(new MadeTemplate(id, template));
            sql.update(
                    """
                    INSERT INTO order_templates (organization_id, id, type, description, phone_numbers, services,
                        sms_sender, all_accounts, created_at)
                    VALUES (?, ?, 'activate_subscription', ?, ?::jsonb, ?::jsonb, ?, true, ?)""",
                    plan.id(),
                    id,
                    template.description(),
                    numbersOf(template),
                    servicesOf(template),
                    template.services().contains("sms"),
                    now.minus(HISTORY));
            for (int i = 0; i < template.offerings().size(); i++) {
                sql.update("""
                        INSERT INTO order_template_offerings (organization_id, template_id, position, offering_id)
                        VALUES (?, ?, ?, ?)""", plan.id(), id, i, offering(template.offerings().get(i)));
            }
            if (template.isDefault()) {
                accounts.forEach(account -> sql.update("""
                        INSERT INTO order_template_accounts (organization_id, account_id, template_id, is_default)
                        VALUES (?, ?, ?, true)""", plan.id(), account, id));
            }
        }
        return made;
    }

    private static String numbersOf(DemoCatalog.Template template) {
        String primary =
                template.countries().isEmpty() ? "" : template.countries().getFirst();
        return array(json -> json.objects(
                "all",
                template.countries(),
                (entry, country) ->
                        entry.text("country", country).number("count", 1).bool("is_primary", country.equals(primary))));
    }

    private static String servicesOf(DemoCatalog.Template template) {
        return array(json -> json.objects(
                "all",
                DemoCatalog.SERVICES,
                (entry, service) -> entry.text("type", service)
                        .bool("enabled", template.services().contains(service))));
    }

    private static String array(Consumer<Json> content) {
        return Json.parse(Json.text(content)).path("all").toString();
    }

    private List<SubscriberId> people() {
        var ids = new ArrayList<SubscriberId>();
        for (int i = 0; i < PEOPLE; i++) {
            Instant at = now.minus(HISTORY).plus(Duration.ofHours(i));
            SubscriberId id = SubscriberId.create(at);
            String first = FIRST_NAMES.get((i + random.nextInt(3)) % FIRST_NAMES.size());
            String last = LAST_NAMES.get((i * 7 + random.nextInt(3)) % LAST_NAMES.size());
            ids.add(id);
            sql.update(
                    """
                    INSERT INTO subscribers (organization_id, id, first_name, last_name, email, employee_id, group_name,
                        locale, created_at, updated_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                    plan.id(),
                    id,
                    first,
                    last,
                    "person" + (i + 1) + "@" + plan.domain(),
                    i % 6 == 5 ? null : "E" + (1001 + i),
                    i % 7 == 6 ? null : GROUPS.get(random.nextInt(GROUPS.size())),
                    "en",
                    at,
                    at);
            sql.update(
                    "INSERT INTO subscriber_keys (organization_id, subscriber_id, sealed_key) VALUES (?, ?, ?)",
                    plan.id(),
                    id,
                    keys.sealedKey(id));
        }
        return ids;
    }

    private record Line(
            int number, AccountId account, SubscriberId person, MadeTemplate template, String status, Instant at) {
        Instant active() {
            return at.plus(ORDER_TIME);
        }

        boolean terminated() {
            return status.equals("terminated");
        }

        /** A suspended one was in use for most of its time. */
        Instant changed(Instant now) {
            Instant end = end();
            return end != null
                    ? end
                    : status.equals("suspended")
                            ? active().plus(Duration.between(active(), now)
                                    .multipliedBy(3)
                                    .dividedBy(4))
                            : active();
        }

        @Nullable Instant end() {
            return terminated() ? active().plus(Duration.ofDays(9)) : null;
        }
    }

    private void line(Line line) {
        SubscriptionId id = SubscriptionId.create(line.at());
        OrderId order = OrderId.create(line.at());
        sql.update(
                """
                INSERT INTO subscriptions (organization_id, id, account_id, subscriber_id, status, sms_sender,
                    created_at, terminated_at, updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                plan.id(),
                id,
                line.account(),
                line.person(),
                line.status(),
                line.template().content().services().contains("sms"),
                line.at(),
                line.end(),
                line.changed(now));
        Map<String, String> numbers = numbers(line, id, order);
        profile(line, id, order);
        services(line, id);
        products(line, id);
        order(line, id, order, numbers);
    }

    private Map<String, String> numbers(Line line, SubscriptionId id, OrderId order) {
        var numbers = new LinkedHashMap<String, String>();
        for (String country : line.template().content().countries()) {
            String msisdn = DemoStock.number(country, plan.firstIndex() + line.number());
            sql.update(INSERT_NUMBER, plan.id(), msisdn, id, numbers.isEmpty(), country, line.active(), line.end());
            String state = line.terminated() ? "quarantined" : "in_use";
            sql.update(GIVE_NUMBER, state, plan.id(), order, id, line.active(), msisdn);
            numbers.put(country, msisdn);
        }
        return numbers;
    }

    private void profile(Line line, SubscriptionId id, OrderId order) {
        int index = plan.firstIndex() + line.number();
        String iccid = DemoStock.iccid(index).digits();
        String matchingId = matchingIds.next();
        // The newest lines still wait for their phones.
        boolean waiting = line.status().equals("active") && line.number() > LINES - 6;
        sql.update(
                """
                INSERT INTO sim_profiles (organization_id, iccid, subscription_id, imsi, state, state_at, smdp_address,
                    sealed_matching_id, held_from, held_to)
                VALUES (?, ?, ?, ?, ?, ?, 'smdp.trunkline.invalid', ?, ?, ?)""",
                plan.id(),
                iccid,
                id,
                DemoStock.imsi(index),
                line.terminated() ? "deleted" : waiting ? "released" : "installed",
                waiting ? line.active() : line.active().plus(Duration.ofHours(2)),
                subscriptions.sealedMatchingId(DemoStock.iccid(index), matchingId),
                line.at(),
                line.end());
        String state = line.terminated() ? "retired" : "in_use";
        sql.update(GIVE_PROFILE, state, plan.id(), order, id, line.active(), iccid);
    }

    private void services(Line line, SubscriptionId id) {
        for (String service : DemoCatalog.SERVICES) {
            sql.update(
                    """
                    INSERT INTO subscription_services (organization_id, subscription_id, type, enabled)
                    VALUES (?, ?, ?, ?)""",
                    plan.id(),
                    id,
                    service,
                    line.template().content().services().contains(service));
        }
    }

    private void products(Line line, SubscriptionId id) {
        for (String offering : line.template().content().offerings()) {
            sql.update(
                    """
                    INSERT INTO products (organization_id, id, subscription_id, account_id, offering_id, status,
                        activated_at, terminates_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
                    plan.id(),
                    ProductId.create(line.active()),
                    id,
                    line.account(),
                    offering(offering),
                    line.terminated() ? "terminated" : "active",
                    line.active(),
                    line.end());
        }
    }

    private void order(Line line, SubscriptionId id, OrderId order, Map<String, String> numbers) {
        String primary = numbers.isEmpty() ? "" : numbers.keySet().iterator().next();
        String numbersJson = array(json -> json.objects(
                "all",
                numbers.entrySet(),
                (entry, number) -> entry.text("msisdn", number.getValue())
                        .bool("is_primary", number.getKey().equals(primary))
                        .text("country", number.getKey())));
        List<String> milestones =
                List.of("accepted", "reserved", "profile_ordered", "profile_released", "completed", "delivered");
        String milestonesJson = array(json -> json.objects(
                "all",
                milestones,
                (entry, name) ->
                        entry.text("name", name).time("at", name.equals("accepted") ? line.at() : line.active())));
        sql.update(
                """
                INSERT INTO orders (organization_id, id, type, status, account_id, subscription_id, subscriber_id,
                    template_id, sim_type, delivery_type, iccid, phone_numbers, milestones, client_id, correlation_id,
                    created_at, updated_at)
                VALUES (?, ?, 'activate_subscription', 'completed', ?, ?, ?, ?, 'esim', 'api', ?, ?::jsonb, ?::jsonb, ?,
                    ?, ?, ?)""",
                plan.id(),
                order,
                line.account(),
                id,
                line.person(),
                line.template().id(),
                DemoStock.iccid(plan.firstIndex() + line.number()).digits(),
                numbersJson,
                milestonesJson,
                plan.clientId(),
                "demo-" + order,
                line.at(),
                line.active());
        UUID delivery = Id.newValue(line.at());
        sql.update(
                """
                INSERT INTO deliveries (organization_id, id, order_id, subscription_id, subscriber_id, type, state,
                    message_id, created_at, updated_at)
                VALUES (?, ?, ?, ?, ?, 'api', 'sent', ?, ?, ?)""",
                plan.id(),
                delivery,
                order,
                id,
                line.person(),
                "<" + delivery + "@trunkline.invalid>",
                line.at(),
                line.active());
    }

    private OfferingId offering(String name) {
        OfferingId id = plan.offerings().get(name);
        if (id == null) {
            throw new IllegalStateException("the demo's catalog has no offering \"" + name + "\"");
        }
        return id;
    }
}
