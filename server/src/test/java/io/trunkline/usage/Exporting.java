package io.trunkline.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.database.Database;
import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.World;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Exports of a server that makes none by itself, and what is in them. */
final class Exporting {
    static final String EXPORTS = "/enterprise/usage/exports";
    static final JsonMapper JSON = new JsonMapper();

    private final RunningServer server;
    private final Database database;
    private final UsageExportWork work;
    private final Instant now;

    Exporting(RunningServer server, Instant now) {
        this.server = server;
        this.database = server.bean(Database.class);
        this.work = server.bean(UsageExportWork.class);
        this.now = now;
    }

    SomeUsage usage(World of, long seed) {
        return new SomeUsage(server, of, seed, 12, now.minus(Duration.ofDays(100)), now);
    }

    /** All exports; and waits until all that was used has its number. */
    void forget() {
        database.owner().update("DELETE FROM usage_exports");
        Api.await(
                "all batches to have numbers",
                () -> database.owner()
                        .list("SELECT 1 AS one FROM usage_batches WHERE number IS NULL", _ -> true)
                        .isEmpty());
    }

    static Api.Answer place(Api client, String request) {
        Api.Answer placed = client.post(EXPORTS, request);
        assertThat(placed.status()).as(placed.text()).isEqualTo(202);
        assertThat(placed.header("Location")).isEqualTo(placed.link("self"));
        assertThat(placed.json().path("status").stringValue()).isEqualTo("pending");
        return placed;
    }

    void makeAll() {
        while (work.turn(() -> true)) {
            // Until nothing waits.
        }
    }

    Api.Answer made(Api client, String request) {
        Api.Answer placed = place(client, request);
        makeAll();
        Api.Answer export = client.get(placed.link("self"));
        assertThat(export.json().path("status").stringValue()).as(export.text()).isEqualTo("ready");
        return export;
    }

    static byte[] download(Api client, Api.Answer export) {
        Api.Answer file = client.get(export.link("download"));
        assertThat(file.status()).as(file.text()).isEqualTo(200);
        byte[] bytes = file.response().body();
        assertThat(export.json().path("size").longValue()).isEqualTo(bytes.length);
        assertThat(export.json().path("sha256").stringValue()).isEqualTo(sha256(bytes));
        assertThat(file.header("ETag")).isEqualTo('"' + sha256(bytes) + '"');
        return bytes;
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static String unzipped(byte[] bytes) {
        try (var in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<JsonNode> lines(byte[] ndjson) {
        return new String(ndjson, StandardCharsets.UTF_8)
                .lines()
                .map(JSON::readTree)
                .toList();
    }

    /** An item of a page as a line of a file has it. */
    static JsonNode asLine(JsonNode item) {
        var line = (ObjectNode) item.deepCopy();
        for (String relation : List.of("subscription", "subscriber", "account", "product")) {
            line.put(
                    relation + "_id",
                    item.path("_links")
                            .path(relation)
                            .path("href")
                            .stringValue()
                            .replaceFirst(".*/", ""));
        }
        line.remove("_links");
        return line;
    }

    static List<JsonNode> items(Api client, String query) {
        var items = new ArrayList<JsonNode>();
        String at = "/enterprise/usage/items?limit=100" + query;
        while (!at.isEmpty()) {
            Api.Answer page = client.get(at);
            assertThat(page.status()).as(page.text()).isEqualTo(200);
            page.json().path("_embedded").path("items").forEach(item -> items.add(asLine(item)));
            at = page.link("next");
        }
        return items;
    }
}
