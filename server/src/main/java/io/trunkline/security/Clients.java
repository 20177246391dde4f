package io.trunkline.security;

import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.ids.Id;
import io.trunkline.ids.OrganizationId;
import io.trunkline.web.Json;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;

/** What the operator can do with organizations and their clients. Every change is audited, none shows a secret. */
@Component
public class Clients {
    /** Who acts when the operator does. */
    private static final String OPERATOR = "operator";

    private static final String FIND_ORGANIZATION = "SELECT id FROM organizations WHERE key = ?";
    private static final String ADD_ORGANIZATION =
            "INSERT INTO organizations (id, key, name, status, created_at) VALUES (?, ?, ?, 'active', ?)";
    private static final String SET_ORGANIZATION_STATUS = "UPDATE organizations SET status = ? WHERE id = ?";
    private static final String ADD_CLIENT = """
            INSERT INTO api_clients (client_id, organization_id, description, licences, status, created_at)
            VALUES (?, ?, ?, ?, 'active', ?) ON CONFLICT DO NOTHING""";
    private static final String ORGANIZATION_STATUS = "SELECT status FROM organizations WHERE id = ? FOR UPDATE";
    private static final String CLIENT = """
            SELECT status, licences, requests_per_second, request_burst FROM api_clients
            WHERE client_id = ? AND organization_id = ? FOR UPDATE""";
    private static final String SET_LICENCES =
            "UPDATE api_clients SET licences = ? WHERE client_id = ? AND organization_id = ?";
    private static final String SET_LIMIT = """
            UPDATE api_clients SET requests_per_second = ?, request_burst = ?
            WHERE client_id = ? AND organization_id = ?""";
    private static final String REVOKE =
            "UPDATE api_clients SET status = 'revoked' WHERE client_id = ? AND organization_id = ?";
    private static final String ADD_SECRET =
            "INSERT INTO api_client_secrets (client_id, id, mac, created_at) VALUES (?, ?, ?, ?)";
    private static final String RETIRE_SECRETS = """
            UPDATE api_client_secrets SET retired_at = ?
            WHERE client_id = ? AND retired_at IS NULL AND mac <> ?""";

    private final Database database;
    private final Directory directory;
    private final Secrets secrets;
    private final Audit audit;
    private final Clock clock;

    Clients(Database database, Directory directory, Secrets secrets, Audit audit, Clock clock) {
        this.database = database;
        this.directory = directory;
        this.secrets = secrets;
        this.audit = audit;
        this.clock = clock;
    }

    /** The organization of this key. */
    public Optional<OrganizationId> organization(String key) {
        return database.owner().one(FIND_ORGANIZATION, row -> new OrganizationId(row.uuid("id")), key);
    }

    /** A new organization; its key is its short name, {@code ^[a-z0-9][a-z0-9-]{0,62}$}. */
    public OrganizationId createOrganization(String key, String name) {
        OrganizationId id = OrganizationId.create(clock.instant());
        return database.inOwnerTransaction(sql -> {
            sql.update(ADD_ORGANIZATION, id, key, name, clock.instant());
            record(sql, id, "organization.created", "organization/" + key, json -> json.text("name", name));
            return id;
        });
    }

    /** A suspended organization's tokens end within 10 s, and it gets no new ones. */
    public void suspend(OrganizationId organization) {
        setStatus(organization, "suspended");
    }

    public void resume(OrganizationId organization) {
        setStatus(organization, "active");
    }

    private void setStatus(OrganizationId organization, String status) {
        database.inOwnerTransaction(sql -> {
            String before = sql.one(ORGANIZATION_STATUS, row -> row.text("status"), organization)
                    .orElseThrow(() -> new IllegalStateException("there is no organization " + organization));
            if (!before.equals(status)) {
                sql.update(SET_ORGANIZATION_STATUS, status, organization);
                record(
                        sql,
                        organization,
                        "organization." + status,
                        "organization/" + organization,
                        Optional.of(json -> json.text("status", before)),
                        json -> json.text("status", status));
            }
            return organization;
        });
    }

    /** Whether the client exists and this is one of its valid secrets. */
    public boolean knows(String clientId, String secret) {
        return directory
                .find(clientId)
                .map(client -> secrets.holds(secret, client.secretMacs()))
                .orElse(false);
    }

