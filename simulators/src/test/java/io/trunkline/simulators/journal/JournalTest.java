package io.trunkline.simulators.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    @TempDir
    Path directory;

    @Test
    void aFileCutAtAnyByteKeepsEveryLineBeforeTheCutAndTakesNewOnes() throws IOException {
        Path file = directory.resolve("whole");
        List<Long> ends = new ArrayList<>();
        try (Journal journal = Journal.open(file, line -> {})) {
            for (int i = 0; i < 5; i++) {
                journal.append(List.of("line " + i + " ü"));
                ends.add(Files.size(file));
            }
        }
        byte[] whole = Files.readAllBytes(file);
        for (int cut = 0; cut <= whole.length; cut++) {
            Path torn = directory.resolve("torn");
            Files.write(torn, Arrays.copyOf(whole, cut));
            long end = cut;
            int complete = (int) ends.stream().filter(it -> it <= end).count();
            try (Journal journal = Journal.open(torn, line -> {})) {
                journal.append(List.of("new"));
            }
            List<String> lines = read(torn);
            assertThat(lines)
                    .as("cut at byte %d", cut)
                    .hasSize(complete + 1)
                    .last()
                    .isEqualTo("new");
            assertThat(lines.subList(0, complete)).allMatch(line -> line.startsWith("line "));
        }
    }

    @Test
    void damageBeforeTheLastLineIsRefusedWithTheFileAndTheByte() throws IOException {
        Path file = directory.resolve("journal");
        try (Journal journal = Journal.open(file, line -> {})) {
            journal.append(List.of("one", "two", "three"));
        }
        byte[] bytes = Files.readAllBytes(file);
        bytes[10] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> read(file)).isInstanceOf(IOException.class).hasMessageContaining("journal is damaged");
    }

    @Test
    void compactingReplacesTheContentAndAppendingGoesOn() throws IOException {
        Path file = directory.resolve("journal");
        try (Journal journal = Journal.open(file, line -> {})) {
            journal.append(List.of("one", "two"));
            journal.compact(List.of("both"));
            journal.append(List.of("three"));
            assertThat(journal.lines()).isEqualTo(2);
        }
        assertThat(read(file)).containsExactly("both", "three");
    }

    private static List<String> read(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        Journal.open(file, lines::add).close();
        return lines;
    }
}
