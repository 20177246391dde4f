package io.trunkline.postgres;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A physical copy of a running cluster, by PostgreSQL's low-level backup API: its files as they happen to be, and
 * the log (WAL) of the time in which they were read, which makes them whole when PostgreSQL starts on them. It
 * holds everything that was committed before {@link #finish} stopped it.
 *
 * <p>In this order: {@link #begin}, {@link #files}, maybe {@link #holdWrites}, {@link #finish}.
 */
public final class HotCopy implements AutoCloseable {
    /** Where the files go; names are relative to the cluster, separated by slashes. */
    public interface Sink {
        void directory(String name) throws IOException;

        /** The content is read to its end, which is after {@code size} bytes. */
        void file(String name, long size, InputStream content) throws IOException;
    }

    /** Less than PostgreSQL's own deadlock_timeout: whoever we are in the way of never pays for it. */
    private static final int HOLD_WAIT_MILLIS = 900;

    private static final int HOLD_DEADLOCK_MILLIS = 100;
    private static final int HOLD_TRIES = 20;
    private static final long HOLD_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** Less than a request's statement may wait. */
    private static final int LONGEST_HOLD_MILLIS = 8_000;

    private final String url;
    private final Path cluster;
    private final Connection connection;
    private final String startLsn;
    private Optional<Connection> holder = Optional.empty();

    private HotCopy(String url, Path cluster, Connection connection, String startLsn) {
        this.url = url;
        this.cluster = cluster;
        this.connection = connection;
        this.startLsn = startLsn;
    }

    /**
     * Begins one, with a checkpoint.
     *
     * @param directory as in {@link PostgresConfig}, with a PostgreSQL that runs, whichever process started it
     * @throws PostgresException when none runs there
     */
    public static HotCopy begin(Path directory) {
        try {
            Path cluster = Cluster.in(directory.toRealPath());
            int port =
                    Integer.parseInt(Files.readString(directory.resolve("port")).strip());
            String password = Files.readString(directory.resolve("password")).strip();
            String url = Cluster.jdbcUrl(port, "postgres", password);
            Connection connection = DriverManager.getConnection(url);
            try {
                return begin(url, cluster, connection);
            } catch (SQLException | IOException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException | NumberFormatException e) {
            throw new PostgresException("the PostgreSQL of " + directory + " cannot be copied: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new PostgresException(
                    "the PostgreSQL of " + directory + " cannot be copied: " + PostgresException.explain(e), e);
        }
    }

    private static HotCopy begin(String url, Path cluster, Connection connection) throws SQLException, IOException {
        Path served = Path.of(ask(connection, "SHOW data_directory"));
        if (!Files.isSameFile(served, cluster)) {
            throw new PostgresException("the port that " + cluster.getParent()
                    + " remembers is that of the PostgreSQL of " + served + ": start this one first");
        }
        if (!ask(connection, "SELECT count(*) FROM pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global')")
                .equals("0")) {
            throw new PostgresException("the cluster " + cluster
                    + " has tablespaces outside of itself, which this copy would lack: copy it by pg_basebackup");
        }
        // Keeps the log from now on until this session ends, however it does.
        ask(
                connection,
                "SELECT slot_name FROM pg_create_physical_replication_slot('trunkline_copy_' || pg_backend_pid(),"
                        + " true, true)");
        return new HotCopy(
                url, cluster, connection, ask(connection, "SELECT pg_backup_start('trunkline backup', true)"));
    }

    private static String ask(Connection connection, String sql, String... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    /** Of the server, as it names itself. */
    public String version() {
        try {
            return ask(connection, "SHOW server_version");
        } catch (SQLException e) {
            throw broken(e);
        }
    }

    /** About how many bytes will be copied; the log grows meanwhile. */
    public long bytes() {
        var total = new long[1];
        try {
            ClusterFiles.walk(cluster, (_, file) -> total[0] += Files.size(file), _ -> {});
            return total[0] + 2 * segmentBytes();
        } catch (SQLException e) {
            throw broken(e);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private long segmentBytes() throws SQLException {
        return Long.parseLong(ask(connection, "SELECT pg_size_bytes(current_setting('wal_segment_size'))"));
    }

    /** Copies all files but the log. */
    public void files(Sink sink) throws IOException {
        ClusterFiles.walk(cluster, (name, file) -> copy(name, file, sink), sink::directory);
        // By its checksum PostgreSQL knows whether it is whole, and replaces it as a whole.
        byte[] control = Settled.read(cluster.resolve(ClusterFiles.CONTROL));
        sink.file(ClusterFiles.CONTROL, control.length, new ByteArrayInputStream(control));
    }

    private static void copy(String name, Path file, Sink sink) throws IOException {
        InputStream content;
        long size;
        try {
            size = Files.size(file);
            content = Files.newInputStream(file);
        } catch (NoSuchFileException dropped) {
            // A table that was dropped meanwhile: so says the log.
            return;
        }
        try (InputStream exact = new ExactStream(content, size)) {
            sink.file(name, size, exact);
        }
    }

    /**
     * From now until {@link #finish}, for some seconds at most, lets nobody write to the tables of a schema that have a
     * certain column; readers are not held. Few tables: whoever writes to one of them while it holds another must wait,
     * too.
     *
     * @return false when others write so long that they cannot be held
     */
    public boolean holdWrites(String schema, String column) {
        try {
            Connection own = DriverManager.getConnection(url);
            holder = Optional.of(own);
            String tables = ask(
                    own,
                    "SELECT coalesce(string_agg(format('%I.%I', nspname, relname), ', ' ORDER BY c.oid), '')"
                            + " FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
                            + " WHERE relkind IN ('r', 'p') AND NOT relispartition AND nspname = ?"
                            + " AND EXISTS (SELECT FROM pg_attribute a WHERE attrelid = c.oid AND attname = ?)",
                    schema,
                    column);
            if (tables.isEmpty()) {
                throw new PostgresException("no table of " + schema + " has a column " + column);
            }
            for (int i = 0; i < HOLD_TRIES; i++) {
                if (lock(own, tables)) {
                    return true;
                }
                LockSupport.parkNanos(HOLD_AGAIN_NANOS);
            }
            release();
            return false;
        } catch (SQLException e) {
            throw broken(e);
        }
    }

    private static boolean lock(Connection own, String tables) throws SQLException {
        own.setAutoCommit(false);
        try (Statement statement = own.createStatement()) {
            statement.execute("SET LOCAL deadlock_timeout = " + HOLD_DEADLOCK_MILLIS);
            statement.execute("SET LOCAL statement_timeout = " + HOLD_WAIT_MILLIS);
            statement.execute("SET LOCAL idle_in_transaction_session_timeout = " + LONGEST_HOLD_MILLIS);
            statement.execute("LOCK TABLE " + tables + " IN SHARE MODE");
            return true;
        } catch (SQLException e) {
            own.rollback();
            if ("57014".equals(e.getSQLState()) || "40P01".equals(e.getSQLState())) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Stops the copy and adds what makes it whole: the label and the log.
     *
     * @return whether writes were held until then
     */
    public boolean finish(Sink sink) throws IOException {
        try {
            String label;
            String stopLsn;
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT labelfile, lsn FROM pg_backup_stop(false)")) {
                row.next();
                label = row.getString(1);
                stopLsn = row.getString(2);
            }
            boolean held = isHeld();
            release();
            byte[] bytes = label.getBytes(StandardCharsets.UTF_8);
            sink.file(ClusterFiles.LABEL, bytes.length, new ByteArrayInputStream(bytes));
            copyLog(stopLsn, sink);
            return held;
        } catch (SQLException e) {
            throw broken(e);
        }
    }

    private boolean isHeld() {
        try {
            return holder.isPresent() && !ask(holder.get(), "SELECT 1").isEmpty();
        } catch (SQLException e) {
            // PostgreSQL has ended it: it took too long.
            return false;
        }
    }

    private void release() throws SQLException {
        if (holder.isPresent()) {
            holder.get().close();
            holder = Optional.empty();
        }
    }

    /** The segments from the start to the stop, and the histories of timelines, if there are any. */
    private void copyLog(String stopLsn, Sink sink) throws SQLException, IOException {
        String first = ask(connection, "SELECT pg_walfile_name(?::pg_lsn)", startLsn);
        // One byte before: at a segment's end the next one may not be there yet.
        String last = ask(connection, "SELECT pg_walfile_name(?::pg_lsn - 1)", stopLsn);
        String timeline = first.substring(0, 8);
        long segmentsOfId = (1L << 32) / segmentBytes();
        for (long number = number(first, segmentsOfId); number <= number(last, segmentsOfId); number++) {
            String name =
                    timeline + String.format(Locale.ROOT, "%08X%08X", number / segmentsOfId, number % segmentsOfId);
            Path segment = cluster.resolve(ClusterFiles.LOG).resolve(name);
            if (Files.notExists(segment)) {
                throw new PostgresException("the segment " + segment + " of the log is missing: no copy is possible");
            }
            copy(ClusterFiles.LOG + "/" + name, segment, sink);
        }
        try (var histories = Files.newDirectoryStream(cluster.resolve(ClusterFiles.LOG), "*.history")) {
            for (Path history : histories) {
                copy(ClusterFiles.LOG + "/" + history.getFileName(), history, sink);
            }
        }
    }

    private static long number(String segment, long segmentsOfId) {
        return Long.parseLong(segment.substring(8, 16), 16) * segmentsOfId + Long.parseLong(segment.substring(16), 16);
    }

    private PostgresException broken(SQLException e) {
        return new PostgresException(
                "the copy of " + cluster + " was broken off, PostgreSQL said: " + e.getMessage() + ". Try again", e);
    }

    private PostgresException unreadable(IOException e) {
        return new PostgresException(cluster + " cannot be read: " + PostgresException.explain(e), e);
    }

    /** Ends the copy, if it is not finished, and lets the log go. */
    @Override
    public void close() {
        try {
            release();
            connection.close();
        } catch (SQLException e) {
            throw broken(e);
        }
    }
}
