package io.trunkline.box.demo;

import io.trunkline.database.Connections;
import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.ids.Iccid;
import io.trunkline.ids.OfferingId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.security.Clients;
import io.trunkline.security.Licence;
import io.trunkline.subscribers.PersonKeys;
import io.trunkline.subscriptions.Stock;
import io.trunkline.subscriptions.Subscriptions;
import io.trunkline.usage.Usage;
import io.trunkline.usage.UsageFeed;
import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The demo: two organizations with a year behind them, stock for 100,000 orders, and clients. Made once; each start
 * adds what an older build has not made, and changes nothing of what is there.
 */
public final class Demo {
    private static final long SEED = 20_260_101;
    private static final Set<Licence> ALL = Licence.ofOrganizations();

    private static final List<Organization> ORGANIZATIONS = List.of(
            new Organization(
                    "demo-one",
                    "Northgate Capital",
                    "northgate.example",
                    "",
                    List.of(
                            new DemoOrganization.Account("1000417", "Northgate Capital, London Branch", "GB", false),
                            new DemoOrganization.Account("1000418", "Northgate Capital, Frankfurt", "DE", false),
                            new DemoOrganization.Account("1000419", "Northgate Ventures", "GB", true))),
            new Organization(
                    "demo-two",
                    "Harbour Logistics",
                    "harbour.example",
                    "_2",
                    List.of(
                            new DemoOrganization.Account("2000101", "Harbour Logistics, Rotterdam", "NL", false),
                            new DemoOrganization.Account("2000102", "Harbour Logistics, New Jersey", "US", false),
                            new DemoOrganization.Account("2000103", "Harbour Cold Chain", "ES", false))));

    /**
     * @param suffix of its names in {@code demo.env}
     */
    private record Organization(
            String key, String name, String domain, String suffix, List<DemoOrganization.Account> accounts) {
        String clientId() {
            return key + "-client";
        }
    }

    private static final String LINES_AT_THE_HLR = """
            SELECT p.imsi, n.msisdn,
                s.status = 'active' AND EXISTS (
                    SELECT FROM subscription_services v WHERE v.organization_id = s.organization_id
                        AND v.subscription_id = s.id AND v.type = 'voice' AND v.enabled) AS cs,
                s.status = 'active' AND EXISTS (
                    SELECT FROM subscription_services d WHERE d.organization_id = s.organization_id
                        AND d.subscription_id = s.id AND d.type = 'data' AND d.enabled) AS ps
            FROM subscriptions s
            JOIN sim_profiles p ON p.organization_id = s.organization_id AND p.subscription_id = s.id
                AND p.held_to IS NULL AND p.state <> 'reserved'
            LEFT JOIN phone_numbers n ON n.organization_id = s.organization_id AND n.subscription_id = s.id
                AND n.held_to IS NULL AND n.is_primary
            WHERE s.organization_id = ? AND s.status IN ('active', 'suspended')
            ORDER BY p.imsi""";

    /** The one that was told before, as long as it may send; else the first. */
    private static final String SENDER = """
            SELECT n.msisdn FROM phone_numbers n
            JOIN subscriptions s ON s.organization_id = n.organization_id AND s.id = n.subscription_id
            WHERE n.organization_id = ? AND n.held_to IS NULL AND n.is_primary AND s.status = 'active' AND s.sms_sender
            ORDER BY n.msisdn <> ?, s.id LIMIT 1""";

    private final Beans beans;
    private final Database database;
    private final Clients clients;
    private final Instant now;

    private Demo(Beans beans) {
        this.beans = beans;
        this.database = beans.get(Database.class);
        this.clients = beans.get(Clients.class);
        this.now = beans.get(Clock.class).instant();
    }

    /** Where the server's parts are had from. */
    public interface Beans {
        <T> T get(Class<T> type);
    }

    /** The demo's clients, by their names in {@code demo.env}. */
    public record Credentials(Map<String, String> values) {
        public String organization() {
            return values.getOrDefault("TRUNKLINE_ORGANIZATION", "");
        }

        public String clientId() {
            return values.getOrDefault("TRUNKLINE_CLIENT_ID", "");
        }

        public String secret() {
            return values.getOrDefault("TRUNKLINE_CLIENT_SECRET", "");
        }

        public void putInto(Map<String, String> all) {
            all.putAll(values);
        }
    }

    /**
     * Makes what is missing.
     *
     * @param control the simulators' control interface
     * @param known what {@code demo.env} said before: secrets in it that still hold stay
     */
    public static Credentials complete(Beans beans, URI control, Map<String, String> known) {
        var demo = new Demo(beans);
        try (var network = new DemoSimulators(control)) {
            new DemoStock(beans.get(Connections.class), beans.get(Stock.class), beans.get(Clock.class)).complete();
            Map<String, OfferingId> offerings = demo.offerings();
            DemoCatalog.tariffs(beans);
            for (int i = 0; i < ORGANIZATIONS.size(); i++) {
                demo.organization(ORGANIZATIONS.get(i), offerings, i);
            }
            DemoUsage.complete(
                    demo.database,
                    beans.get(UsageFeed.class),
                    beans.get(Usage.class).oldest(),
                    demo.now,
                    demo.ids());
            network.stock(DemoCatalog.PROFILE_TYPE, DemoStock.FIRST_ICCID_BODY, DemoStock.PROFILES);
            if (network.isUntouched()) {
                network.put(demo.profiles());
            }
            if (network.hasNoLines()) {
                network.putLines(demo.lines());
            }
            return demo.credentials(known);
        } catch (IOException | SQLException e) {
            throw new IllegalStateException("the demo cannot be made: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while making the demo", e);
        }
    }

