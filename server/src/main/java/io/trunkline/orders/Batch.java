package io.trunkline.orders;

import io.trunkline.ids.BatchId;
import io.trunkline.ids.OrderId;
import io.trunkline.web.Json;
import io.trunkline.web.Violation;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Orders that were sent together.
 *
 * @param refused rows that were not started, since they were not valid
 */
record Batch(BatchId id, int total, int refused, int completed, int canceled, Instant createdAt) {
    private static final String PATH = "/enterprise/orders/batches";

    /**
     * One of the rows, as it was sent.
     *
     * @param place in the request, from 0
     * @param order empty where there is none
     * @param status of its order
     * @param errors why there is no order
     */
    record Line(int place, Optional<OrderId> order, Optional<Order.Status> status, List<Violation> errors) {
        void write(Json json) {
            json.number("row", place)
                    .text("order_id", order.map(OrderId::text).orElse(null))
                    .text("status", status.map(Order.Status::text).orElse("refused"))
                    .objects("errors", errors, Batch::writeError)
                    .links(links -> order.ifPresent(id -> links.link("order", Order.path(id))));
        }
    }

    static void writeError(Json json, Violation error) {
        json.text("pointer", error.name())
                .text("code", error.code().name().toLowerCase(Locale.ROOT))
                .text("detail", error.detail());
    }

    private int pending() {
        return total - refused - completed - canceled;
    }

    String path() {
        return PATH + "/" + id;
    }

    void write(Json json) {
        json.text("id", id.text())
                .text("status", pending() > 0 ? "pending" : "done")
                .number("total", total)
                .number("pending", pending())
                .number("completed", completed)
                .number("canceled", canceled)
                .number("refused", refused)
                .time("created_at", createdAt)
                .links(links -> {
                    links.link("self", path()).link("rows", path() + "/rows");
                    if (pending() > 0) {
                        links.link("cancel", path());
                    }
                });
    }

    /** What a batch would be: nothing of it was kept. */
    record Preview(List<Line> lines) {
        void write(Json json) {
            List<Line> refused =
                    lines.stream().filter(line -> !line.errors().isEmpty()).toList();
            json.number("total", lines.size())
                    .number("accepted", lines.size() - refused.size())
                    .number("refused", refused.size())
                    .objects(
                            "errors",
                            refused.stream()
                                    .flatMap(line -> line.errors().stream())
                                    .toList(),
                            Batch::writeError);
        }
    }
}
