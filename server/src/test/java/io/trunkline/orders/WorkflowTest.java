package io.trunkline.orders;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.house.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of steps, and that ARCHITECTURE.md shows it. */
final class WorkflowTest {
    private static final String WRITE = "trunkline.write-docs";
    private static final String HEAD = "| order | step |";

    @Test
    void theTableOfArchitectureMdIsThatOfTheCode() throws IOException {
        Path page = Sources.root().resolve("ARCHITECTURE.md");
        String text = Sources.text(page);
        int from = text.indexOf(HEAD);
        assertThat(from)
                .as("ARCHITECTURE.md has a table that begins with %s", HEAD)
                .isPositive();
        int to = text.indexOf("\n\n", from) + 1;
        if (Boolean.getBoolean(WRITE)) {
            Files.writeString(page, text.substring(0, from) + Workflow.table() + text.substring(to));
        }
        assertThat(Sources.text(page))
                .as("written from Workflow: run this test with -Dtrunkline.test.jvm=-D" + WRITE + "=true")
                .contains(Workflow.table());
    }

    /** From every step back: each undo of it and of those before it, the last one first. */
    @ParameterizedTest
    @MethodSource("io.trunkline.orders.Workflow#all")
    void whatWasDoneIsTakenBackFromTheLastToTheFirst(Workflow workflow) {
        for (int last = 0; last < workflow.steps().size(); last++) {
            List<OrderStep> done = workflow.steps().subList(0, last + 1);
            var expected = new ArrayList<>(done.reversed());
            expected.removeIf(step -> !step.hasUndo());
            assertThat(takenBack(workflow, done.getLast())).isEqualTo(expected);
        }
    }

    private static List<OrderStep> takenBack(Workflow workflow, OrderStep from) {
        var taken = new ArrayList<OrderStep>();
        Workflow.Back back = workflow.back(Optional.of(from));
        taken.addAll(back.own());
        while (back.next().isPresent()) {
            OrderStep next = back.next().get();
            taken.add(next);
            back = workflow.back(workflow.before(next));
            taken.addAll(back.own());
        }
        return taken;
    }

    @ParameterizedTest
    @MethodSource("io.trunkline.orders.Workflow#all")
    void stepsFollowEachOtherToTheEnd(Workflow workflow) {
        var walked = new ArrayList<OrderStep>();
        Optional<OrderStep> step = Optional.of(workflow.first());
        while (step.isPresent()) {
            walked.add(step.get());
            step = workflow.after(step.get());
        }
        var all = new ArrayList<>(workflow.steps());
        all.addAll(workflow.afterwards());
        assertThat(walked).isEqualTo(all);
        assertThat(workflow.afterwards()).allMatch(workflow::isAfterwards).noneMatch(OrderStep::hasUndo);
    }
}
