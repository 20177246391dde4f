package io.trunkline.accounts;

import io.trunkline.database.Database;
import io.trunkline.database.Row;
import io.trunkline.database.Sql;
import io.trunkline.ids.OrganizationId;
import io.trunkline.security.Audit;
import io.trunkline.security.Caller;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.springframework.stereotype.Component;

/** What is known of organizations beyond their keys. The operator's: requests do not reach it. */
@Component
public class Organizations {
    private static final String FIND =
            "SELECT name, mail_name, mail_reply_to, mail_language FROM organizations WHERE id = ?";
    private static final String SET_MAILS =
            "UPDATE organizations SET mail_name = ?, mail_reply_to = ?, mail_language = ? WHERE id = ?";
    private static final String ID = "SELECT id FROM organizations WHERE key = ?";
    private static final String LOCK = "SELECT id FROM organizations WHERE id = ? FOR UPDATE";

    private final Database database;
    private final Audit audit;

    Organizations(Database database, Audit audit) {
        this.database = database;
        this.audit = audit;
    }

    public Organization get(OrganizationId id) {
        return get(database.owner(), id);
    }

    private static Organization get(Sql owner, OrganizationId id) {
        return owner.one(FIND, Organizations::read, id)
                .orElseThrow(() -> new IllegalStateException("there is no organization " + id));
    }

    /** The organization of this key. */
    public Optional<OrganizationId> find(String key) {
        return database.owner().one(ID, row -> new OrganizationId(row.uuid("id")), key);
    }

    /**
     * Changes how mails in its name are written, as its own audit shows.
     *
     * @param operator who changes it
     * @param change what it is to be; its name stays
     */
    public Organization writeMails(
            Caller operator, OrganizationId id, String correlationId, UnaryOperator<Organization> change) {
        return database.inOwnerTransaction(sql -> {
            sql.one(LOCK, row -> row.uuid("id"), id);
            Organization before = get(sql, id);
            Organization after = change.apply(before);
            if (!after.equals(before)) {
                sql.update(
                        SET_MAILS,
                        after.mailName().orElse(null),
                        after.replyTo().orElse(null),
                        after.language().orElse(null),
                        id);
                audit.record(
                        sql,
                        Audit.Entry.bySystem(
                                operator.clientId(),
                                id,
                                "organization.mails_changed",
                                "organization/" + id,
                                correlationId,
                                Optional.of(before::writeMails),
                                Optional.of(after::writeMails)));
            }
            return after;
        });
    }

    private static Organization read(Row row) throws SQLException {
        return new Organization(
                row.text("name"),
                Optional.ofNullable(row.textOrNull("mail_name")),
                Optional.ofNullable(row.textOrNull("mail_reply_to")),
                Optional.ofNullable(row.textOrNull("mail_language")));
    }
}