    private List<OrganizationId> ids() {
        return ORGANIZATIONS.stream().map(this::id).toList();
    }

    /** Once it is made. */
    private OrganizationId id(Organization organization) {
        return clients.organization(organization.key()).orElseThrow();
    }

    private Map<String, OfferingId> offerings() {
        return database.inOwnerTransaction(sql -> {
            var ids = new LinkedHashMap<String, OfferingId>();
            for (DemoCatalog.Offering offering : DemoCatalog.OFFERINGS) {
                ids.put(offering.name(), offering(sql, offering));
            }
            return ids;
        });
    }

    private OfferingId offering(Sql sql, DemoCatalog.Offering offering) {
        Optional<OfferingId> known = sql
                .list(
                        "SELECT id FROM product_offerings WHERE name = ? AND type = ? ORDER BY id LIMIT 1",
                        row -> new OfferingId(row.uuid("id")),
                        offering.name(),
                        offering.type())
                .stream()
                .findFirst();
        return known.orElseGet(() -> {
            OfferingId id = OfferingId.create(now);
            sql.update(
                    "INSERT INTO product_offerings (id, type, name, profile_type, created_at) VALUES (?, ?, ?, ?, ?)",
                    id,
                    offering.type(),
                    offering.name(),
                    offering.type().equals("plan") ? DemoCatalog.PROFILE_TYPE : null,
                    now);
            return id;
        });
    }

    private void organization(Organization organization, Map<String, OfferingId> offerings, int index) {
        OrganizationId id = clients.organization(organization.key())
                .orElseGet(() -> clients.createOrganization(organization.key(), organization.name()));
        clients.createClient(id, organization.clientId(), "The demo's client", ALL);
        database.inOwnerTransaction(sql -> {
            boolean empty = sql.list(
                            "SELECT 1 AS one FROM accounts WHERE organization_id = ? LIMIT 1",
                            row -> row.integer("one"),
                            id)
                    .isEmpty();
            if (empty) {
                var plan = new DemoOrganization.Plan(
                        id,
                        organization.domain(),
                        organization.accounts(),
                        offerings,
                        index * DemoOrganization.LINES,
                        organization.clientId());
                new DemoOrganization(
                                sql,
                                beans.get(PersonKeys.class),
                                beans.get(Subscriptions.class),
                                plan,
                                SEED + index,
                                now)
                        .fill();
            }
            return empty;
        });
    }

    /** The profiles that the lines have, as their SM-DP+ must know them. */
    private List<DemoSimulators.Profile> profiles() {
        Sql sql = database.owner();
        Subscriptions subscriptions = beans.get(Subscriptions.class);
        var profiles = new ArrayList<DemoSimulators.Profile>();
        for (Organization organization : ORGANIZATIONS) {
            OrganizationId id = id(organization);
            profiles.addAll(sql.list(
                    """
                    SELECT iccid, subscription_id, state FROM sim_profiles
                    WHERE organization_id = ? AND state <> 'reserved'""",
                    row -> new DemoSimulators.Profile(
                            new Iccid(row.text("iccid")).digits(),
                            row.text("state").equals("released") ? "Released" : "Installed",
                            subscriptions.matchingId(
                                    sql,
                                    id,
                                    new SubscriptionId(row.uuid("subscription_id")),
                                    new Iccid(row.text("iccid")))),
                    id));
        }
        return profiles;
    }

    /** The lines as the network knows them. */
    private List<DemoSimulators.Line> lines() {
        var lines = new ArrayList<DemoSimulators.Line>();
        for (Organization organization : ORGANIZATIONS) {
            lines.addAll(database.owner()
                    .list(
                            LINES_AT_THE_HLR,
                            row -> new DemoSimulators.Line(
                                    row.text("imsi"), row.textOrNull("msisdn"), row.bool("cs"), row.bool("ps")),
                            id(organization)));
        }
        return lines;
    }

    private Credentials credentials(Map<String, String> known) {
        var values = new LinkedHashMap<String, String>();
        for (Organization organization : ORGANIZATIONS) {
            OrganizationId id = id(organization);
            values.put("TRUNKLINE_ORGANIZATION" + organization.suffix(), organization.key());
            put(values, id, organization.clientId(), organization.suffix(), known);
        }
        Organization first = ORGANIZATIONS.getFirst();
        OrganizationId id = id(first);
        String limited = first.key() + "-accounts-only";
        clients.createClient(id, limited, "The demo's client with one licence", EnumSet.of(Licence.ACCOUNTS));
        put(values, id, limited, "_LIMITED", known);
        database.owner()
                .one(SENDER, row -> row.text("msisdn"), id, known.getOrDefault("TRUNKLINE_SENDER", ""))
                .ifPresent(number -> values.put("TRUNKLINE_SENDER", number));
        return new Credentials(values);
    }

    /** A secret is kept only as a code: one that is no longer known is replaced, and ends. */
    private void put(
            Map<String, String> values,
            OrganizationId organization,
            String clientId,
            String suffix,
            Map<String, String> known) {
        String secret = known.getOrDefault("TRUNKLINE_CLIENT_SECRET" + suffix, "");
        if (!clients.knows(clientId, secret)) {
            secret = clients.newSecret(organization, clientId);
            clients.retireOtherSecrets(organization, clientId, secret);
        }
        values.put("TRUNKLINE_CLIENT_ID" + suffix, clientId);
        values.put("TRUNKLINE_CLIENT_SECRET" + suffix, secret);
    }
}
