package io.trunkline.box;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs what a person types. */
final class Shell {
    /** The launcher of the checkout, where the launcher itself has built it: {@code ./trunkline test} says so. */
    static final Optional<Path> LAUNCHER =
            Optional.ofNullable(System.getenv("TRUNKLINE_LAUNCHER")).map(Path::of);

    private Shell() {}

    /** What a command printed, both streams together. */
    record Result(int code, String output) {}

    static Result run(Path directory, Map<String, String> environment, String... command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(List.of(command))
                    .directory(directory.toFile())
                    .redirectErrorStream(true);
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
