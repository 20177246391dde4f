package io.trunkline.simulators.smdp;

import static io.trunkline.simulators.Network.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.simulators.Network;
import io.trunkline.simulators.Simulators;
import io.trunkline.simulators.SimulatorsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Random calls, judged by a model that is written from the table of states alone. */
class Es2PropertiesTest {
    private static final long FIRST = 894_900_000_000_000_000L;
    private static final int PROFILES = 6;
    private static final int CALLS = 600;
    private static final String DONE = "Executed-Success";

    /** What one profile should be. */
    private record Expected(String state, String matchingId, int downloads, int confirms) {}

    @TempDir
    Path directory;

    private final Map<String, Expected> model = new HashMap<>();

    @Test
    void statesAndCountsFollowTheModelAndACutJournalLosesNothingThatLiesBeforeTheCut() throws IOException {
        long seed = Long.getLong("trunkline.seed", System.nanoTime());
        System.out.println("trunkline.seed=" + seed);
        Random random = new Random(seed);
        Path journal = directory.resolve("smdp/profiles.journal");
        TreeMap<Long, Map<String, Expected>> acknowledged = new TreeMap<>();
        try (Simulators simulators = Simulators.start(SimulatorsConfig.of(directory));
                Network network = new Network(simulators)) {
            network.stock("std", StockRange.body(FIRST), PROFILES);
            for (int i = 0; i < PROFILES; i++) {
                model.put(StockRange.iccid(FIRST + i), new Expected("Available", "", 0, 0));
            }
            acknowledged.put(Files.size(journal), Map.copyOf(model));
            for (int call = 0; call < CALLS; call++) {
                step(network, random, "seed " + seed + " call " + call);
                acknowledged.put(Files.size(journal), Map.copyOf(model));
            }
            assertSame(network, model, "seed " + seed);
        }
        byte[] whole = Files.readAllBytes(journal);
        long from = acknowledged.firstKey();
        for (int round = 0; round < 20; round++) {
            int cut = (int) from + random.nextInt(whole.length - (int) from + 1);
            Files.write(journal, Arrays.copyOf(whole, cut));
            try (Simulators simulators = Simulators.start(SimulatorsConfig.of(directory));
                    Network network = new Network(simulators)) {
                assertSame(network, acknowledged.floorEntry((long) cut).getValue(), "seed " + seed + " cut at " + cut);
            }
        }
    }

    private void step(Network network, Random random, String when) throws IOException {
        String iccid = StockRange.iccid(FIRST + random.nextInt(PROFILES));
        Expected before = model.getOrDefault(iccid, new Expected("", "", 0, 0));
        switch (random.nextInt(4)) {
            case 0 -> {
                String status = status(network.es2("downloadOrder", "iccid", iccid));
                assertThat(status).as(when).isEqualTo(before.state().equals("Available") ? DONE : "8.2.1/3.3");
                expect(status, iccid, "Allocated", "", before.downloads() + 1, before.confirms());
            }
            case 1 -> confirm(network, random, iccid, before, when);
            case 2 -> {
                String status = status(network.es2("releaseProfile", "iccid", iccid));
                assertThat(status).as(when).isEqualTo(before.state().equals("Confirmed") ? DONE : "8.2.1/3.5");
                expect(status, iccid, "Released", before.matchingId(), before.downloads(), before.confirms());
            }
            default -> {
                String last = random.nextInt(8) == 0 ? "Unavailable" : "Available";
                String status = status(network.es2("cancelOrder", "iccid", iccid, "finalProfileStatusIndicator", last));
                assertThat(status).as(when).isEqualTo(DONE);
                expect(status, iccid, last, "", before.downloads(), before.confirms());
            }
        }
    }

    private void confirm(Network network, Random random, String iccid, Expected before, String when)
            throws IOException {
        String matchingId = "M-" + random.nextInt(PROFILES);
        boolean release = random.nextBoolean();
        boolean taken = model.entrySet().stream()
                .anyMatch(it ->
                        !it.getKey().equals(iccid) && it.getValue().matchingId().equals(matchingId));
        String expected = switch (before.state()) {
            case "Allocated" -> taken ? "8.2.6/3.3" : DONE;
            case "Available" -> taken ? "8.2.6/3.3" : "8.2.1/3.5";
            default -> taken ? "8.2.6/3.3" : "8.2.1/3.3";
        };
        String status =
                status(network.es2("confirmOrder", "iccid", iccid, "matchingId", matchingId, "releaseFlag", release));
        assertThat(status).as(when).isEqualTo(expected);
        expect(
                status,
                iccid,
                release ? "Released" : "Confirmed",
                matchingId,
                before.downloads(),
                before.confirms() + 1);
    }

    private void expect(String status, String iccid, String state, String matchingId, int downloads, int confirms) {
        if (status.equals(DONE)) {
            model.put(iccid, new Expected(state, matchingId, downloads, confirms));
        }
    }

    private static void assertSame(Network network, Map<String, Expected> expected, String when) throws IOException {
        Map<String, Expected> found = new HashMap<>();
        Map<String, Integer> states = new TreeMap<>();
        List<JsonNode> profiles = new ArrayList<>();
        network.get("/smdp/profiles").path("profiles").forEach(profiles::add);
        for (JsonNode profile : profiles) {
            String state = profile.path("state").asString();
            states.merge(state, 1, Integer::sum);
            found.put(
                    profile.path("iccid").asString(),
                    new Expected(
                            state,
                            profile.path("matching_id").asString(""),
                            profile.path("download_orders").asInt(),
                            profile.path("confirm_orders").asInt()));
        }
        assertThat(found).as(when).isEqualTo(expected);
        JsonNode counts = network.get("/smdp/stock").path("states");
        states.forEach((state, count) ->
                assertThat(counts.path(state).asInt()).as("%s: %s", when, state).isEqualTo(count));
    }
}
