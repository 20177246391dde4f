package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** docs/api.md is what the server does. */
@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiDocumentTest {
    private RunningServer server;
    private World world;

    @BeforeAll
    void prepare(RunningServer running) {
        server = running;
        world = server.world("document").stock(1);
        new Population(world, 1).grow(6);
        Api api = world.api();
        String order = world.sampleOrder("ada@example.com", "it@example.com")
                .replace("\"first_name\": \"string\"", "\"first_name\": \"Ada\"")
                .replace("\"last_name\": \"string\"", "\"last_name\": \"Lovelace\"");
        Api.Answer placed = api.post("/enterprise/orders", order);
        assertThat(placed.status()).as(placed.text()).isEqualTo(201);
        api.await(
                placed.link("self"),
                answer -> answer.json()
                        .at("/sim_profile/delivery/state")
                        .stringValue("")
                        .equals("sent"));
        api.await(
                "/enterprise/usage/items?processed-after=",
                page -> !Lists.rows(page).isEmpty());
    }

    @Test
    void theCommandsOfThePageRunAndAnswerAsItShows() throws IOException {
        assertThat(new Document(server, world, "api.md").check()).isGreaterThan(12);
    }
}