    /** Makes the client unless it exists, with these licences. It has no secret yet. */
    public void createClient(OrganizationId organization, String clientId, String description, Set<Licence> licences) {
        database.inOwnerTransaction(sql -> {
            if (sql.update(ADD_CLIENT, clientId, organization, description, scopes(licences), clock.instant()) == 1) {
                record(
                        sql,
                        organization,
                        "client.created",
                        "client/" + clientId,
                        json -> json.texts("licences", List.of(scopes(licences))));
            }
            return organization;
        });
    }

    /** Makes the operator's client unless it exists; answers the organization that stands for the operator. */
    public OrganizationId createOperatorClient(String clientId) {
        OrganizationId operator = organization(OPERATOR).orElseGet(() -> createOrganization(OPERATOR, "The operator"));
        createClient(operator, clientId, "The operator's client", Set.of(Licence.OPERATOR));
        return operator;
    }

    /** A withdrawn licence ends within 10 s, also for tokens that carry it. */
    public void setLicences(OrganizationId organization, String clientId, Set<Licence> licences) {
        change(
                organization,
                clientId,
                "client.licences_set",
                sql -> sql.update(SET_LICENCES, scopes(licences), clientId, organization));
    }

    /** How many requests a second it may make on each server, and how many at once; known everywhere within 10 s. */
    public void setLimit(OrganizationId organization, String clientId, int requestsPerSecond, int burst) {
        change(
                organization,
                clientId,
                "client.limit_set",
                sql -> sql.update(SET_LIMIT, requestsPerSecond, burst, clientId, organization));
    }

    /** Its tokens end within 10 s, and it gets no new ones. */
    public void revoke(OrganizationId organization, String clientId) {
        change(organization, clientId, "client.revoked", sql -> sql.update(REVOKE, clientId, organization));
    }

    /** What the operator sets of a client. */
    private record Terms(String status, List<String> licences, int requestsPerSecond, int burst) {
        void write(Json json) {
            json.text("status", status)
                    .texts("licences", licences)
                    .number("requests_per_second", requestsPerSecond)
                    .number("burst", burst);
        }
    }

    /** What changes nothing is not recorded. */
    private void change(OrganizationId organization, String clientId, String action, Consumer<Sql> update) {
        database.inOwnerTransaction(sql -> {
            Terms before = terms(sql, organization, clientId);
            update.accept(sql);
            Terms after = terms(sql, organization, clientId);
            if (!after.equals(before)) {
                record(sql, organization, action, "client/" + clientId, Optional.of(before::write), after::write);
            }
            return after;
        });
    }

    private static Terms terms(Sql sql, OrganizationId organization, String clientId) {
        return sql.one(
                        CLIENT,
                        row -> new Terms(
                                row.text("status"),
                                row.texts("licences"),
                                row.integer("requests_per_second"),
                                row.integer("request_burst")),
                        clientId,
                        organization)
                .orElseThrow(() -> new IllegalStateException("there is no client " + clientId));
    }

    /** One more valid secret, shown this once. */
    public String newSecret(OrganizationId organization, String clientId) {
        String secret = secrets.create();
        database.inOwnerTransaction(sql -> {
            sql.update(ADD_SECRET, clientId, Id.newValue(clock.instant()), secrets.mac(secret), clock.instant());
            record(
                    sql,
                    organization,
                    "client.secret_created",
                    "client/" + clientId,
                    json -> json.text("client_id", clientId));
            return secret;
        });
        return secret;
    }

    /** All other secrets of the client end: no new tokens for them. */
    public void retireOtherSecrets(OrganizationId organization, String clientId, String kept) {
        database.inOwnerTransaction(sql -> {
            sql.update(RETIRE_SECRETS, clock.instant(), clientId, secrets.mac(kept));
            record(
                    sql,
                    organization,
                    "client.secrets_retired",
                    "client/" + clientId,
                    json -> json.text("client_id", clientId));
            return kept;
        });
    }

    private static String[] scopes(Set<Licence> licences) {
        return licences.stream().map(Licence::scope).sorted().toArray(String[]::new);
    }

    private void record(Sql sql, OrganizationId organization, String action, String subject, Consumer<Json> after) {
        record(sql, organization, action, subject, Optional.empty(), after);
    }

    @SuppressWarnings("OptionalUsedAsFieldOrParameterType") // As the audit's entry has it.
    private void record(
            Sql sql,
            OrganizationId organization,
            String action,
            String subject,
            Optional<Consumer<Json>> before,
            Consumer<Json> after) {
        audit.record(
                sql,
                Audit.Entry.bySystem(OPERATOR, organization, action, subject, "operator", before, Optional.of(after)));
    }
}
