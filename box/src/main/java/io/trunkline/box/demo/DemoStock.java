package io.trunkline.box.demo;

import io.trunkline.database.Connections;
import io.trunkline.ids.Iccid;
import io.trunkline.network.hlr.SimKeys;
import io.trunkline.subscriptions.Stock;
import java.io.IOException;
import java.io.StringReader;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import org.postgresql.PGConnection;

/** The stock of numbers and SIM profiles, loaded by COPY; what is there already stays as it is. */
final class DemoStock {
    static final int PROFILES = 110_000;
    /** The first of the ICCIDs without its check digit: 89, country 44, an issuer of the demo's own. */
    static final long FIRST_ICCID_BODY = 894_499_000_000_000_000L;

    /** IMSIs of the test network 001-01 (ITU-T E.212). */
    private static final long FIRST_IMSI = 1_010_000_000_000L;

    private static final List<Numbers> NUMBERS = List.of(
            new Numbers("GB", 447_700_900_000L, 110_000),
            new Numbers("DE", 4_915_550_000_000L, 110_000),
            new Numbers("US", 12_015_550_000L, 110_000),
            new Numbers("FR", 33_639_980_000L, 20_000),
            new Numbers("ES", 34_600_550_000L, 20_000));

    /** Ki and OPc. */
    private static final int KEY_BYTES = 16;

    private static final String WITHOUT_KEYS = "SELECT iccid FROM profile_stock WHERE profile_type = '"
            + DemoCatalog.PROFILE_TYPE + "' AND sealed_keys IS NULL";

    private final Connections connections;
    private final Stock stock;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    DemoStock(Connections connections, Stock stock, Clock clock) {
        this.connections = connections;
        this.stock = stock;
        this.clock = clock;
    }

    private record Numbers(String country, long first, int count) {}

    static Iccid iccid(int index) {
        return Iccid.ofBody(Long.toString(FIRST_ICCID_BODY + index));
    }

    static String imsi(int index) {
        return String.format(Locale.ROOT, "%015d", FIRST_IMSI + index);
    }

    static String number(String country, int index) {
        Numbers numbers = NUMBERS.stream()
                .filter(range -> range.country().equals(country))
                .findFirst()
                .orElseThrow();
        return Long.toString(numbers.first() + index);
    }

    /** Adds what is missing. */
    void complete() throws SQLException, IOException {
        try (Connection connection = connections.owner().getConnection()) {
            connection.setAutoCommit(false);
            String now = clock.instant().toString();
            if (count(connection, "profile_stock") < PROFILES) {
                load(
                        connection,
                        "profile_stock",
                        "iccid, imsi, profile_type, state, changed_at, sealed_keys",
                        PROFILES,
                        i -> iccid((int) i) + "\t" + imsi((int) i) + "\t" + DemoCatalog.PROFILE_TYPE + "\tfree\t" + now
                                + "\t" + newKeys(iccid((int) i)) + "\n");
            }
            completeKeys(connection);
            int all = NUMBERS.stream().mapToInt(Numbers::count).sum();
            if (count(connection, "number_stock") < all) {
                for (Numbers numbers : NUMBERS) {
                    load(
                            connection,
                            "number_stock",
                            "msisdn, country, state, changed_at",
                            numbers.count(),
                            i -> (numbers.first() + i) + "\t" + numbers.country() + "\tfree\t" + now + "\n");
                }
            }
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    /** Profiles that an older build made have no keys. */
    private void completeKeys(Connection connection) throws SQLException, IOException {
        var lines = new StringBuilder();
        try (Statement statement = connection.createStatement();
                var result = statement.executeQuery(WITHOUT_KEYS)) {
            while (result.next()) {
                var iccid = new Iccid(result.getString(1));
                lines.append(iccid).append('\t').append(newKeys(iccid)).append('\n');
            }
        }
        if (lines.isEmpty()) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TEMP TABLE arriving (iccid text PRIMARY KEY, sealed_keys bytea) ON COMMIT DROP");
            copy(connection, "iccid, sealed_keys", lines);
            statement.execute("""
                    UPDATE profile_stock p SET sealed_keys = a.sealed_keys
                    FROM arriving a WHERE a.iccid = p.iccid AND p.sealed_keys IS NULL""");
            statement.execute("DROP TABLE arriving");
        }
    }

    /** Keys that nobody else has, sealed, as COPY reads them. */
    private String newKeys(Iccid iccid) {
        return "\\\\x" + HexFormat.of().formatHex(stock.sealedKeys(iccid, new SimKeys(newKey(), newKey())));
    }

    private String newKey() {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        return HexFormat.of().formatHex(key);
    }

    private static long count(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                var result = statement.executeQuery("SELECT count(*) FROM " + table)) {
            return result.next() ? result.getLong(1) : 0;
        }
    }

    /** By way of a temporary table: COPY itself cannot pass over what is there. */
    private static void load(Connection connection, String table, String columns, int count, LongFunction<String> line)
            throws SQLException, IOException {
        var lines = new StringBuilder(count * 96);
        for (long i = 0; i < count; i++) {
            lines.append(line.apply(i));
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TEMP TABLE arriving (LIKE " + table + ") ON COMMIT DROP");
            copy(connection, columns, lines);
            statement.execute("INSERT INTO " + table + " SELECT * FROM arriving ON CONFLICT DO NOTHING");
            statement.execute("DROP TABLE arriving");
        }
    }

    private static void copy(Connection connection, String columns, StringBuilder lines)
            throws SQLException, IOException {
        connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("COPY arriving (" + columns + ") FROM STDIN", new StringReader(lines.toString()));
    }
}
