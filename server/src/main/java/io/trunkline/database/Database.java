package io.trunkline.database;

import io.trunkline.ids.OrganizationId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntConsumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database in its two roles. Requests act as a role that owns nothing and sees, by row-level security, the rows of
 * the organization that each transaction names; migrations and workers act as the owner, across organizations.
 *
 * <p>The organization is set for the transaction alone, so nothing stays behind on a pooled connection. A read is one
 * execute of two statements ({@code set_config} and the query) in an implicit transaction: no round trip of its own.
 * What a transaction changes, and nobody waits for, goes with its next statement, too.
 */
public final class Database {
    /** What the policies of all tenant tables read. */
    static final String ORGANIZATION_SETTING = "trunkline.organization";

    private static final Logger log = LoggerFactory.getLogger(Database.class);
    private static final String SET_ORGANIZATION = "SELECT set_config('" + ORGANIZATION_SETTING + "', ?, true)";

    /** Most changes of a transaction that wait to be sent; one more sends them. */
    private static final int MOST_WAITING = 32;
    /** So many rows are sent as changes that wait; more of them as a batch. */
    private static final int FEW = 8;

    private final DataSource requests;
    private final DataSource owner;
    private final LongAdder requestStatements = new LongAdder();

    public Database(DataSource requests, DataSource owner) {
        this.requests = requests;
        this.owner = owner;
    }

    /** Single statements as the request role, each for itself. */
    public Sql of(OrganizationId organization) {
        return new Single(requests, organization, true);
    }

    /** The same for a worker that reads what it makes for an organization: behind the wall of a request, and none. */
    public Sql walled(OrganizationId organization) {
        return new Single(requests, organization, false);
    }

    /** Single statements as the request role for no organization: what it sees is nobody's. */
    Sql ofNobody() {
        return new Single(requests, null, false);
    }

    /** A transaction as the request role; it commits when the work returns and rolls back when it throws. */
    public <T> T inTransaction(OrganizationId organization, Work<T> work) {
        return transaction(requests, organization, work);
    }

    /** Single statements as the owner, across organizations: for workers, never for a request's data. */
    public Sql owner() {
        return new Single(owner, null, false);
    }

    /** A transaction as the owner. */
    public <T> T inOwnerTransaction(Work<T> work) {
        return transaction(owner, null, work);
    }

    /** How many statements requests have run since the start; a test asks before and after. */
    public long requestStatements() {
        return requestStatements.sum();
    }

    /** What is done in one transaction. It may be run by itself alone: nothing retries it. */
    @FunctionalInterface
    public interface Work<T> {
        T in(Sql transaction);
    }

