package io.trunkline.usage;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPInputStream;

/** Reads a feed's bytes, line by line, in batches. */
final class FeedReader implements AutoCloseable {
    private final LineSource lines;
    private final FeedFormat format;
    private boolean lastEnded = true;
    private Optional<String> broken = Optional.empty();

    private FeedReader(LineSource lines, FeedFormat format) {
        this.lines = lines;
        this.format = format;
    }

    /** How the bytes are packed. */
    enum Packing {
        PLAIN,
        GZIP,
        ZSTD;

        InputStream unpack(InputStream in) throws IOException {
            var buffered = new BufferedInputStream(in, 1 << 16);
            return switch (this) {
                case PLAIN -> buffered;
                case GZIP -> new GZIPInputStream(buffered, 1 << 16);
                case ZSTD -> new ZstdInputStream(buffered);
            };
        }
    }

    /**
     * Begins to read.
     *
     * @param names of the columns in a vendor's layout, with our name for each
     * @param limit of what is unpacked
     * @throws UnreadableFeed where the bytes are no such feed
     */
    static FeedReader open(
            InputStream in, Packing packing, boolean csv, Map<String, String> names, UnaryOperator<InputStream> limit)
            throws IOException, UnreadableFeed {
        try {
            var lines = new LineSource(limit.apply(packing.unpack(in)));
            if (!csv) {
                return new FeedReader(lines, new FeedFormat.Ndjson(names));
            }
            LineSource.Line first =
                    lines.next().orElseThrow(() -> new UnreadableFeed("there is no header: it is empty"));
            String header = first.tooLong()
                    ? ""
                    : FeedFormat.text(first.bytes()).orElseThrow(() -> new UnreadableFeed("the header is no UTF-8"));
            FeedFormat format = FeedFormat.Csv.of(header, names)
                    .orElseThrow(() -> new UnreadableFeed("the first line does not name the columns record_id, type,"
                            + " direction, started_at, quantity, each once"));
            return new FeedReader(lines, format);
        } catch (IOException e) {
            throw new UnreadableFeed("it cannot be unpacked: " + e.getMessage());
        }
    }

    /** It holds no records in the way it should. */
    static final class UnreadableFeed extends Exception {
        private static final long serialVersionUID = 1;

        UnreadableFeed(String why) {
            super(why);
        }
    }

    Optional<String> header() {
        return format.header();
    }

    /** Goes on after this line. */
    void skipTo(long line) throws IOException {
        boolean more = true;
        while (more && lines.lines() < line) {
            more = lines.next().isPresent();
        }
    }

    long lines() {
        return lines.lines();
    }

    /** Whether the last line that was read had an end. */
    boolean lastEnded() {
        return lastEnded;
    }

    /** Why nothing more can be unpacked. */
    Optional<String> broken() {
        return broken;
    }

    /** Up to so many lines; none at the end. Blank ones are passed over. */
    List<FeedLine> next(int most, Feed feed) {
        var batch = new ArrayList<FeedLine>();
        Instant now = feed.now();
        Instant oldest = feed.oldest();
        try {
            while (batch.size() < most) {
                Optional<LineSource.Line> line = lines.next();
                if (line.isEmpty()) {
                    break;
                }
                lastEnded = line.get().ended();
                if (!line.get().isBlank()) {
                    batch.add(new FeedLine(
                            line.get().number(), line.get().bytes(), format.read(line.get(), now, oldest)));
                }
            }
        } catch (IOException e) {
            if (broken.isEmpty()) {
                broken = Optional.of(String.valueOf(e.getMessage()));
                String told = "the packed bytes end or break here: " + e.getMessage();
                batch.add(new FeedLine(
                        lines.lines() + 1,
                        told.getBytes(StandardCharsets.UTF_8),
                        new FeedLine.Read.Bad(FeedReason.MALFORMED, Optional.empty())));
            }
        }
        return batch;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
