package io.trunkline.box.load;

import io.trunkline.box.load.Population.Kind;
import io.trunkline.database.CopyRows;
import io.trunkline.database.Sql;
import io.trunkline.ids.OfferingId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.subscribers.PersonKeys;
import io.trunkline.subscriptions.Subscriptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Writes accounts, people and lines by COPY. Rows are made on one thread while another sends them. */
final class PopulationTables {
    private static final String[] TABLES = {
        "accounts",
        "subscribers",
        "subscriber_keys",
        "subscriptions",
        "sim_profiles",
        "phone_numbers",
        "subscription_services",
        "products"
    };
    private static final List<String> COPIED = List.of(
            "accounts (organization_id, id, reference_code, name, country, status, created_at, updated_at)",
            "subscribers (organization_id, id, first_name, last_name, email, employee_id, group_name, locale,"
                    + " created_at, updated_at)",
            "subscriber_keys (organization_id, subscriber_id, sealed_key)",
            "subscriptions (organization_id, id, account_id, subscriber_id, status, sms_sender, created_at,"
                    + " terminated_at, updated_at)",
            "sim_profiles (organization_id, iccid, subscription_id, imsi, state, state_at, smdp_address,"
                    + " sealed_matching_id, held_from, held_to)",
            "phone_numbers (organization_id, msisdn, subscription_id, is_primary, country, held_from, held_to)",
            "subscription_services (organization_id, subscription_id, type, enabled)",
            "products (organization_id, id, subscription_id, account_id, offering_id, status, activated_at,"
                    + " terminates_at)");
    private static final int[] COLUMNS = {8, 10, 3, 9, 10, 7, 4, 8};

    private static final List<String> SERVICES = List.of("voice", "sms", "data");
    private static final List<String> GROUPS = List.of("Sales", "Operations", "Trading", "Management", "Field");
    private static final Duration ORDER_TIME = Duration.ofSeconds(2);
    private static final int AT_ONCE = 10_000;
    private static final int WAITING_PARTS = 3;
    private static final int MATCHING_ID_BYTES = 8;
    private static final long STALLED_SECONDS = 120;

    private final Population population;
    private final List<OrganizationId> organizations;
    private final List<OfferingId> offerings;
    private final PersonKeys keys;
    private final Subscriptions subscriptions;

    PopulationTables(
            Population population,
            List<OrganizationId> organizations,
            List<OfferingId> offerings,
            PersonKeys keys,
            Subscriptions subscriptions) {
        this.population = population;
        this.organizations = organizations;
        this.offerings = offerings;
        this.keys = keys;
        this.subscriptions = subscriptions;
    }

    /** Rows of each of the tables. */
    private record Part(List<CopyRows> rows, int lines) {
        static Part empty() {
            var rows = new ArrayList<CopyRows>();
            for (int columns : COLUMNS) {
                rows.add(new CopyRows(columns).frozen());
            }
            return new Part(rows, 0);
        }

        CopyRows of(int table) {
            return rows.get(table);
        }

        Part with(int count) {
            return new Part(rows, count);
        }
    }

    /** Fills the tables, which have no rows, in the transaction of these statements. */
    void fill(Sql sql, Progress progress) throws InterruptedException {
        BareTables bare = BareTables.strip(sql, TABLES);
        BlockingQueue<Part> made = new ArrayBlockingQueue<>(WAITING_PARTS);
        var making = new FutureTask<>(() -> {
            make(made);
            return true;
        });
        Thread maker = Thread.ofPlatform().name("load-population").daemon().start(making);
        try {
            int sent = 0;
            while (sent < population.lines()) {
                Part part = made.poll(STALLED_SECONDS, TimeUnit.SECONDS);
                if (part == null) {
                    throw new IllegalStateException("no rows were made: " + outcome(making));
                }
                for (int table = 0; table < COPIED.size(); table++) {
                    if (part.of(table).size() > 0) {
                        sql.copy(COPIED.get(table), part.of(table));
                    }
                }
                sent += part.lines();
                progress.part("subscriptions", sent, population.lines());
            }
        } finally {
            maker.interrupt();
        }
        bare.restore(progress);
    }

    private static String outcome(FutureTask<Boolean> making) throws InterruptedException {
        try {
            return making.isDone() ? "all are made: " + making.get() : "still making";
        } catch (ExecutionException e) {
            return String.valueOf(e.getCause());
        }
    }

    private void make(BlockingQueue<Part> made) throws InterruptedException {
        Part part = Part.empty();
        int count = 0;
        for (int organization = 0; organization < organizations.size(); organization++) {
            accounts(part.of(0), organization);
            for (int line = population.start(organization); line < population.end(organization); line++) {
                line(part, organization, line);
                if (++count == AT_ONCE) {
                    made.put(part.with(count));
                    part = Part.empty();
                    count = 0;
                }
            }
        }
        if (count > 0) {
            made.put(part.with(count));
        }
    }

