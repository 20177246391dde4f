package io.trunkline.usage;

import io.trunkline.catalog.Tariffs;
import io.trunkline.database.Row;
import io.trunkline.database.Sql;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.OfferingId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.ProductId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.rating.Holding;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a batch's records must be looked up in: who held which SIM and number when, and what their lines had. A few
 * statements for all of them, as the owner. What was looked up serves later batches too, as long as they tell of
 * nothing that began after it was looked up.
 */
final class FeedLookups {
    private static final String BY_IMSI = """
            SELECT imsi AS name, organization_id, subscription_id, held_from, held_to FROM sim_profiles
            WHERE imsi = ANY (?)""";
    private static final String BY_NUMBER = """
            SELECT msisdn AS name, organization_id, subscription_id, held_from, held_to FROM phone_numbers
            WHERE '+' || msisdn = ANY (?)""";
    private static final String IMSI_THEN = """
            SELECT imsi FROM sim_profiles
            WHERE organization_id = ? AND subscription_id = ? AND held_from <= ? AND (held_to IS NULL OR held_to > ?)
                AND imsi IS NOT NULL""";
    private static final String STOCK = """
            SELECT imsi AS name FROM profile_stock WHERE imsi = ANY (?)
            UNION ALL SELECT msisdn FROM number_stock WHERE msisdn = ANY (?)""";
    private static final String LINES = """
            SELECT s.organization_id, s.id, s.account_id, s.subscriber_id
            FROM unnest(?, ?) AS wanted (organization_id, id)
            JOIN subscriptions s ON s.organization_id = wanted.organization_id AND s.id = wanted.id""";
    private static final String PRODUCTS = """
            SELECT p.subscription_id, p.id, p.account_id, p.offering_id, p.activated_at, p.terminates_at
            FROM unnest(?, ?) AS wanted (organization_id, id)
            JOIN products p ON p.organization_id = wanted.organization_id AND p.subscription_id = wanted.id
            ORDER BY p.id""";
    private static final String SERVICES = """
            SELECT h.subscription_id, h.type, h.since, h.enabled
            FROM unnest(?, ?) AS wanted (organization_id, id)
            JOIN subscription_service_history h
                ON h.organization_id = wanted.organization_id AND h.subscription_id = wanted.id
            WHERE h.type IN ('voice_recording', 'sms_recording')
            ORDER BY h.since""";
    private static final String NUMBERS = """
            SELECT n.subscription_id, n.msisdn, n.held_from, n.held_to
            FROM unnest(?, ?) AS wanted (organization_id, id)
            JOIN phone_numbers n ON n.organization_id = wanted.organization_id AND n.subscription_id = wanted.id
            ORDER BY n.is_primary DESC, n.msisdn""";

    private final Map<String, List<Held>> byImsi = new HashMap<>();
    private final Map<String, List<Held>> byNumber = new HashMap<>();
    private final Set<String> ours = new HashSet<>();
    private final Map<SubscriptionId, Line> lines = new HashMap<>();

    /** How many names and lines are known. */
    int size() {
        return byImsi.size() + byNumber.size() + lines.size();
    }

    /** Something that a line held for some time. */
    record Held(
            OrganizationId organization,
            SubscriptionId line,
            Instant from,
            @Nullable Instant to) {
        boolean at(Instant moment) {
            return !moment.isBefore(from) && (to == null || moment.isBefore(to));
        }
    }

    /** A product and until when it was active. */
    record Product(Holding holding, @Nullable Instant terminatedAt) {
        boolean at(Instant moment) {
            return !moment.isBefore(holding.activatedAt()) && (terminatedAt == null || moment.isBefore(terminatedAt));
        }
    }

    private record Switched(Instant since, boolean enabled) {}

    private record HeldNumber(
            long msisdn, Instant from, @Nullable Instant to) {}

    /** A line with its history. */
    static final class Line {
        private final OrganizationId organization;
        private final SubscriptionId id;
        private final AccountId account;
        private final SubscriberId subscriber;
        private final List<Product> products = new ArrayList<>();
        private final List<HeldNumber> numbers = new ArrayList<>();
        private final Map<String, List<Switched>> services = new HashMap<>();

        Line(OrganizationId organization, SubscriptionId id, AccountId account, SubscriberId subscriber) {
            this.organization = organization;
            this.id = id;
            this.account = account;
            this.subscriber = subscriber;
        }

        OrganizationId organization() {
            return organization;
        }

        SubscriptionId id() {
            return id;
        }

        UsageItem.Holder holder(ProductId product) {
            return new UsageItem.Holder(organization, id, subscriber, account, product);
        }

        List<Holding> productsAt(Instant moment) {
            var holdings = new ArrayList<Holding>(products.size());
            for (Product product : products) {
                if (product.at(moment)) {
                    holdings.add(product.holding());
                }
            }
            return holdings;
        }

