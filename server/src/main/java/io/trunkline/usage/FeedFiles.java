package io.trunkline.usage;

import io.trunkline.database.Database;
import io.trunkline.database.DatabaseException;
import io.trunkline.web.Json;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * The drop directory: what is put there is read, and then lies in the archive with a report beside it, or among what
 * was rejected.
 */
@Component
class FeedFiles implements SmartLifecycle {
    static final String SOURCE = "files";
    private static final Logger log = LoggerFactory.getLogger(FeedFiles.class);
    private static final Duration DRAIN = Duration.ofSeconds(30);
    private static final List<String> NOT_YET = List.of(".part", ".tmp", ".done");
    private static final int REPORTED_AT_ONCE = 10_000;

    private final Feed feed;
    private final Database database;
    private final FeedSettings settings;
    private final Loop loop;
    private boolean opened;
    /** What the last file was rejected for, until one is read. */
    private Optional<String> rejected = Optional.empty();

    FeedFiles(Feed feed, Database database, FeedSettings settings) {
        this.feed = feed;
        this.database = database;
        this.settings = settings;
        this.loop = new Loop("usage-files", settings.poll(), DRAIN);
    }

    @Override
    public void start() {
        settings.directory().ifPresent(directory -> loop.start(() -> look(directory)));
    }

    private void look(Path directory) {
        try {
            for (String part : List.of("drop", "archive", "reject")) {
                Files.createDirectories(directory.resolve(part));
            }
            if (!opened) {
                feed.open(SOURCE);
                finishLeft(directory);
                opened = true;
            }
            Optional<IOException> failure = Optional.empty();
            for (Path file : ready(directory.resolve("drop"))) {
                if (loop.isStopped()) {
                    return;
                }
                try {
                    take(directory, file);
                } catch (IOException e) {
                    // It stays where it is, and those behind it need not wait.
                    log.error("{} cannot be taken in", file.getFileName(), e);
                    failure = failure.or(() -> Optional.of(e));
                }
            }
            if (failure.isPresent()) {
                stopFor(failure.get().toString());
            } else {
                watch();
            }
        } catch (FeedFile.TakenByAnother e) {
            log.debug("{}", e.getMessage());
        } catch (IOException | RuntimeException e) {
            log.error("usage files cannot be taken in", e);
            stopFor(e instanceof DatabaseException ? "the database: " + e.getMessage() : e.toString());
        }
    }

    /** Those that nobody writes to any more, oldest first. */
    private List<Path> ready(Path drop) throws IOException {
        Instant before = Instant.now().minus(settings.quietTime());
        try (Stream<Path> files = Files.list(drop)) {
            return files.filter(file -> isFeed(file.getFileName().toString()))
                    .filter(Files::isRegularFile)
                    .filter(file -> Files.exists(marker(file)) || !changed(file).isAfter(before))
                    .sorted(Comparator.comparing(FeedFiles::changed)
                            .thenComparing(file -> file.getFileName().toString()))
                    .toList();
        }
    }

    private static boolean isFeed(String name) {
        return !name.startsWith(".") && NOT_YET.stream().noneMatch(name::endsWith);
    }

    private static Path marker(Path file) {
        return file.resolveSibling(file.getFileName() + ".done");
    }

