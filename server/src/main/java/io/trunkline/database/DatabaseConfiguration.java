package io.trunkline.database;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.trunkline.keys.Vault;
import java.time.Clock;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class DatabaseConfiguration {
    @Bean
    DatabaseSettings databaseSettings(
            @Value("${trunkline.database.url}") String url,
            @Value("${trunkline.database.requests-url:}") String requestsUrl,
            @Value("${trunkline.database.request-connections:" + DatabaseSettings.DEFAULT_REQUEST_CONNECTIONS + "}")
                    int requestConnections,
            @Value("${trunkline.database.owner-connections:" + DatabaseSettings.DEFAULT_OWNER_CONNECTIONS + "}")
                    int ownerConnections,
            @Value("${trunkline.database.connection-wait:3s}") Duration connectionWait,
            @Value("${trunkline.database.statement-timeout:10s}") Duration statementTimeout) {
        return new DatabaseSettings(
                url, requestsUrl, requestConnections, ownerConnections, connectionWait, statementTimeout);
    }

    @Bean
    Connections connections(DatabaseSettings settings, Vault vault) {
        return new Connections(settings, vault.sharedSecret("requests-role"));
    }

    @Bean
    Schema schema(
            Connections connections,
            DatabaseSettings settings,
            Vault vault,
            @Value("${trunkline.database.start-wait:60s}") Duration startWait) {
        var schema = new Schema(connections, settings, vault.sharedSecret("requests-role"));
        schema.awaitAndMigrate(startWait);
        return schema;
    }

    /** Depends on the schema: who has this bean finds the tables. */
    @Bean
    Database database(Connections connections, Schema schema) {
        return connections.database();
    }

    @Bean
    MeterBinder poolMeters(Connections connections) {
        return connections::measure;
    }

    @Bean
    DatabaseHealth databaseHealth(Database database, Schema schema) {
        return new DatabaseHealth(database, schema.version());
    }

    @Bean
    HealthIndicator databaseHealthIndicator(DatabaseHealth health) {
        return health::database;
    }

    @Bean
    HealthIndicator schemaHealthIndicator(DatabaseHealth health) {
        return health::schema;
    }

    @Bean
    Chores chores(
            Database database,
            ObjectProvider<Chore> chores,
            @Value("${trunkline.chores.poll:15s}") Duration poll,
            Clock clock) {
        return new Chores(database, chores.stream().toList(), poll, clock);
    }
}
