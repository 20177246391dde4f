package io.trunkline.usage;

import io.trunkline.usage.FeedReader.Packing;
import io.trunkline.usage.FeedReader.UnreadableFeed;
import io.trunkline.web.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * One file of the drop directory, read from where its source's position says, batch by batch. Whoever finds that
 * another has moved the position leaves the file to it.
 */
final class FeedFile {
    private final Feed feed;
    private final String source;
    private final Path path;
    private final String key;
    private final Map<String, String> names;

    FeedFile(Feed feed, String source, Path path, Map<String, String> names) throws IOException {
        this.feed = feed;
        this.source = source;
        this.path = path;
        this.names = names;
        this.key = String.valueOf(
                Files.readAttributes(path, BasicFileAttributes.class).fileKey());
    }

    /**
     * How far a file has been read.
     *
     * @param key what the file system knows it by, whatever its name is
     * @param lines those that are done
     * @param readable how many of them could be read
     */
    record Position(String file, String key, long run, long lines, long accepted, long repeated, long readable) {
        static Optional<Position> of(JsonNode json) {
            return json.has("file")
                    ? Optional.of(new Position(
                            json.path("file").stringValue(),
                            json.path("key").stringValue(),
                            json.path("run").longValue(),
                            json.path("lines").longValue(),
                            json.path("accepted").longValue(),
                            json.path("repeated").longValue(),
                            json.path("readable").longValue()))
                    : Optional.empty();
        }

        String json() {
            return Json.text(json -> json.text("file", file)
                    .text("key", key)
                    .number("run", run)
                    .number("lines", lines)
                    .number("accepted", accepted)
                    .number("repeated", repeated)
                    .number("readable", readable));
        }

        Position after(long line, FeedCounts counts) {
            long unreadable = counts.quarantined().stream()
                    .filter(one -> one.reason().isUnreadable())
                    .count();
            return new Position(
                    file,
                    key,
                    run,
                    line,
                    accepted + counts.accepted(),
                    repeated + counts.repeated(),
                    readable + counts.accepted() + counts.repeated() + counts.aside() - unreadable);
        }
    }

    /** What a file has become. */
    sealed interface End {
        /** All of it is read. */
        record Read(Position position) implements End {}

        /** It has grown meanwhile, and is gone on with once it is quiet again. */
        record Grown() implements End {}

        /** It holds nothing that could be read. */
        record Unreadable(Position position, String why) implements End {}
    }

    /** Another server has moved the position. */
    static final class TakenByAnother extends RuntimeException {
        private static final long serialVersionUID = 1;

        TakenByAnother(String file) {
            super("another server reads " + file);
        }
    }

    private record Stamp(long size, FileTime time) {
        static Stamp of(Path path) throws IOException {
            return new Stamp(Files.size(path), Files.getLastModifiedTime(path));
        }
    }

    /** The position of this file: where it was left, or its beginning. */
    Position begin() {
        return feed.with(source, (sql, locked) -> {
            // The file system may give the place of a file that is gone to a new one: then the name is another.
            String name = path.getFileName().toString();
            Optional<Position> there = Position.of(locked.position())
                    .filter(left -> left.key().equals(key) && left.file().equals(name));
            if (there.isPresent()) {
                return there.get();
            }
            var start = new Position(name, key, FeedStore.newRun(sql), 0, 0, 0, 0);
            FeedStore.setPosition(sql, locked, start.json(), feed.now());
            return start;
        });
    }

    /** The position is free for another file. */
    void end(Position last) {
        feed.with(source, (sql, locked) -> {
            if (Position.of(locked.position()).filter(last::equals).isPresent()) {
                FeedStore.setPosition(sql, locked, "{}", feed.now());
            }
            return true;
        });
    }

    End read(Position start) throws IOException {
        Position position = start;
        Stamp before = Stamp.of(path);
        String name = path.getFileName().toString();
        Optional<Boolean> csv = isCsv(name);
        if (csv.isEmpty()) {
            return new End.Unreadable(
                    position, "its name ends neither in .csv nor in .ndjson, with .gz or .zst or not");
        }
        try (FeedReader reader = FeedReader.open(open(), packing(name), csv.get(), names, in -> in);
                FeedPipe<Position> pipe = pipe(position)) {
            reader.skipTo(position.lines());
            while (true) {
                List<FeedLine> lines = reader.next(Feed.BATCH, feed);
                boolean last = lines.size() < Feed.BATCH;
                boolean grown = last && !Stamp.of(path).equals(before);
                if (grown && !reader.lastEnded() && !lines.isEmpty()) {
                    // Its rest is still to come.
                    lines = lines.subList(0, lines.size() - 1);
                }
                if (!lines.isEmpty()) {
                    long line = grown ? lines.getLast().number() : reader.lines();
                    var batch = new FeedBatch(position.run(), Optional.of(position.file()), reader.header(), lines);
                    pipe.put(batch, (at, counts) -> at.after(line, counts));
                }
                if (last) {
                    position = pipe.finish();
                }
                if (grown) {
                    return new End.Grown();
                }
                if (last) {
                    return position.readable() == 0 && position.lines() > 0 && hasLines(position, csv.get())
                            ? new End.Unreadable(position, reader.broken().orElse("none of its lines can be read"))
                            : new End.Read(position);
                }
            }
        } catch (UnreadableFeed e) {
            return new End.Unreadable(position, String.valueOf(e.getMessage()));
        }
    }

    /** That it is gone is another matter. */
    private InputStream open() throws IOException, UnreadableFeed {
        try {
            return Files.newInputStream(path);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            throw new UnreadableFeed("it cannot be opened: " + e);
        }
    }

    private FeedPipe<Position> pipe(Position position) {
        FeedStore.Source own = feed.with(source, (_, locked) -> locked);
        return new FeedPipe<>(
                feed,
                own,
                new FeedPipe.Place<>() {
                    @Override
                    public void check(FeedStore.Source locked, Position expected) {
                        if (!Position.of(locked.position()).equals(Optional.of(expected))) {
                            throw new TakenByAnother(expected.file());
                        }
                    }

                    @Override
                    public String json(Position position) {
                        return position.json();
                    }
                },
                position);
    }

    /** Apart from the header. */
    private static boolean hasLines(Position position, boolean csv) {
        return position.lines() > (csv ? 1 : 0);
    }

    private static Optional<Boolean> isCsv(String name) {
        String plain = name.replaceFirst("\\.(gz|zst)$", "");
        return plain.endsWith(".csv")
                ? Optional.of(true)
                : plain.endsWith(".ndjson") ? Optional.of(false) : Optional.empty();
    }

    private static Packing packing(String name) {
        return name.endsWith(".gz") ? Packing.GZIP : name.endsWith(".zst") ? Packing.ZSTD : Packing.PLAIN;
    }
}
