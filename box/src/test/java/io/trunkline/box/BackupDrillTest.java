package io.trunkline.box;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * The drill: a backup in the middle of orders, restored elsewhere, goes on with all that was acknowledged before
 * it.
 */
class BackupDrillTest {
    private static final int PEOPLE = 3;
    private static final int BEFORE = 20;

    /** Accepted orders: the id that the 201 told, by key. */
    private final Map<String, String> accepted = new ConcurrentHashMap<>();

    @Test
    void whatWasAcknowledgedBeforeTheBackupBeganIsThereAfterTheRestoreAndGoesOn() throws Exception {
        try (BoxProcess box = BoxProcess.create().up();
                BoxProcess restored = BoxProcess.create()) {
            Path whole = box.home().resolve("whole.backup");
            Map<String, String> before = backUpUnderLoad(box, whole);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(whole)))
                    .isEqualTo("rw-------");
            expectNothingWhereTheDiskIsFull(box);
            Map<String, String> credentials = credentials(box.env());
            box.killAll();
            assertThat(restored.run("restore", whole.toString()))
                    .as(restored.output())
                    .isZero();
            assertThat(restored.home().resolve("data.restoring")).doesNotExist();
            goesOn(restored, credentials, before);
        }
    }

    /** Orders that were accepted before the backup began; others go on all the while. */
    private Map<String, String> backUpUnderLoad(BoxProcess box, Path file) {
        var going = new AtomicBoolean(true);
        var numbers = new AtomicInteger();
        try (BoxClient client = new BoxClient(box);
                ExecutorService people = Executors.newVirtualThreadPerTaskExecutor()) {
            String account = client.firstAccount();
            for (int i = 0; i < PEOPLE; i++) {
                people.execute(() -> {
                    while (going.get()) {
                        String key = "d" + numbers.incrementAndGet();
                        BoxClient.Answer answer = client.order(account, key, address(key));
                        if (answer.status() == 201) {
                            accepted.put(key, answer.json().path("id").stringValue());
                        }
                        // A load that a small machine can bear beside the backup.
                        LockSupport.parkNanos(50_000_000);
                    }
                });
            }
            try {
                BoxProcess.await("orders", () -> accepted.size() >= BEFORE);
                Map<String, String> before = Map.copyOf(accepted);
                assertThat(box.run("backup", file.toString())).as(box.output()).isZero();
                assertThat(box.output())
                        .contains("Wrote " + file, "It holds the master key k1 (fingerprint ")
                        .doesNotContain("could not be held");
                assertThat(accepted.size()).as("it went on meanwhile").isGreaterThan(before.size());
                return before;
            } finally {
                going.set(false);
            }
        }
    }

    /** Found out while it is written: what was written is gone, and the server does not notice. */
    private static void expectNothingWhereTheDiskIsFull(BoxProcess box) {
        Path cut = box.home().resolve("cut.backup");
        assertThat(box.runWithFilesUpTo(2_000, "backup", cut.toString()))
                .as(box.output())
                .isEqualTo(1);
        assertThat(box.output()).contains("the backup " + cut + " cannot be written, there is none now");
        assertThat(cut).doesNotExist();
        assertThat(box.home().resolve("cut.backup.partial")).doesNotExist();
        try (BoxClient client = new BoxClient(box)) {
            assertThat(client.firstAccount()).isNotEmpty();
        }
    }

    private static void goesOn(BoxProcess restored, Map<String, String> credentials, Map<String, String> before) {
        restored.up();
        assertThat(restored.env()).containsAllEntriesOf(credentials);
        try (BoxClient client = new BoxClient(restored)) {
            List<JsonNode> orders =
                    before.values().stream().map(id -> completed(client, id)).toList();
            assertThat(orders)
                    .allSatisfy(order ->
                            assertThat(order.path("status").stringValue()).isEqualTo("completed"));
            client.expectOwnProfiles(orders);
            BoxClient.Answer fresh = client.order(client.firstAccount(), "after", address("after"));
            assertThat(fresh.status()).as(fresh.body()).isEqualTo(201);
            assertThat(completed(client, fresh.json().path("id").stringValue())
                            .path("status")
                            .stringValue())
                    .isEqualTo("completed");
            BoxClient.Answer usage = client.get("/enterprise/usage/items?limit=5");
            assertThat(usage.status()).as(usage.body()).isEqualTo(200);
            assertThat(usage.json().path("_embedded").propertyStream().toList())
                    .singleElement()
                    .satisfies(items -> assertThat(items.getValue()).hasSize(5));
        }
    }

    /** Of the demo's clients; addresses may be others. */
    private static Map<String, String> credentials(Map<String, String> env) {
        var credentials = new HashMap<>(env);
        credentials.keySet().removeIf(name -> !name.contains("_CLIENT_"));
        assertThat(credentials).isNotEmpty();
        return credentials;
    }

    private static JsonNode completed(BoxClient client, String id) {
        var ended = new ArrayList<JsonNode>();
        BoxProcess.await("an end of " + id, () -> {
            BoxClient.Answer answer = client.get("/enterprise/orders/" + id);
            assertThat(answer.status()).as(id).isIn(0, 200, 429, 503);
            if (answer.status() == 200
                    && !answer.json().path("status").stringValue("").equals("pending")) {
                ended.add(answer.json());
            }
            return !ended.isEmpty();
        });
        return ended.getFirst();
    }

    private static String address(String key) {
        return key + "@drill.example";
    }
}