    private void accounts(CopyRows rows, int organization) {
        Instant at = firstDay();
        int first = population.firstAccount(organization);
        for (int account = first; account < population.endOfAccounts(organization); account++) {
            rows.row()
                    .uuid(organizations.get(organization).value())
                    .uuid(accountId(account))
                    .textOrNull(Integer.toString(5_000_000 + account))
                    .textOrNull("Branch " + (account - first + 1))
                    .textOrNull(population.countryOf(account))
                    .textOrNull("active")
                    .time(at)
                    .time(at);
        }
    }

    private Instant firstDay() {
        return population.now().minus(Duration.ofDays(1_100));
    }

    UUID accountId(int account) {
        return population.id(Kind.ACCOUNT, account, firstDay());
    }

    private void line(Part part, int organization, int line) {
        UUID tenant = organizations.get(organization).value();
        if (line - population.start(organization) < population.people(organization)) {
            person(part, tenant, organization, line);
        }
        UUID id = population.id(Kind.LINE, line);
        UUID account = accountId(population.accountOf(line, organization));
        Instant born = population.bornAt(line);
        String status = population.statusOf(line);
        boolean terminated = status.equals("terminated");
        Instant changed = status.equals("active") ? born.plus(ORDER_TIME) : population.changedAt(line);
        CopyRows row = part.of(3)
                .row()
                .uuid(tenant)
                .uuid(id)
                .uuid(account)
                .uuid(population.id(Kind.PERSON, population.personOf(line, organization)))
                .textOrNull(status)
                .bool(population.hasNumber(line))
                .time(born);
        timeIf(row, terminated, changed).time(changed);
        profile(part.of(4), tenant, id, line, terminated, changed);
        if (population.hasNumber(line)) {
            CopyRows number = part.of(5)
                    .row()
                    .uuid(tenant)
                    .textOrNull(Long.toString(population.numberOf(line)))
                    .uuid(id)
                    .bool(true)
                    .textOrNull(population.countryOf(line))
                    .time(born.plus(ORDER_TIME));
            timeIf(number, terminated, changed);
        }
        for (String service : SERVICES) {
            boolean enabled = population.hasNumber(line) || service.equals("data");
            part.of(6).row().uuid(tenant).uuid(id).textOrNull(service).bool(enabled);
        }
        product(part.of(7), Kind.PLAN, tenant, id, account, line, terminated, changed);
        if (population.hasAddOn(line)) {
            product(part.of(7), Kind.ADD_ON, tenant, id, account, line, terminated, changed);
        }
    }

    private static CopyRows timeIf(CopyRows row, boolean given, Instant time) {
        return given ? row.time(time) : row.none();
    }

    private void person(Part part, UUID tenant, int organization, int person) {
        UUID id = population.id(Kind.PERSON, person);
        Instant born = population.bornAt(person);
        long draw = Population.draw(Kind.NAME, person);
        String last = Names.last(draw);
        CopyRows row = part.of(1)
                .row()
                .uuid(tenant)
                .uuid(id)
                .textOrNull(Names.first(draw))
                .textOrNull(last)
                .textOrNull(last.toLowerCase(Locale.ROOT) + "." + person + "@org-" + organization + ".example");
        if (person % 6 == 5) {
            row.none();
        } else {
            row.textOrNull("E" + (100_000 + person));
        }
        row.textOrNull(GROUPS.get(person % GROUPS.size()))
                .textOrNull("en")
                .time(born)
                .time(born);
        part.of(2).row().uuid(tenant).uuid(id).bytes(keys.sealedKey(new SubscriberId(id)));
    }

    private void profile(CopyRows rows, UUID tenant, UUID id, int line, boolean terminated, Instant changed) {
        Instant born = population.bornAt(line);
        String matchingId = Long.toHexString(Population.draw(Kind.LINE, line) | 1L << (MATCHING_ID_BYTES * 8 - 1))
                .toUpperCase(Locale.ROOT);
        CopyRows row = rows.row()
                .uuid(tenant)
                .textOrNull(population.iccidOf(line).digits())
                .uuid(id)
                .textOrNull(population.imsiOf(line))
                .textOrNull(terminated ? "deleted" : line % 50 == 49 ? "released" : "installed")
                .time(terminated ? changed : born.plus(ORDER_TIME))
                .textOrNull("smdp.trunkline.invalid")
                .bytes(subscriptions.sealedMatchingId(population.iccidOf(line), matchingId))
                .time(born);
        timeIf(row, terminated, changed);
    }

    private void product(
            CopyRows rows,
            Kind kind,
            UUID tenant,
            UUID line,
            UUID account,
            int number,
            boolean terminated,
            Instant changed) {
        OfferingId offering = offerings.get(kind == Kind.PLAN ? population.planOf(number) : Population.PLANS);
        CopyRows row = rows.row()
                .uuid(tenant)
                .uuid(population.id(kind, number))
                .uuid(line)
                .uuid(account)
                .uuid(offering.value())
                .textOrNull(terminated ? "terminated" : "active")
                .time(population.bornAt(number).plus(ORDER_TIME));
        timeIf(row, terminated, changed);
    }
}