    /** One that has gone meanwhile was changed just now. */
    private static Instant changed(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException e) {
            return Instant.MAX;
        }
    }

    private void take(Path directory, Path file) throws IOException {
        try {
            var reading = new FeedFile(feed, SOURCE, file, settings.columns());
            FeedFile.Position position = reading.begin();
            long size = Files.size(file);
            switch (reading.read(position)) {
                case FeedFile.End.Grown() -> log.info("{} has grown while it was read", file.getFileName());
                case FeedFile.End.Read(FeedFile.Position last) ->
                    archive(reading, last, file, size, directory.resolve("archive"), Optional.empty());
                case FeedFile.End.Unreadable(FeedFile.Position last, String why) ->
                    archive(reading, last, file, size, directory.resolve("reject"), Optional.of(why));
            }
        } catch (NoSuchFileException e) {
            log.info("{} is gone before it was read", file.getFileName());
        }
    }

    /** A file that was moved away and not reported on, because the server ended just then. */
    private void finishLeft(Path directory) throws IOException {
        Optional<FeedFile.Position> left = feed.with(SOURCE, (_, locked) -> FeedFile.Position.of(locked.position()));
        if (left.isEmpty()
                || Files.exists(directory.resolve("drop").resolve(left.get().file()))) {
            return;
        }
        for (String part : List.of("archive", "reject")) {
            try (Stream<Path> moved = Files.find(
                    directory.resolve(part),
                    2,
                    (path, attributes) ->
                            path.getFileName().toString().endsWith(left.get().file())
                                    && String.valueOf(attributes.fileKey())
                                            .equals(left.get().key()))) {
                for (Path file : moved.toList()) {
                    finish(new FeedFile(feed, SOURCE, file, settings.columns()), left.get(), file);
                }
            }
        }
    }

    private void finish(FeedFile reading, FeedFile.Position left, Path file) throws IOException {
        switch (reading.read(left)) {
            case FeedFile.End.Grown() -> log.info("{} has grown while it was read", file.getFileName());
            case FeedFile.End.Read(FeedFile.Position last) -> close(reading, last, file, Optional.empty());
            case FeedFile.End.Unreadable(FeedFile.Position last, String why) ->
                close(reading, last, file, Optional.of(why));
        }
    }

    /** Moves it; where something was appended in the last moment, that is read on from where it lies now. */
    private void archive(
            FeedFile reading, FeedFile.Position read, Path file, long size, Path directory, Optional<String> why)
            throws IOException {
        Path day = why.isPresent()
                ? directory
                : directory.resolve(
                        feed.now().atOffset(ZoneOffset.UTC).toLocalDate().toString());
        Files.createDirectories(day);
        Path target = moved(file, day);
        Files.deleteIfExists(marker(file));
        FeedFile.Position last = read;
        long now = Files.size(target);
        for (long known = size; why.isEmpty() && now != known; now = Files.size(target)) {
            known = now;
            if (new FeedFile(feed, SOURCE, target, settings.columns()).read(last)
                    instanceof FeedFile.End.Read(FeedFile.Position further)) {
                last = further;
            }
        }
        close(reading, last, target, why);
    }

    private void close(FeedFile reading, FeedFile.Position last, Path target, Optional<String> why) throws IOException {
        report(target, last, why);
        reading.end(last);
        rejected = why.map(reason -> last.file() + " was rejected: " + reason);
        log.info(
                "{}: {} accepted, {} repeated{}",
                target.getFileName(),
                last.accepted(),
                last.repeated(),
                why.map(reason -> ", rejected: " + reason).orElse(""));
    }

    /** A file of the same name may lie there already. */
    private static Path moved(Path file, Path directory) throws IOException {
        String name = file.getFileName().toString();
        for (int copy = 0; ; copy++) {
            Path target = directory.resolve(copy == 0 ? name : copy + "-" + name);
            try {
                if (Files.notExists(target)) {
                    return Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
                }
            } catch (FileAlreadyExistsException e) {
                log.debug("{} has come into being just now", target);
            }
        }
    }

    private void report(Path target, FeedFile.Position last, Optional<String> reason) throws IOException {
        Path report = target.resolveSibling(target.getFileName() + ".report.json");
        Path part = target.resolveSibling(target.getFileName() + ".report.json.part");
        try (Writer out = Files.newBufferedWriter(part)) {
            String head = Json.text(json -> {
                json.text("file", last.file());
                reason.ifPresent(why -> json.text("rejected", why));
                json.number("accepted", last.accepted()).number("repeated", last.repeated());
            });
            out.write(head.substring(0, head.length() - 1) + ",\"quarantined\":[");
            String separator = "\n";
            long after = 0;
            while (true) {
                List<FeedCounts.Quarantined> lines =
                        FeedStore.ofRun(database.owner(), last.run(), after, REPORTED_AT_ONCE);
                for (FeedCounts.Quarantined line : lines) {
                    out.write(separator
                            + Json.text(json -> json.number("line", line.line())
                                    .text("record_id", line.recordId())
                                    .text("reason", line.reason().text())));
                    separator = ",\n";
                    after = line.line();
                }
                if (lines.size() < REPORTED_AT_ONCE) {
                    break;
                }
            }
            out.write("]}\n");
        }
        Files.move(part, report, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** A source from which nothing comes is late. */
    private void watch() {
        Instant now = feed.now();
        FeedStore.sources(database.owner()).stream()
                .filter(source -> source.name().equals(SOURCE))
                .forEach(source -> {
                    Instant heard = source.heardAt();
                    boolean late =
                            heard != null && heard.plus(settings.lateAfter()).isBefore(now);
                    FeedStore.setState(
                            database.owner(),
                            SOURCE,
                            late ? "late" : "current",
                            late ? "nothing has come since " + heard : rejected.orElse(null),
                            now);
                });
    }

    private void stopFor(String reason) {
        try {
            FeedStore.setState(database.owner(), SOURCE, "stopped", reason, feed.now());
        } catch (DatabaseException e) {
            log.debug("nor can that be noted", e);
        }
    }

    /** A batch that is under way ends. */
    @Override
    public void stop() {
        loop.stop();
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }
}
