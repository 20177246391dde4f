package io.trunkline.accounts;

import io.trunkline.database.Database;
import io.trunkline.database.Row;
import io.trunkline.database.Select;
import io.trunkline.database.Slice;
import io.trunkline.database.Sql;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.OrganizationId;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** The accounts of an organization. */
@Component
public class Accounts {
    private static final String SELECT = """
            SELECT id, reference_code, name, country, status FROM accounts
            WHERE organization_id = ?""";

    private final Database database;

    Accounts(Database database) {
        this.database = database;
    }

    /** Those of one status, by id. */
    Slice.Rows<Account> list(OrganizationId organization, Account.Status status, Slice slice) {
        return slice.read(
                database.of(organization),
                new Select(SELECT, organization).and("status = ?", status.text()),
                "id",
                false,
                Accounts::read);
    }

    Optional<Account> find(OrganizationId organization, AccountId id) {
        return find(database.of(organization), organization, id);
    }

    /** Within the caller's transaction. */
    public Optional<Account> find(Sql sql, OrganizationId organization, AccountId id) {
        return sql.one(SELECT + " AND id = ?", Accounts::read, organization, id);
    }

    /** Those of these ids, in one statement. */
    public List<Account> all(OrganizationId organization, Collection<AccountId> ids) {
        return all(database.of(organization), organization, ids);
    }

    /** Within the caller's transaction. */
    public List<Account> all(Sql sql, OrganizationId organization, Collection<AccountId> ids) {
        UUID[] values = ids.stream().map(AccountId::value).distinct().toArray(UUID[]::new);
        return values.length == 0
                ? List.of()
                : sql.list(SELECT + " AND id = ANY (?)", Accounts::read, organization, values);
    }

    private static Account read(Row row) throws SQLException {
        return new Account(
                new AccountId(row.uuid("id")),
                row.text("reference_code"),
                row.text("name"),
                row.text("country"),
                Account.Status.valueOf(row.text("status").toUpperCase(Locale.ROOT)));
    }
}
