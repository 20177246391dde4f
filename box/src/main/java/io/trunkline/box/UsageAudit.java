package io.trunkline.box;

import java.io.PrintStream;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/** Compares balances with what the items add up to. */
final class UsageAudit {
    private UsageAudit() {}

    /**
     * Names each balance that is not what its items say.
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
            return differences.isEmpty();
        }
    }
}
