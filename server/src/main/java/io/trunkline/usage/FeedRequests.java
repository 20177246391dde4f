package io.trunkline.usage;

import io.trunkline.database.Database;
import io.trunkline.usage.FeedLine.Read;
import io.trunkline.usage.FeedReader.Packing;
import io.trunkline.usage.FeedReader.UnreadableFeed;
import io.trunkline.web.ErrorCode;
import io.trunkline.web.Problem;
import io.trunkline.web.Refusal;
import io.trunkline.web.Violation;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Records that come over HTTP, and those of the quarantine that are tried anew. */
@Component
class FeedRequests {
    /** Most bytes of a request, unpacked. */
    static final long MAX_BYTES = 32_000_000;
    /** Most bytes of one that is only tried, unpacked: all of it is held at once. */
    static final long MAX_TRIED_BYTES = 8_000_000;

    private final Feed feed;
    private final Database database;
    private final FeedSettings settings;

    FeedRequests(Feed feed, Database database, FeedSettings settings) {
        this.feed = feed;
        this.database = database;
        this.settings = settings;
    }

    /** Takes all of it, batch by batch: what has been taken is not taken back when the rest cannot be read. */
    FeedCounts take(String source, InputStream in, Packing packing, boolean csv) {
        feed.open(source);
        long run = FeedStore.newRun(database.owner());
        try (FeedReader reader =
                FeedReader.open(in, packing, csv, settings.columns(), bytes -> new Limited(bytes, MAX_BYTES))) {
            FeedCounts counts = FeedCounts.NONE;
            for (List<FeedLine> lines = reader.next(Feed.BATCH, feed);
                    !lines.isEmpty();
                    lines = reader.next(Feed.BATCH, feed)) {
                requireWhole(reader);
                counts = counts.plus(feed.take(
                        source, new FeedBatch(run, Optional.empty(), reader.header(), lines), _ -> {}, _ -> "{}"));
            }
            return counts;
        } catch (UnreadableFeed | IOException e) {
            throw unreadable(String.valueOf(e.getMessage()));
        }
    }

    /** Says what would become of it, and keeps nothing. */
    FeedCounts check(String source, InputStream in, Packing packing, boolean csv) {
        feed.open(source);
        try (FeedReader reader =
                FeedReader.open(in, packing, csv, settings.columns(), bytes -> new Limited(bytes, MAX_TRIED_BYTES))) {
            var batches = new ArrayList<FeedBatch>();
            for (List<FeedLine> lines = reader.next(Feed.BATCH, feed);
                    !lines.isEmpty();
                    lines = reader.next(Feed.BATCH, feed)) {
                requireWhole(reader);
                var batch = new FeedBatch(0, Optional.empty(), reader.header(), lines);
                feed.cover(batch);
                batches.add(batch);
            }
            return feed.with(source, (sql, locked) -> {
                FeedCounts counts = FeedCounts.NONE;
                for (FeedBatch batch : batches) {
                    counts = counts.plus(feed.take(sql, locked, batch));
                }
                throw new NotToBeKept(counts);
            });
        } catch (NotToBeKept tried) {
            return tried.counts;
        } catch (UnreadableFeed | IOException e) {
            throw unreadable(String.valueOf(e.getMessage()));
        }
    }

    private static Refusal unreadable(String why) {
        return Problem.invalid(List.of(Violation.pointer("", Violation.Code.TYPE, why)))
                .refusal();
    }

    private static void requireWhole(FeedReader reader) {
        reader.broken().ifPresent(why -> {
            throw unreadable("line " + (reader.lines() + 1) + ": " + why);
        });
    }

    /** Rolls back what was only tried. */
    private static final class NotToBeKept extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient FeedCounts counts;

        NotToBeKept(FeedCounts counts) {
            super("tried only", null, false, false);
            this.counts = counts;
        }
    }

    /** Tries what was put aside, for one reason or any, of one source or any. */
    FeedCounts retry(@Nullable String reason, @Nullable String source) {
        FeedCounts counts = FeedCounts.NONE;
        UUID after = new UUID(0, 0);
        while (true) {
            List<FeedStore.Aside> found = FeedStore.toRetry(database.owner(), after, reason, source, Feed.BATCH);
            if (found.isEmpty()) {
                return counts;
            }
            after = found.getLast().id();
            // Lines of different files are read in different ways.
            for (int from = 0; from < found.size(); ) {
                int to = from + 1;
                while (to < found.size() && isAlike(found.get(from), found.get(to))) {
                    to++;
                }
                counts = counts.plus(retry(found.subList(from, to)));
                from = to;
            }
        }
    }

    private static boolean isAlike(FeedStore.Aside one, FeedStore.Aside other) {
        return one.run() == other.run()
                && one.source().equals(other.source())
                && Optional.ofNullable(one.header()).equals(Optional.ofNullable(other.header()));
    }

    private FeedCounts retry(List<FeedStore.Aside> alike) {
        FeedStore.Aside first = alike.getFirst();
        Optional<FeedFormat> format = first.header() == null
                ? Optional.of(new FeedFormat.Ndjson(settings.columns()))
                : FeedFormat.Csv.of(first.header(), settings.columns());
        List<FeedLine> lines = alike.stream()
                .map(aside -> new FeedLine(aside.line(), aside.original(), read(format, aside)))
                .toList();
        var batch = new FeedBatch(
                first.run(), Optional.ofNullable(first.file()), Optional.ofNullable(first.header()), lines);
        feed.cover(batch);
        return feed.with(first.source(), (sql, locked) -> {
            FeedCounts counts = feed.take(sql, locked, batch);
            // They have been counted as put aside when they came.
            var taken = new FeedCounts(counts.accepted(), counts.repeated(), 0, List.of());
            FeedStore.advance(sql, locked, locked.position().toString(), taken, feed.now());
            return counts;
        });
    }

    private Read read(Optional<FeedFormat> format, FeedStore.Aside aside) {
        boolean tooLong = aside.reason().equals(FeedReason.LINE_TOO_LONG.text());
        return format.map(known -> known.read(
                        new LineSource.Line(aside.line(), aside.original(), tooLong, true), feed.now(), feed.oldest()))
                .orElseGet(() -> new Read.Bad(FeedReason.MALFORMED, Optional.empty()));
    }

    /** Refuses to read on beyond what a request may hold. */
    private static final class Limited extends InputStream {
        private final InputStream in;
        private final long most;
        private long left;

        Limited(InputStream in, long most) {
            this.in = in;
            this.most = most;
            this.left = most;
        }

        private void require() {
            if (left < 0) {
                throw Problem.of(
                                ErrorCode.CONTENT_TOO_LARGE,
                                "this batch of usage has at most " + most + " bytes: send it in parts, or as a file")
                        .refusal();
            }
        }

        @Override
        public int read() throws IOException {
            int one = in.read();
            left -= one < 0 ? 0 : 1;
            require();
            return one;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int count = in.read(bytes, from, length);
            left -= Math.max(0, count);
            require();
            return count;
        }
    }
}
