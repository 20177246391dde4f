package io.trunkline.accounts;

import io.trunkline.database.Database;
import io.trunkline.database.Row;
import io.trunkline.database.Sql;
import io.trunkline.ids.OrganizationId;
import io.trunkline.security.Audit;
import io.trunkline.web.Json;
import java.sql.SQLException;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** What is known of organizations beyond their keys. The operator's: requests do not reach it. */
@Component
public class Organizations {
    private static final String OPERATOR = "operator";
    private static final String FIND = "SELECT name, mail_reply_to, mail_language FROM organizations WHERE id = ?";
    private static final String SET_MAILS =
            "UPDATE organizations SET mail_reply_to = ?, mail_language = ? WHERE id = ?";

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

    /** How mails in its name are written: see {@link Organization}. */
    @SuppressWarnings("OptionalUsedAsFieldOrParameterType") // As the record has them.
    public void writeMails(OrganizationId id, Optional<String> replyTo, Optional<String> language) {
        database.inOwnerTransaction(sql -> {
            Organization before = get(sql, id);
            var after = new Organization(before.name(), replyTo, language);
            if (!after.equals(before)) {
                sql.update(SET_MAILS, replyTo.orElse(null), language.orElse(null), id);
                audit.record(
                        sql,
                        Audit.Entry.bySystem(
                                OPERATOR,
                                id,
                                "organization.mails_changed",
                                "organization/" + id,
                                "operator",
                                Optional.of(json -> write(json, before)),
                                Optional.of(json -> write(json, after))));
            }
            return id;
        });
    }

    private static void write(Json json, Organization organization) {
        json.text("reply_to", organization.replyTo().orElse(null))
                .text("language", organization.language().orElse(null));
    }

    private static Organization read(Row row) throws SQLException {
        return new Organization(
                row.text("name"),
                Optional.ofNullable(row.textOrNull("mail_reply_to")),
                Optional.ofNullable(row.textOrNull("mail_language")));
    }
}
