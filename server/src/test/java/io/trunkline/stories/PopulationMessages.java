package io.trunkline.stories;

import io.trunkline.database.Sql;
import io.trunkline.ids.ExportId;
import io.trunkline.ids.Id;
import io.trunkline.ids.SmsId;
import io.trunkline.subscribers.PersonKeys;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;

/** The text messages of a population, and its exports of usage. */
final class PopulationMessages {
    private final Population population;
    private final World world;
    private final Sql sql;

    PopulationMessages(Population population, World world, Sql sql) {
        this.population = population;
        this.world = world;
        this.sql = sql;
    }

    /** An export without items; one that has expired is forgotten no sooner than others. */
    void export(Instant at, boolean ready) {
        byte[] content = gzip("id\n");
        ExportId id = ExportId.create(at);
        population.insert(
                "usage_exports",
                "id",
                id,
                "status",
                "ready",
                "format",
                "csv",
                "gzip",
                true,
                "filters:",
                "{}",
                "as_of",
                0,
                "closed",
                false,
                "client_id",
                world.clientId(),
                "correlation_id",
                "test",
                "created_at",
                Instant.now(),
                "parts",
                1,
                "progress",
                100,
                "size",
                content.length,
                "sha256",
                "0".repeat(64),
                "expires_at",
                Instant.now().plus(Duration.ofHours(ready ? 24 : -1)));
        if (ready) {
            population.insert("usage_export_parts", "export_id", id, "number", 0, "content", content);
        }
    }

    private static byte[] gzip(String text) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** One that arrived, to so many people. */
    void sent(Population.Line line, Instant at, int recipients) {
        SmsId id = SmsId.create(at);
        population.insert(
                "sms",
                "id",
                id,
                "sender",
                "447900000000",
                "subscription_id",
                line.id(),
                "person_id",
                line.person(),
                "sealed_text",
                sealed(line, "Hello", "sms/" + id.value()),
                "encoding",
                "gsm7",
                "segments",
                1,
                "scheduled",
                false,
                "client_id",
                world.clientId(),
                "correlation_id",
                "test",
                "created_at",
                at,
                "send_at",
                at,
                "expires_at",
                at);
        for (int i = 0; i < recipients; i++) {
            population.insert(
                    "sms_recipients",
                    "sms_id",
                    id,
                    "position",
                    i,
                    "msisdn",
                    Long.toString(447_911_000_000L + i),
                    "state",
                    "delivered",
                    "segments",
                    1,
                    "parts",
                    1,
                    "due_at",
                    at,
                    "expires_at",
                    at,
                    "sent_at",
                    at,
                    "done_at",
                    at);
        }
    }

    /** One that came in. */
    void inbound(Population.Line line, Instant at) {
        UUID id = Id.newValue(at);
        population.insert(
                "sms_inbound",
                "id",
                id,
                "sender",
                "447911000000",
                "recipient",
                "447900000000",
                "subscription_id",
                line.id(),
                "person_id",
                line.person(),
                "sealed_text",
                sealed(line, "Hello back", "sms_inbound/" + id),
                "received_at",
                at);
    }

    private byte[] sealed(Population.Line line, String words, String context) {
        return world.server()
                .bean(PersonKeys.class)
                .seal(sql, world.organization(), line.person(), words.getBytes(StandardCharsets.UTF_8), context);
    }
}
