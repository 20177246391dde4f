package io.trunkline.box;

import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/** Applies a catalog file. */
final class Apply {
    private Apply() {}

    /**
     * Applies it, or only says what that would do.
     *
     * @return whether it was taken
     */
    static boolean run(Path file, Path data, boolean dryRun, PrintStream out) throws InterruptedException {
        String yaml;
        try {
            yaml = Files.readString(file);
        } catch (IOException e) {
            throw new BoxException(file + " cannot be read: " + e, e);
        }
        try (OperatorClient operator = OperatorClient.of(data)) {
            OperatorClient.Answer answer = operator.post(
                    "/operator/catalog" + (dryRun ? "?dry-run=true" : ""),
                    "application/yaml",
                    HttpRequest.BodyPublishers.ofString(yaml));
            if (answer.isOk()) {
                answer.json().path("changes").forEach(change -> out.println(line(change)));
                out.println(dryRun ? "Nothing was changed: this was a dry run." : "Applied.");
                return true;
            }
            JsonNode problem = answer.json();
            for (JsonNode error : problem.path("errors")) {
                out.println(file + ": " + error.path("pointer").stringValue("") + ": "
                        + error.path("detail").stringValue(""));
            }
            out.println("Nothing was changed: " + problem.path("detail").stringValue(""));
            return false;
        }
    }

    private static String line(JsonNode change) {
        return "%-10s %-18s %s"
                .formatted(
                        change.path("what").stringValue(""),
                        change.path("kind").stringValue(""),
                        change.path("key").stringValue(""));
    }
}
