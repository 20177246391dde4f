package io.trunkline.springdatarest;

import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.hibernate.cfg.MultiTenancySettings;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.hibernate.autoconfigure.HibernatePropertiesCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

/** Serves until it is ended. The database and the issuer's keys are named by Spring's usual properties. */
@SpringBootApplication
public class Application {
    public static void main(String[] arguments) {
        SpringApplication.run(Application.class, arguments);
    }

    @Bean
    HibernatePropertiesCustomizer tenants(JdbcClient database) {
        Map<String, UUID> organizations =
                database.sql("SELECT key, id FROM organizations").query(Organization.class).stream()
                        .collect(Collectors.toMap(Organization::key, Organization::id));
        return properties ->
                properties.put(MultiTenancySettings.MULTI_TENANT_IDENTIFIER_RESOLVER, new ByToken(organizations::get));
    }

    /** A row of the table. */
    record Organization(String key, UUID id) {}

    /** The organization that the token names; outside of requests one that does not exist. */
    private record ByToken(Function<String, UUID> organizations) implements CurrentTenantIdentifierResolver<UUID> {
        private static final UUID NONE = new UUID(0, 0);

        @Override
        public UUID resolveCurrentTenantIdentifier() {
            Authentication caller = SecurityContextHolder.getContext().getAuthentication();
            return caller instanceof JwtAuthenticationToken token
                    ? organizations.apply(token.getToken().getClaimAsString("organization"))
                    : NONE;
        }

        @Override
        public boolean validateExistingCurrentSessions() {
            return true;
        }
    }
}
