package io.trunkline.security;

import io.trunkline.database.Database;
import io.trunkline.ids.OrganizationId;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Looks clients up as they are now. Before a token is verified no organization is known: this reads as the owner. */
@Component
class Directory {
    /** Secrets as an array, so that a client is one row. */
    private static final String FIND = """
            SELECT c.client_id, c.organization_id, o.key, c.licences, c.requests_per_second, c.request_burst,
                c.status = 'active' AND o.status = 'active' AS active,
                ARRAY(SELECT encode(s.mac, 'hex') FROM api_client_secrets s
                      WHERE s.client_id = c.client_id AND s.retired_at IS NULL) AS secrets
            FROM api_clients c JOIN organizations o ON o.id = c.organization_id
            WHERE c.client_id = ?""";

    private static final String ACTIVE_ORGANIZATION =
            "SELECT id FROM organizations WHERE key = ? AND status = 'active'";

    private final Database database;

    Directory(Database database) {
        this.database = database;
    }

    /**
     * A client.
     *
     * @param active whether the client and its organization may act
     * @param secretMacs of its valid secrets, in hexadecimal
     */
    record Client(
            String clientId,
            OrganizationId organization,
            String organizationKey,
            Set<Licence> licences,
            RateLimit limit,
            boolean active,
            List<String> secretMacs) {}

    Optional<Client> find(String clientId) {
        return database.owner()
                .one(
                        FIND,
                        row -> new Client(
                                row.text("client_id"),
                                new OrganizationId(row.uuid("organization_id")),
                                row.text("key"),
                                row.texts("licences").stream()
                                        .flatMap(scope -> Licence.of(scope).stream())
                                        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Licence.class))),
                                new RateLimit(row.integer("requests_per_second"), row.integer("request_burst")),
                                row.bool("active"),
                                row.texts("secrets")),
                        clientId);
    }

    /** The organization of this key, while it may act. */
    Optional<OrganizationId> activeOrganization(String key) {
        return database.owner().one(ACTIVE_ORGANIZATION, row -> new OrganizationId(row.uuid("id")), key);
    }
}
