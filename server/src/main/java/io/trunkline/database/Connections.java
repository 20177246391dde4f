package io.trunkline.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;

/** The two pools. */
public final class Connections implements AutoCloseable {
    /** All tables lie in this schema. */
    public static final String SCHEMA = "trunkline";

    private static final int CONNECT_TIMEOUT_SECONDS = 2;
    private static final Duration MIGRATION_TIMEOUT = Duration.ofHours(6);

    private final PGSimpleDataSource migrations;
    private final String requestsRole;
    private final HikariDataSource requests;
    private final HikariDataSource owner;

    /** Opens nothing yet: the database may come up later. */
    public Connections(DatabaseSettings settings, String derivedPassword) {
        migrations = source(settings.url(), MIGRATION_TIMEOUT);
        PGSimpleDataSource requestsSource;
        if (settings.requestsUrl().isEmpty()) {
            requestsSource = source(settings.url(), settings.statementTimeout());
            requestsSource.setUser(migrations.getDatabaseName() + "_requests");
            requestsSource.setPassword(derivedPassword);
        } else {
            requestsSource = source(settings.requestsUrl(), settings.statementTimeout());
        }
        requestsRole = requestsSource.getUser();
        requests = pool("requests", requestsSource, settings.requestConnections(), settings.connectionWait());
        owner = pool(
                "owner",
                source(settings.url(), settings.statementTimeout().multipliedBy(6)),
                settings.ownerConnections(),
                settings.connectionWait());
    }

    public Database database() {
        return new Database(requests, owner);
    }

    /** A source outside the pools, for migrations: they may take long. */
    PGSimpleDataSource migrations() {
        return migrations;
    }

    String requestsRole() {
        return requestsRole;
    }

    /** Tells how the pools are used. */
    void measure(MeterRegistry meters) {
        requests.setMetricsTrackerFactory(new MicrometerMetricsTrackerFactory(meters));
        owner.setMetricsTrackerFactory(new MicrometerMetricsTrackerFactory(meters));
    }

    public HikariDataSource requests() {
        return requests;
    }

    public HikariDataSource owner() {
        return owner;
    }

    @Override
    public void close() {
        requests.close();
        owner.close();
    }

    private static PGSimpleDataSource source(String url, Duration statementTimeout) {
        var source = new PGSimpleDataSource();
        source.setUrl(url);
        if (source.getUser() == null) {
            throw new IllegalArgumentException("the database URL names no user: jdbc:postgresql://host:5432/database"
                    + "?user=…&password=… is expected");
        }
        source.setCurrentSchema(SCHEMA);
        source.setApplicationName("trunkline");
        source.setConnectTimeout(CONNECT_TIMEOUT_SECONDS);
        // Longer than the server's own limit: this one is for a server that no longer answers at all.
        source.setSocketTimeout((int) statementTimeout.plusSeconds(5).toSeconds());
        source.setTcpKeepAlive(true);
        // A detail names the values of a row: people's, which belong into no log.
        source.setLogServerErrorDetail(false);
        source.setOptions("-c statement_timeout=" + statementTimeout.toMillis() + " -c TimeZone=UTC");
        return source;
    }

    private static HikariDataSource pool(String name, PGSimpleDataSource source, int size, Duration wait) {
        var config = new HikariConfig();
        config.setPoolName(name);
        config.setDataSource(source);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(Math.min(size, 2));
        config.setConnectionTimeout(wait.toMillis());
        config.setValidationTimeout(Math.min(wait.toMillis(), 1_000));
        config.setInitializationFailTimeout(-1);
        return new HikariDataSource(config);
    }
}
