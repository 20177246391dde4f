package io.trunkline.sms;

import io.trunkline.database.Row;
import io.trunkline.database.Select;
import io.trunkline.database.Slice;
import io.trunkline.database.Sql;
import io.trunkline.ids.Msisdn;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SmsId;
import io.trunkline.web.Json;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/**
 * Somebody wants no more texts from a number of the organization's.
 *
 * @param id of the text that said so
 * @param from the organization's number
 * @param to who wants none, as the network writes them
 * @param word what they wrote, in capitals
 */
record OptOut(SmsId id, String from, String to, String word, Instant at) {
    private static final String SELECT =
            "SELECT id, sender, recipient, word, at FROM sms_opt_outs WHERE organization_id = ?";

    /** Newest first. */
    static Slice.Rows<OptOut> list(
            Sql sql, OrganizationId organization, Optional<Msisdn> from, Optional<Msisdn> to, Slice slice) {
        Select select = new Select(SELECT, organization)
                .andIf("sender = ?", from.map(Msisdn::digits))
                .andIf("recipient = ?", to.map(Msisdn::digits));
        return slice.read(sql, select, "id", true, OptOut::read);
    }

    private static OptOut read(Row row) throws SQLException {
        return new OptOut(
                new SmsId(row.uuid("id")),
                row.text("sender"),
                row.text("recipient"),
                row.text("word"),
                row.instant("at"));
    }

    void write(Json json) {
        json.text("id", id.text())
                .text("from", from)
                .text("to", to)
                .text("word", word)
                .time("opted_out_at", at);
    }
}
