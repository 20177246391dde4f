package io.trunkline.sms;

import io.trunkline.database.Row;
import io.trunkline.ids.Msisdn;
import io.trunkline.web.Json;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * One of those that a text goes to.
 *
 * @param repeats how often it was sent again although it may have arrived
 */
record Recipient(
        int position,
        Msisdn msisdn,
        State state,
        int segments,
        int repeats,
        Optional<Failure> error,
        Optional<Instant> sentAt,
        Optional<Instant> doneAt) {

    /** How far it has come. All but the first two are final, though a late receipt still counts. */
    enum State {
        ACCEPTED,
        SENT,
        DELIVERED,
        UNDELIVERED,
        EXPIRED,
        REJECTED,
        UNKNOWN;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static State of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }

        static String[] texts() {
            return Arrays.stream(values()).map(State::text).toArray(String[]::new);
        }
    }

    /** Why it did not arrive. */
    record Failure(String code, String detail) {}

    static Recipient read(Row row) throws SQLException {
        String detail = Optional.ofNullable(row.textOrNull("error_detail")).orElse("");
        return new Recipient(
                row.integer("position"),
                new Msisdn(row.text("msisdn")),
                State.of(row.text("state")),
                row.integer("segments"),
                row.integer("repeats"),
                Optional.ofNullable(row.textOrNull("error_code")).map(code -> new Failure(code, detail)),
                Optional.ofNullable(row.instantOrNull("sent_at")),
                Optional.ofNullable(row.instantOrNull("done_at")));
    }

    void write(Json json) {
        json.text("msisdn", msisdn.digits())
                .text("state", state.text())
                .number("segments", segments)
                .number("repeats", repeats);
        error.ifPresentOrElse(
                failure -> json.object(
                        "error", entry -> entry.text("code", failure.code()).text("detail", failure.detail())),
                () -> json.none("error"));
        json.time("sent_at", sentAt.orElse(null)).time("done_at", doneAt.orElse(null));
    }
}