        /** A product that it has or once had. */
        Holding product(ProductId id) {
            return products.stream()
                    .map(Product::holding)
                    .filter(holding -> holding.product().equals(id))
                    .findFirst()
                    .orElseThrow();
        }

        /** Its first number then. */
        Optional<Long> numberAt(Instant moment) {
            return numbers.stream()
                    .filter(number ->
                            !moment.isBefore(number.from()) && (number.to() == null || moment.isBefore(number.to())))
                    .map(HeldNumber::msisdn)
                    .findFirst();
        }

        boolean hadService(String type, Instant moment) {
            boolean enabled = false;
            for (Switched one : services.getOrDefault(type, List.of())) {
                if (!one.since().isAfter(moment)) {
                    enabled = one.enabled();
                }
            }
            return enabled;
        }
    }

    static FeedLookups of(Sql sql, Tariffs.Book book, Collection<FeedRecord> records) {
        var lookups = new FeedLookups();
        lookups.add(sql, book, records);
        return lookups;
    }

    /** Looks up what these records need and is not known yet. */
    void add(Sql sql, Tariffs.Book book, Collection<FeedRecord> records) {
        var imsis = new HashSet<String>();
        var numbers = new HashSet<String>();
        var own = new HashSet<String>();
        for (FeedRecord record : records) {
            record.imsi().filter(imsi -> !byImsi.containsKey(imsi)).ifPresent(imsis::add);
            record.msisdn().filter(number -> !byNumber.containsKey(number)).ifPresent(own::add);
            if (record.otherNumber() && !byNumber.containsKey(record.otherParty())) {
                numbers.add(record.otherParty());
            }
        }
        numbers.addAll(own);
        hold(sql, BY_IMSI, imsis, imsis.toArray(String[]::new), byImsi);
        hold(sql, BY_NUMBER, numbers, withPlus(numbers), byNumber);
        String[] strangers = unheld(imsis, byImsi);
        String[] strange = records.stream()
                .flatMap(record -> record.msisdn().stream())
                .distinct()
                .filter(number -> !isHeld(byNumber, number) && !ours.contains(number))
                .toArray(String[]::new);
        if (strangers.length + strange.length > 0) {
            ours.addAll(sql.list(STOCK, row -> row.text("name"), strangers, strange));
        }
        readLines(sql, book, records);
    }

    /** What this record needs is looked up anew. */
    void forget(FeedRecord record) {
        Stream.concat(
                        record.imsi().stream().map(byImsi::remove),
                        Stream.concat(record.msisdn().stream(), Stream.of(record.otherParty()))
                                .map(byNumber::remove))
                .filter(Objects::nonNull)
                .flatMap(List::stream)
                .forEach(held -> lines.remove(held.line()));
    }

    private static String[] withPlus(Collection<String> numbers) {
        return numbers.stream().map(number -> "+" + number).toArray(String[]::new);
    }

    /** For what is known to be of these lines. */
    static FeedLookups of(
            Sql sql,
            Tariffs.Book book,
            OrganizationId organization,
            Set<SubscriptionId> lines,
            Set<String> otherNumbers) {
        var lookups = new FeedLookups();
        lookups.hold(sql, BY_NUMBER, otherNumbers, withPlus(otherNumbers), lookups.byNumber);
        lookups.readLines(sql, book, lines.stream().collect(Collectors.toMap(line -> line, _ -> organization)));
        return lookups;
    }

    Line line(SubscriptionId id) {
        return Optional.ofNullable(lines.get(id)).orElseThrow();
    }

    /** Of the SIM that a line had then, where it had one. */
    static @Nullable String imsi(Sql sql, OrganizationId organization, SubscriptionId line, Instant at) {
        return sql.list(IMSI_THEN, row -> row.text("imsi"), organization, line, at, at).stream()
                .findFirst()
                .orElse(null);
    }

    private void hold(Sql sql, String query, Set<String> asked, String[] names, Map<String, List<Held>> into) {
        if (names.length > 0) {
            asked.forEach(name -> into.put(name, new ArrayList<>(1)));
            sql.list(
                    query,
                    row -> into.computeIfAbsent(row.text("name"), _ -> new ArrayList<>())
                            .add(new Held(
                                    new OrganizationId(row.uuid("organization_id")),
                                    new SubscriptionId(row.uuid("subscription_id")),
                                    row.instant("held_from"),
                                    row.instantOrNull("held_to"))),
                    (Object) names);
        }
    }

    private static String[] unheld(Set<String> names, Map<String, List<Held>> held) {
        return names.stream().filter(name -> !isHeld(held, name)).toArray(String[]::new);
    }

    private static boolean isHeld(Map<String, List<Held>> held, String name) {
        return !held.getOrDefault(name, List.of()).isEmpty();
    }

