package io.trunkline.box;

import java.io.PrintStream;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/** Compares balances, and the sums that summaries are made of, with what the items add up to. */
final class UsageAudit {
    private UsageAudit() {}

    /**
     * Names each balance and each sum that is not what its items say.
     *
     * @return whether there is none
     */
    static boolean run(Path data, PrintStream out) throws InterruptedException {
        try (OperatorClient operator = OperatorClient.of(data)) {
            OperatorClient.Answer answer = operator.get("/operator/usage/audit");
            if (!answer.isOk()) {
                throw new BoxException("the server answered " + answer.status() + ": " + answer.text());
            }
            JsonNode differences = answer.json().path("differences");
            for (JsonNode difference : differences) {
                out.println("organization %s, holder %s, allowance %s from %s: the balance says %s, the items %s"
                        .formatted(
                                difference.path("organization").stringValue(""),
                                difference.path("holder").stringValue(""),
                                difference.path("allowance").stringValue(""),
                                difference.path("from").stringValue(""),
                                difference.path("balance"),
                                difference.path("items")));
            }
            out.println(
                    differences.isEmpty()
                            ? "Every balance is what its items add up to."
                            : differences.size() + " balances are not what their items add up to.");
            JsonNode sums = answer.json().path("sums");
            for (JsonNode sum : sums) {
                out.println("organization %s, holder %s, %s: the sums say %s items, %s units and %s micros too many"
                        .formatted(
                                sum.path("organization").stringValue(""),
                                sum.path("holder").stringValue(""),
                                sum.path("day").stringValue(""),
                                sum.path("items"),
                                sum.path("quantity").stringValue(""),
                                sum.path("cost_micros").stringValue("")));
            }
            out.println(
                    sums.isEmpty()
                            ? "Every sum of a day is what its items add up to."
                            : sums.size() + " sums of days are not what their items add up to.");
            return differences.isEmpty() && sums.isEmpty();
        }
    }
}
