package io.trunkline.stories;

import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.Iccid;
import io.trunkline.ids.OfferingId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.TemplateId;
import io.trunkline.network.hlr.SimKeys;
import io.trunkline.security.Licence;
import io.trunkline.subscriptions.Stock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * An organization of a test.
 *
 * @param account an active account whose default template is {@code template}
 * @param closedAccount a closed one
 * @param template a plan, a British number, voice, SMS and data
 */
public record World(
        RunningServer server,
        OrganizationId organization,
        String clientId,
        String secret,
        AccountId account,
        AccountId secondAccount,
        AccountId closedAccount,
        TemplateId template) {
    private static final String INSERT_TEMPLATE = """
            INSERT INTO order_templates (organization_id, id, type, description, phone_numbers, services, sms_sender,
                all_accounts, created_at)
            VALUES (?, ?, 'activate_subscription', 'Standard line', ?::jsonb, ?::jsonb, true, true, now())""";
    private static final String NUMBERS_OF_TEMPLATE = """
            [{"country": "GB", "count": 1, "is_primary": true}]""";
    private static final String SERVICES_OF_TEMPLATE = """
            [{"type": "voice", "enabled": true}, {"type": "sms", "enabled": true}, {"type": "data", "enabled": true},
             {"type": "voice_recording", "enabled": false}, {"type": "sms_recording", "enabled": false}]""";

    private static final AtomicLong NUMBERS = new AtomicLong(447_700_900_000L);
    private static final AtomicLong PROFILES = new AtomicLong(894_499_000_000_000_000L);
    private static final AtomicLong CLIENTS = new AtomicLong();

    static World create(RunningServer server, String key, Set<Licence> licences) {
        OrganizationId organization = server.clients().createOrganization(key, "Organization " + key);
        String clientId = key + "-client";
        server.clients().createClient(organization, clientId, "test", licences);
        String secret = server.clients().newSecret(organization, clientId);
        Sql sql = server.bean(Database.class).owner();
        AccountId account = account(sql, organization, "active");
        AccountId second = account(sql, organization, "active");
        AccountId closed = account(sql, organization, "closed");
        TemplateId template = template(sql, organization, key + "-type", account);
        return new World(server, organization, clientId, secret, account, second, closed, template);
    }

    private static AccountId account(Sql sql, OrganizationId organization, String status) {
        AccountId id = AccountId.create(Instant.now());
        sql.update(
                """
                INSERT INTO accounts (organization_id, id, reference_code, name, country, status, created_at,
                    updated_at)
                VALUES (?, ?, ?, ?, 'GB', ?, now(), now())""",
                organization,
                id,
                id.text().substring(20),
                "Account " + id.text().substring(20),
                status);
        return id;
    }

    private static TemplateId template(Sql sql, OrganizationId organization, String profileType, AccountId account) {
        OfferingId plan = OfferingId.create(Instant.now());
        TemplateId template = TemplateId.create(Instant.now());
        sql.update("""
                INSERT INTO product_offerings (id, type, name, profile_type, created_at)
                VALUES (?, 'plan', ?, ?, now())""", plan, "10GB Plan", profileType);
        sql.update(
                "INSERT INTO organization_offerings (organization_id, offering_id) VALUES (?, ?)", organization, plan);
        sql.update(INSERT_TEMPLATE, organization, template, NUMBERS_OF_TEMPLATE, SERVICES_OF_TEMPLATE);
        sql.update("""
                INSERT INTO order_template_offerings (organization_id, template_id, position, offering_id)
                VALUES (?, ?, 0, ?)""", organization, template, plan);
        sql.update("""
                INSERT INTO order_template_accounts (organization_id, account_id, template_id, is_default)
                VALUES (?, ?, ?, true)""", organization, account, template);
        return template;
    }

    /** Numbers and profiles for so many orders, in the database and at the simulated SM-DP+. */
    public World stock(int count) {
        return stock(count, count);
    }

    public World stock(int numbers, int profiles) {
        Sql sql = server.bean(Database.class).owner();
        var numberRows = new ArrayList<@Nullable Object[]>();
        for (int i = 0; i < numbers; i++) {
            numberRows.add(new Object[] {Long.toString(NUMBERS.getAndIncrement())});
        }
        sql.updateAll(
                "INSERT INTO number_stock (msisdn, country, state, changed_at) VALUES (?, 'GB', 'free', now())",
                numberRows);
        long first = PROFILES.getAndAdd(profiles);
        var profileRows = new ArrayList<@Nullable Object[]>();
        for (long body = first; body < first + profiles; body++) {
            Iccid iccid = Iccid.ofBody(Long.toString(body));
            profileRows.add(new Object[] {
                iccid.digits(),
                "00101" + Long.toString(body).substring(8),
                profileType(),
                server.bean(Stock.class).sealedKeys(iccid, keys(iccid))
            });
        }
        sql.updateAll("""
                INSERT INTO profile_stock (iccid, imsi, profile_type, sealed_keys, state, changed_at)
                VALUES (?, ?, ?, ?, 'free', now())""", profileRows);
        if (profiles > 0) {
            control(
                    "POST",
                    "/smdp/stock",
                    "{\"profile_type\": \"%s\", \"first_body\": \"%d\", \"count\": %d}"
                            .formatted(profileType(), first, profiles));
        }
        return this;
    }

    /** What the stock has for a profile that {@link #stock} made. */
    public static SimKeys keys(Iccid iccid) {
        String body = iccid.digits().substring(0, 16);
        return new SimKeys("c0ffee" + "0".repeat(10) + body, "0ddba11" + "0".repeat(9) + body);
    }

    public String profileType() {
        return clientId.replace("-client", "-type");
    }

    /** A client of this organization that has only these licences. */
    public Api api(Set<Licence> licences) {
        String limited = clientId + "-" + CLIENTS.incrementAndGet();
        server.clients().createClient(organization, limited, "limited", licences);
        return new Api(server.url(), limited, server.clients().newSecret(organization, limited));
    }

    public Api api() {
        return new Api(server.url(), clientId, secret);
    }

    /** The reference's sample order with this organization's ids put in. */
    public String sampleOrder(String to, String cc) {
        return """
                {
                  "type": "activate_subscription",
                  "account_id": "%s",
                  "template_id": "%s",
                  "subscriber": {
                    "first_name": "string",
                    "last_name": "string",
                    "email": "user@example.com",
                    "employee_id": "string",
                    "group": "string"
                  },
                  "sim_profile": {
                    "sim_type": "esim",
                    "delivery": {
                      "type": "email",
                      "to": ["%s"],
                      "cc": ["%s"]
                    }
                  }
                }""".formatted(account, template, to, cc);
    }

    /** An order whose code is fetched by the API. */
    public String apiOrder() {
        return """
                {"type": "activate_subscription", "account_id": "%s",
                 "subscriber": {"first_name": "Ada", "last_name": "King", "email": "ada@example.com"},
                 "sim_profile": {"sim_type": "esim", "delivery": {"type": "api"}}}""".formatted(account);
    }

    /** An add-on that this organization may order. */
    public OfferingId addOn(String name) {
        return offering("add_on", name, null, true);
    }

    /**
     * A plan or an add-on.
     *
     * @param profileType of a plan
     * @param offered whether this organization may order it
     */
    public OfferingId offering(String type, String name, @Nullable String profileType, boolean offered) {
        OfferingId id = OfferingId.create(Instant.now());
        sql().update("""
                INSERT INTO product_offerings (id, type, name, profile_type, created_at)
                VALUES (?, ?, ?, ?, now())""", id, type, name, profileType);
        if (offered) {
            sql().update(
                            "INSERT INTO organization_offerings (organization_id, offering_id) VALUES (?, ?)",
                            organization,
                            id);
        }
        return id;
    }

    /** Runs statements as the owner. */
    public Sql sql() {
        return server.bean(Database.class).owner();
    }

    /** Replaces the faults of the simulated SM-DP+ ({@code smdp}), HLR ({@code hlr}) or mail server ({@code mail}). */
    public void faults(String peer, String faults) {
        control("PUT", "/" + peer + "/faults", faults);
    }

    public void noFaults() {
        control("DELETE", "/smdp/faults", null);
        control("DELETE", "/hlr/faults", null);
        control("DELETE", "/mail/faults", null);
    }

    /** Speaks to the simulators' control interface; answers the body. */
    public String control(String method, String path, @Nullable String body) {
        return control(server, method, path, body);
    }

    static String control(RunningServer server, String method, String path, @Nullable String body) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(server.simulators().controlUrl() + path))
                            .header("Content-Type", "application/json")
                            .method(
                                    method,
                                    body == null
                                            ? HttpRequest.BodyPublishers.noBody()
                                            : HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2) {
                throw new IllegalStateException(method + " " + path + ": " + answer.statusCode() + " " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The licences that all but the named ones make. */
    static Set<Licence> allBut(Licence... missing) {
        Set<Licence> licences = Licence.ofOrganizations();
        licences.removeAll(List.of(missing));
        return licences;
    }
}
