package io.trunkline.box.demo;

import io.trunkline.usage.UsageItem;
import io.trunkline.usage.UsageItem.Direction;
import io.trunkline.usage.UsageItem.Technology;
import io.trunkline.web.Json;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that a line did, as the network would record it.
 *
 * @param name the record's id: the same each time it is made up
 * @param ownNumber null where the line has none, and is known by its SIM
 * @param other a number, a short code or a sender; null where it is withheld or there is none
 * @param country where the line was
 */
record DemoEvent(
        DemoLine line,
        String name,
        UsageItem.Type type,
        Direction direction,
        Technology technology,
        @Nullable Long ownNumber,
        @Nullable String other,
        String country,
        Instant at,
        Instant until,
        long quantity) {
    /** In the format of usage feeds. */
    String record() {
        return Json.text(json -> json.text("record_id", name)
                .text("type", type.text())
                .text("direction", direction.text())
                .text("technology", technology.text())
                .text("imsi", ownNumber == null ? line.imsi(at) : null)
                .text("msisdn", ownNumber == null ? null : ownNumber.toString())
                .text("other_party", other)
                .text("location_country", country)
                .text("started_at", at.toString())
                .text("ended_at", until.toString())
                .text("quantity", Long.toString(quantity)));
    }
}
