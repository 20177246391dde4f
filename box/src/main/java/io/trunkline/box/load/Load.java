package io.trunkline.box.load;

import io.trunkline.box.demo.Demo;
import io.trunkline.box.demo.DemoCatalog;
import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.ids.OfferingId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.TemplateId;
import io.trunkline.security.Clients;
import io.trunkline.security.Licence;
import io.trunkline.subscribers.PersonKeys;
import io.trunkline.subscriptions.Subscriptions;
import io.trunkline.usage.Usage;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Fills an empty platform. What is loaded once is not loaded again: after an interruption it goes on where it was, the
 * population and each month of usage being one transaction each.
 */
public final class Load {
    private static final String PROFILE_TYPE = "trunkline.business.5g";
    private static final List<String> OFFERINGS =
            List.of("Business 10GB", "Business Unlimited", "Data 5GB", "EU roaming 5GB");
    private static final int REQUESTS_PER_SECOND = 1_000_000;
    private static final int BURST = 10_000_000;
    private static final long LOOK_AGAIN_NANOS = 50_000_000;

    /** Rows, keys and what is needed to sort them, measured and rounded up. */
    private static final long BYTES_PER_LINE = 3_600;

    private static final long BYTES_PER_ITEM = 560;
    private static final long BYTES_FOR_SORTING = 2L << 30;

    private final Database database;
    private final Clients clients;
    private final Size size;
    private final Progress progress;

    /**
     * How much.
     *
     * @param now the moment at which the population is seen: the same one when a load goes on
     */
    public record Size(int subscriptions, int items, Instant now) {
        /** How many bytes of the disk it takes. */
        public long bytes() {
            return subscriptions * BYTES_PER_LINE
                    + items * BYTES_PER_ITEM
                    + Math.min(BYTES_FOR_SORTING, 2_000L * (subscriptions + items));
        }
    }

    private Load(Demo.Beans beans, Size size, Progress progress) {
        this.database = beans.get(Database.class);
        this.clients = beans.get(Clients.class);
        this.size = size;
        this.progress = progress;
    }

    /**
     * Loads what is missing.
     *
     * @param secrets of the clients that were made before, by their ids
     * @return a client with every licence for each organization, the largest first, with its secret
     */
    public static Map<String, String> complete(
            Demo.Beans beans, Size size, Map<String, String> secrets, PrintStream out) throws InterruptedException {
        var progress = new Progress(out);
        var load = new Load(beans, size, progress);
        List<OrganizationId> organizations = load.organizations();
        Map<String, String> known = load.clients(organizations, secrets);
        progress.step(organizations.size() + " organizations with their clients");
        var population = new Population(size.subscriptions(), size.now());
        var tables = new PopulationTables(
                population,
                organizations,
                load.offerings(organizations),
                beans.get(PersonKeys.class),
                beans.get(Subscriptions.class));
        if (load.isEmpty()) {
            load.fill(tables);
        }
        tariffs(beans);
        var usage = new PopulationUsage(population, organizations, tables, beans.get(Usage.class));
        usage.fill(size.items(), progress);
        load.database.owner().update("ANALYZE");
        progress.step("statistics of all tables");
        load.awaitNumbers();
        progress.step("everything is there");
        return known;
    }

    /** Its offerings are the demo's by name: so usage that comes in later can be rated. */
    private static void tariffs(Demo.Beans beans) {
        try {
            DemoCatalog.tariffs(beans);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String key(int organization) {
        return String.format(Locale.ROOT, "load-%03d", organization + 1);
    }

    private static String clientId(int organization) {
        return key(organization) + "-client";
    }

    private List<OrganizationId> organizations() {
        var ids = new ArrayList<OrganizationId>();
        for (int i = 0; i < Population.ORGANIZATIONS; i++) {
            String key = key(i);
            int number = i + 1;
            ids.add(clients.organization(key)
                    .orElseGet(() -> clients.createOrganization(key, "Organization " + number)));
        }
        return ids;
    }

    private Map<String, String> clients(List<OrganizationId> organizations, Map<String, String> secrets) {
        var known = new TreeMap<String, String>();
        for (int i = 0; i < organizations.size(); i++) {
            String id = clientId(i);
            String secret = secrets.getOrDefault(id, "");
            if (!clients.knows(id, secret)) {
                OrganizationId organization = organizations.get(i);
                clients.createClient(organization, id, "A client of the load", EnumSet.allOf(Licence.class));
                clients.setLimit(organization, id, REQUESTS_PER_SECOND, BURST);
                secret = clients.newSecret(organization, id);
            }
            known.put(id, secret);
        }
        return known;
    }

    /** The plans, then the add-on; with a template each organization can order, too. */
    private List<OfferingId> offerings(List<OrganizationId> organizations) {
        return database.inOwnerTransaction(sql -> {
            var ids = new ArrayList<OfferingId>();
            for (String name : OFFERINGS) {
                ids.add(offering(sql, name));
            }
            for (OrganizationId organization : organizations) {
                offer(sql, organization, ids);
            }
            return ids;
        });
    }

    private OfferingId offering(Sql sql, String name) {
        String type = OFFERINGS.indexOf(name) < Population.PLANS ? "plan" : "add_on";
        return sql
                .list(
                        "SELECT id FROM product_offerings WHERE name = ? AND type = ? ORDER BY id LIMIT 1",
                        row -> new OfferingId(row.uuid("id")),
                        name,
                        type)
                .stream()
                .findFirst()
                .orElseGet(() -> {
                    OfferingId id = OfferingId.create(size.now());
                    sql.update(
                            "INSERT INTO product_offerings (id, type, name, profile_type, created_at)"
                                    + " VALUES (?, ?, ?, ?, ?)",
                            id,
                            type,
                            name,
                            type.equals("plan") ? PROFILE_TYPE : null,
                            size.now());
                    return id;
                });
    }

    private void offer(Sql sql, OrganizationId organization, List<OfferingId> offerings) {
        int added = 0;
        for (OfferingId offering : offerings) {
            added += sql.update("""
                    INSERT INTO organization_offerings (organization_id, offering_id) VALUES (?, ?)
                    ON CONFLICT DO NOTHING""", organization, offering);
        }
        if (added == 0) {
            return;
        }
        TemplateId template = TemplateId.create(size.now());
        sql.update("""
                INSERT INTO order_templates (organization_id, id, type, description, phone_numbers, services,
                    sms_sender, all_accounts, created_at)
                VALUES (?, ?, 'activate_subscription', 'Standard line',
                    '[{"country": "GB", "count": 1, "is_primary": true}]',
                    '[{"type": "voice", "enabled": true}, {"type": "sms", "enabled": true},
                      {"type": "data", "enabled": true}]', true, true, ?)""", organization, template, size.now());
        sql.update("""
                INSERT INTO order_template_offerings (organization_id, template_id, position, offering_id)
                VALUES (?, ?, 0, ?)""", organization, template, offerings.getFirst());
    }

    private boolean isEmpty() {
        return database.owner()
                .list("SELECT 1 AS one FROM subscriptions LIMIT 1", row -> row.integer("one"))
                .isEmpty();
    }

    private void fill(PopulationTables tables) {
        database.inOwnerTransaction(sql -> {
            try {
                tables.fill(sql, progress);
                return true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while loading", e);
            }
        });
    }

    /** Usage has its place in the order of processing when this returns. */
    private void awaitNumbers() throws InterruptedException {
        while (!database.owner()
                .list("SELECT 1 AS one FROM usage_batches WHERE number IS NULL LIMIT 1", row -> row.integer("one"))
                .isEmpty()) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }
}
