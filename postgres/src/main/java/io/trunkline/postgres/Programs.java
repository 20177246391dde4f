package io.trunkline.postgres;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The system's programs that we call. */
final class Programs {
    private Programs() {}

    /** Its path, where the machine has it. */
    static Optional<Path> find(String name) {
        return Stream.concat(
                        Stream.of("/usr/bin", "/bin", "/usr/sbin", "/sbin"),
                        Stream.of(System.getenv().getOrDefault("PATH", "").split(":")))
                .filter(directory -> directory.startsWith("/"))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** A child that knows nothing of our terminal, nor of settings for PostgreSQL's clients. */
    static ProcessBuilder child(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
        builder.environment().put("LC_ALL", "C");
        return builder.redirectErrorStream(true).redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    }
}
