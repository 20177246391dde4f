package io.trunkline.box;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;

/** Says what would become of a file of usage, without taking it. */
final class UsageCheck {
    /** Of a larger file its beginning is looked at: what the server tries at once, and keeps nothing of. */
    static final int MOST_BYTES = 8_000_000;

    private static final int SHOWN = 20;
    /** As which it would come in by the drop directory. */
    private static final String TRY = "/operator/usage/batches?source=files&dry-run=true";

    private UsageCheck() {}

    /**
     * The whole lines that fit.
     *
     * @param isWhole whether that is all of the file
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Part(byte[] bytes, boolean isWhole) {}

    /**
     * Tries it, and says how many records would be accepted, and what is wrong with the others.
     *
     * @return whether there is nothing wrong
     */
    static boolean run(Path file, Path data, PrintStream out) throws InterruptedException {
        String name = String.valueOf(file.getFileName());
        String type = type(name);
        Part part = read(file, name);
        try (OperatorClient operator = OperatorClient.of(data)) {
            OperatorClient.Answer answer =
                    operator.post(TRY, type, HttpRequest.BodyPublishers.ofByteArray(part.bytes()));
            if (!answer.isOk()) {
                out.println(file + ": " + reason(answer));
                return false;
            }
            JsonNode quarantined = answer.json().path("quarantined");
            quarantined.valueStream().limit(SHOWN).forEach(line -> out.println(line(file, line)));
            if (quarantined.size() > SHOWN) {
                out.println("… and " + (quarantined.size() - SHOWN) + " more");
            }
            out.println("%s records would be accepted, %s are known already, %d would be put aside."
                    .formatted(answer.json().path("accepted"), answer.json().path("repeated"), quarantined.size()));
            if (!part.isWhole()) {
                out.println("That is its first " + part.bytes().length + " bytes; the rest was not looked at.");
            }
            return quarantined.isEmpty();
        }
    }

    private static String line(Path file, JsonNode line) {
        String id = line.path("record_id").stringValue("");
        return file + ":" + line.path("line") + ": " + line.path("reason").stringValue("")
                + (id.isEmpty() ? "" : " (" + id + ")");
    }

    private static String reason(OperatorClient.Answer answer) {
        JsonNode problem = answer.json();
        return problem.path("errors").isEmpty()
                ? problem.path("detail").stringValue("the server answered " + answer.status())
                : problem.path("errors").path(0).path("detail").stringValue("");
    }

    private static String type(String name) {
        String plain = name.endsWith(".gz")
                ? name.substring(0, name.length() - ".gz".length())
                : name.endsWith(".zst") ? name.substring(0, name.length() - ".zst".length()) : name;
        if (plain.endsWith(".csv")) {
            return "text/csv";
        }
        if (plain.endsWith(".ndjson")) {
            return "application/x-ndjson";
        }
        throw new BoxException(name
                + " would not be read: a file of usage ends in .csv or .ndjson, and .gz or .zst where it is packed");
    }

    private static Part read(Path file, String name) {
        try (var bytes = new BufferedInputStream(Files.newInputStream(file));
                InputStream in = name.endsWith(".gz")
                        ? new GZIPInputStream(bytes)
                        : name.endsWith(".zst") ? new ZstdInputStream(bytes) : bytes) {
            return part(in, MOST_BYTES);
        } catch (IOException e) {
            throw new BoxException(file + " cannot be read: " + e, e);
        }
    }

    static Part part(InputStream in, int most) throws IOException {
        byte[] read = in.readNBytes(most);
        if (read.length < most || in.read() < 0) {
            return new Part(read, true);
        }
        int end = read.length;
        while (end > 0 && read[end - 1] != '\n') {
            end--;
        }
        return new Part(end == 0 ? read : Arrays.copyOf(read, end), false);
    }
}