    private void readLines(Sql sql, Tariffs.Book book, Collection<FeedRecord> records) {
        var wanted = new HashMap<SubscriptionId, OrganizationId>();
        for (FeedRecord record : records) {
            record.imsi().ifPresent(imsi -> want(byImsi, imsi, record, wanted));
            record.msisdn().ifPresent(number -> want(byNumber, number, record, wanted));
        }
        readLines(sql, book, wanted);
    }

    private void want(
            Map<String, List<Held>> held, String name, FeedRecord record, Map<SubscriptionId, OrganizationId> wanted) {
        for (Held one : held.getOrDefault(name, List.of())) {
            if (one.at(record.startedAt()) && !lines.containsKey(one.line())) {
                wanted.put(one.line(), one.organization());
            }
        }
    }

    private void readLines(Sql sql, Tariffs.Book book, Map<SubscriptionId, OrganizationId> wanted) {
        if (wanted.isEmpty()) {
            return;
        }
        var ids = new ArrayList<UUID>();
        var organizations = new ArrayList<UUID>();
        wanted.forEach((line, organization) -> {
            ids.add(line.value());
            organizations.add(organization.value());
        });
        Object[] pairs = {organizations.toArray(UUID[]::new), ids.toArray(UUID[]::new)};
        sql.list(LINES, FeedLookups::line, pairs).forEach(line -> lines.put(line.id(), line));
        sql.list(PRODUCTS, row -> of(row).products.add(product(row, book)), pairs);
        sql.list(
                SERVICES,
                row -> of(row).services
                        .computeIfAbsent(row.text("type"), _ -> new ArrayList<>())
                        .add(new Switched(since(row), row.bool("enabled"))),
                pairs);
        sql.list(
                NUMBERS,
                row -> of(row).numbers
                        .add(new HeldNumber(
                                Long.parseLong(row.text("msisdn")),
                                row.instant("held_from"),
                                row.instantOrNull("held_to"))),
                pairs);
    }

    private Line of(Row row) throws SQLException {
        return Optional.ofNullable(lines.get(new SubscriptionId(row.uuid("subscription_id"))))
                .orElseThrow();
    }

    /** The first ones hold since ever, which is no time of ours. */
    private static Instant since(Row row) throws SQLException {
        Instant since = row.instant("since");
        return since.isBefore(Instant.EPOCH) ? Instant.EPOCH : since;
    }

    private static Line line(Row row) throws SQLException {
        return new Line(
                new OrganizationId(row.uuid("organization_id")),
                new SubscriptionId(row.uuid("id")),
                new AccountId(row.uuid("account_id")),
                new SubscriberId(row.uuid("subscriber_id")));
    }

    private static Product product(Row row, Tariffs.Book book) throws SQLException {
        return new Product(
                new Holding(
                        new ProductId(row.uuid("id")),
                        new AccountId(row.uuid("account_id")),
                        row.instant("activated_at"),
                        book.terms(new OfferingId(row.uuid("offering_id")))),
                row.instantOrNull("terminates_at"));
    }

    /** The line that a record is of. */
    sealed interface Found {
        record Of(Line line) implements Found {}

        record Nobody(FeedReason reason) implements Found {}
    }

    /** Who held the SIM and the number when the usage began. */
    Found find(FeedRecord record) {
        boolean known = record.imsi()
                        .filter(imsi -> isHeld(byImsi, imsi) || ours.contains(imsi))
                        .isPresent()
                || record.msisdn()
                        .filter(number -> isHeld(byNumber, number) || ours.contains(number))
                        .isPresent();
        if (!known) {
            return new Found.Nobody(FeedReason.UNKNOWN_SUBSCRIBER);
        }
        Optional<SubscriptionId> ofSim = record.imsi().flatMap(imsi -> holder(byImsi, imsi, record.startedAt()));
        Optional<SubscriptionId> ofNumber =
                record.msisdn().flatMap(number -> holder(byNumber, number, record.startedAt()));
        if (ofSim.isEmpty() && ofNumber.isEmpty()) {
            return new Found.Nobody(FeedReason.NO_HOLDER);
        }
        boolean both = record.imsi().isPresent() && record.msisdn().isPresent();
        if (both && !ofSim.equals(ofNumber)) {
            return new Found.Nobody(FeedReason.IMSI_MSISDN_DISAGREE);
        }
        return new Found.Of(
                Optional.ofNullable(lines.get(ofSim.or(() -> ofNumber).orElseThrow()))
                        .orElseThrow());
    }

    private static Optional<SubscriptionId> holder(Map<String, List<Held>> held, String name, Instant at) {
        for (Held one : held.getOrDefault(name, List.of())) {
            if (one.at(at)) {
                return Optional.of(one.line());
            }
        }
        return Optional.empty();
    }

    /** Whether a number was then held in this organization. */
    boolean isOf(OrganizationId organization, String number, Instant at) {
        return byNumber.getOrDefault(number, List.of()).stream()
                .anyMatch(held -> held.organization().equals(organization) && held.at(at));
    }
}
