package io.trunkline.box;

import io.trunkline.postgres.EmbeddedPostgres;
import io.trunkline.web.Json;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What a backup tells of itself, in its first entry.
 *
 * @param format of the file; a build reads its own and older ones
 * @param postgresMajor whose files these are: no other major version can start on them
 * @param keys the fingerprints of the master keys that the database was sealed with, by {@code k<number>}
 * @param holdsMasterKey whether these keys are in the backup
 */
record BackupFacts(
        int format,
        String postgresMajor,
        String postgresVersion,
        String build,
        Instant begun,
        SequencedMap<String, String> keys,
        boolean holdsMasterKey) {
    static final int FORMAT = 1;
    static final String ENTRY = "backup.json";
    private static final String WHAT = "a backup of Trunkline";

    String text() {
        return Json.text(json -> json.text("what", WHAT)
                        .number("format", format)
                        .text(
                                "note",
                                holdsMasterKey
                                        ? "This file holds the master key: whoever reads it reads every secret."
                                        : "This file does not hold the master key. Without " + keyNames()
                                                + " nothing that is sealed in it can be read.")
                        .bool("holds_master_key", holdsMasterKey)
                        .object("master_keys", all -> keys.forEach(all::text))
                        .text("postgresql_major", postgresMajor)
                        .text("postgresql", postgresVersion)
                        .text("build", build)
                        .time("begun", begun))
                + "\n";
    }

    /** As {@code k1 (fingerprint 0123456789abcdef)}. */
    String keyNames() {
        return names(keys);
    }

    static String names(Map<String, String> fingerprints) {
        return fingerprints.entrySet().stream()
                .map(key -> key.getKey() + " (fingerprint " + key.getValue() + ")")
                .collect(Collectors.joining(", "));
    }

    /**
     * Reads them.
     *
     * @throws BoxException when this build cannot restore it
     */
    static BackupFacts parse(String text, Path file) {
        JsonNode json;
        Instant begun;
        try {
            json = Json.parse(text);
            begun = Instant.parse(json.path("begun").stringValue(""));
        } catch (JacksonException | DateTimeException e) {
            throw new BoxException(file + " is no backup of Trunkline, or it is damaged", e);
        }
        int format = json.path("format").intValue(-1);
        if (!json.path("what").stringValue("").equals(WHAT) || format < 1) {
            throw new BoxException(file + " is no backup of Trunkline, or it is damaged");
        }
        if (format > FORMAT) {
            throw new BoxException(file + " is of format " + format + ", this build reads up to " + FORMAT
                    + ": restore it with the build that made it, or a newer one");
        }
        String major = json.path("postgresql_major").stringValue("");
        if (!major.equals(EmbeddedPostgres.majorVersion())) {
            throw new BoxException(file + " holds a cluster of PostgreSQL " + major + ", this build brings "
                    + EmbeddedPostgres.majorVersion() + ": restore it with the build that made it");
        }
        var keys = new LinkedHashMap<String, String>();
        json.path("master_keys")
                .properties()
                .forEach(key -> keys.put(key.getKey(), key.getValue().stringValue("")));
        return new BackupFacts(
                format,
                major,
                json.path("postgresql").stringValue(""),
                json.path("build").stringValue(""),
                begun,
                keys,
                json.path("holds_master_key").booleanValue(false));
    }
}