    private <T> T transaction(DataSource source, @Nullable OrganizationId organization, Work<T> work) {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            boolean done = false;
            try {
                var transaction = new Transaction(connection, organization);
                T result = work.in(transaction);
                transaction.send();
                connection.commit();
                done = true;
                return result;
            } finally {
                end(connection, done);
            }
        } catch (SQLException e) {
            throw Statements.explain("transaction", e);
        }
    }

    /** A connection that fails here is closed by its pool; what the work has thrown matters more. */
    private static void end(Connection connection, boolean done) {
        try {
            if (!done) {
                connection.rollback();
            }
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            log.debug("a connection was lost at the end of its transaction", e);
        }
    }

    /** Prepends the organization where there is one, and says how many parameters that takes. */
    private static String withOrganization(@Nullable OrganizationId organization, String sql) {
        return organization == null ? sql : SET_ORGANIZATION + ";\n" + sql;
    }

    private PreparedStatement prepare(
            Connection connection, @Nullable OrganizationId organization, String sql, @Nullable Object[] parameters)
            throws SQLException {
        // All rows of a result are in memory anyway, so that going through them backwards costs nothing.
        PreparedStatement statement = connection.prepareStatement(
                withOrganization(organization, sql), ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY);
        try {
            int first = 1;
            if (organization != null) {
                statement.setString(first++, organization.value().toString());
            }
            Statements.bind(connection, statement, first, parameters);
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }

    private <T> T query(
            Connection connection,
            @Nullable OrganizationId organization,
            String sql,
            Result.Reader<T> reader,
            @Nullable Object[] parameters)
            throws SQLException {
        try (PreparedStatement statement = prepare(connection, organization, sql, parameters)) {
            statement.execute();
            if (organization != null) {
                statement.getMoreResults();
            }
            return reader.read(new Result(statement.getResultSet()));
        }
    }

    private int change(
            Connection connection, @Nullable OrganizationId organization, String sql, @Nullable Object[] parameters)
            throws SQLException {
        try (PreparedStatement statement = prepare(connection, organization, sql, parameters)) {
            statement.execute();
            if (organization != null) {
                statement.getMoreResults();
            }
            return statement.getUpdateCount();
        }
    }

    /** What is made of the last result of an execute. */
    @FunctionalInterface
    private interface Answer<T> {
        T of(Statement statement) throws SQLException;
    }

    /** Each statement on a connection and in a transaction of its own. */
    private final class Single implements Sql {
        private final DataSource source;
        private final @Nullable OrganizationId organization;

        private final boolean counted;

        /** @param counted whether it is of a request */
        Single(DataSource source, @Nullable OrganizationId organization, boolean counted) {
            this.source = source;
            this.organization = organization;
            this.counted = counted;
        }

        private void countHere() {
            if (counted) {
                count(organization);
            }
        }

        @Override
        public <T> T scan(String sql, Result.Reader<T> reader, @Nullable Object... parameters) {
            countHere();
            try (Connection connection = source.getConnection()) {
                return query(connection, organization, sql, reader, parameters);
            } catch (SQLException e) {
                throw Statements.explain(sql, e);
            }
        }

        @Override
        public int update(String sql, @Nullable Object... parameters) {
            countHere();
            try (Connection connection = source.getConnection()) {
                return change(connection, organization, sql, parameters);
            } catch (SQLException e) {
                throw Statements.explain(sql, e);
            }
        }

        @Override
        public void updateAll(String sql, List<@Nullable Object[]> rows) {
            transaction(source, organization, transaction -> {
                transaction.updateAll(sql, rows);
                return rows.size();
            });
        }

        @Override
        public void copy(String table, CopyRows rows) {
            try (Connection connection = source.getConnection()) {
                Statements.copy(connection, table, rows);
            } catch (SQLException e) {
                throw Statements.explain("COPY " + table, e);
            }
        }
    }

    /** A change that was not sent yet. */
    @SuppressWarnings("ArrayRecordComponent") // As it was given.
    private record Waiting(
            IntConsumer changed, String sql, @Nullable Object[] parameters) {}

    /** All statements on one connection; the first one carries the organization along, each what waits before it. */
    private final class Transaction implements Sql {
        private final Connection connection;
        private @Nullable OrganizationId toSet;
        private final @Nullable OrganizationId organization;
        private List<Waiting> waiting = new ArrayList<>();

        Transaction(Connection connection, @Nullable OrganizationId organization) {
            this.connection = connection;
            this.toSet = organization;
            this.organization = organization;
        }

        private @Nullable OrganizationId unset() {
            OrganizationId first = toSet;
            toSet = null;
            return first;
        }

        @Override
        public <T> T scan(String sql, Result.Reader<T> reader, @Nullable Object... parameters) {
            count(organization);
            try {
                return execute(sql, parameters, statement -> reader.read(new Result(statement.getResultSet())));
            } catch (SQLException e) {
                throw Statements.explain(sql, e);
            }
        }

        @Override
        public int update(String sql, @Nullable Object... parameters) {
            count(organization);
            try {
                return execute(sql, parameters, Statement::getUpdateCount);
            } catch (SQLException e) {
                throw Statements.explain(sql, e);
            }
        }

        @Override
        public void write(IntConsumer changed, String sql, @Nullable Object... parameters) {
            count(organization);
            if (waiting.size() == MOST_WAITING) {
                send();
            }
            waiting.add(new Waiting(changed, sql, parameters));
        }

        /** What waits is sent. */
        void send() {
            if (waiting.isEmpty()) {
                return;
            }
            Waiting last = waiting.removeLast();
            try {
                last.changed().accept(execute(last.sql(), last.parameters(), Statement::getUpdateCount));
            } catch (SQLException e) {
                throw Statements.explain(last.sql(), e);
            }
        }

        /** In one execute: what waits, and then this. */
        private <T> T execute(String sql, @Nullable Object[] parameters, Answer<T> answer) throws SQLException {
            List<Waiting> before = waiting;
            waiting = new ArrayList<>();
            OrganizationId first = unset();
            try (PreparedStatement statement =
                    prepare(connection, first, text(before, sql), parameters(before, parameters))) {
                statement.execute();
                if (first != null) {
                    statement.getMoreResults();
                }
                for (Waiting one : before) {
                    one.changed().accept(statement.getUpdateCount());
                    statement.getMoreResults();
                }
                return answer.of(statement);
            }
        }

        private static String text(List<Waiting> before, String sql) {
            if (before.isEmpty()) {
                return sql;
            }
            var text = new StringBuilder();
            before.forEach(one -> text.append(one.sql()).append(";\n"));
            return text.append(sql).toString();
        }

        private static @Nullable Object[] parameters(List<Waiting> before, @Nullable Object[] last) {
            if (before.isEmpty()) {
                return last;
            }
            var all = new ArrayList<@Nullable Object>();
            before.forEach(one -> all.addAll(Arrays.asList(one.parameters())));
            all.addAll(Arrays.asList(last));
            return all.toArray();
        }

        @Override
        public void updateAll(String sql, List<@Nullable Object[]> rows) {
            if (rows.size() <= FEW) {
                rows.forEach(row -> write(sql, row));
                return;
            }
            send();
            OrganizationId first = unset();
            if (first != null) {
                scan(SET_ORGANIZATION, Result::next, first.value().toString());
            }
            count(organization);
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (@Nullable Object[] row : rows) {
                    Statements.bind(connection, statement, 1, row);
                    statement.addBatch();
                }
                statement.executeBatch();
            } catch (SQLException e) {
                throw Statements.explain(sql, e);
            }
        }

        @Override
        public void copy(String table, CopyRows rows) {
            send();
            try {
                Statements.copy(connection, table, rows);
            } catch (SQLException e) {
                throw Statements.explain("COPY " + table, e);
            }
        }
    }

    private void count(@Nullable OrganizationId organization) {
        if (organization != null) {
            requestStatements.increment();
        }
    }
}
