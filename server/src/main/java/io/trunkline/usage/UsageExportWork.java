package io.trunkline.usage;

import io.trunkline.database.Database;
import io.trunkline.database.DatabaseUnavailable;
import io.trunkline.database.Slice;
import io.trunkline.usage.UsageExport.Failure;
import io.trunkline.usage.UsageExportStore.Place;
import io.trunkline.usage.UsageExportStore.Span;
import io.trunkline.usage.UsageExportStore.Taken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Makes files, in turns: a worker takes the export whose turn it is, adds parts to it for a while and gives it back, so
 * that a small one does not wait for a large one to end. A part holds a set number of rows, wherever turns and pages
 * end: the same rows make the same parts, whoever was killed meanwhile.
 */
@Component
class UsageExportWork {
    /** Rows of a part, but of the last one. */
    static final int PART_ROWS = 5_000;

    private static final Logger log = LoggerFactory.getLogger(UsageExportWork.class);
    private static final int PAGE_ROWS = 2_500;
    /** Rows that a page looks at. */
    private static final int EXAMINED = 20_000;

    private static final int PART_BYTES = 200_000;
    /** Turns that may fail one after the other. */
    private static final int MOST_FAILURES = 5;

    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private final Database database;
    private final UsageExportSettings settings;
    private final Clock clock;

    UsageExportWork(Database database, UsageExportSettings settings, Clock clock) {
        this.database = database;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Works on the export whose turn it is.
     *
     * @param goesOn is asked after each part
     * @return false where there was none
     */
    boolean turn(BooleanSupplier goesOn) {
        if (!UsageExportStore.isWaiting(database.owner())) {
            return false;
        }
        UUID holder = UUID.randomUUID();
        Optional<Taken> taken = database.inOwnerTransaction(
                sql -> UsageExportStore.take(sql, holder, settings.lease(), settings.atOnce(), clock.instant()));
        taken.ifPresent(one -> work(one, goesOn));
        return taken.isPresent();
    }

    private void work(Taken taken, BooleanSupplier goesOn) {
        try {
            new Turn(taken, goesOn).run();
        } catch (DatabaseUnavailable e) {
            log.info("the export {} waits: {}", taken.export().id(), e.getMessage());
        } catch (RuntimeException | IOException e) {
            log.error("a turn of the export {} failed", taken.export().id(), e);
            if (taken.failures() + 1 < MOST_FAILURES) {
                UsageExportStore.stumble(database.owner(), taken);
            } else {
                UsageExportStore.fail(database.owner(), taken, Failure.INTERNAL);
            }
        }
    }

    /** One turn. */
    private final class Turn {
        private final Taken taken;
        private final BooleanSupplier goesOn;
        private final UsageFilter filter;
        private final Instant end = clock.instant().plus(settings.turn());
        private Place at;
        private Instant renewedAt = clock.instant();

        Turn(Taken taken, BooleanSupplier goesOn) {
            this.taken = taken;
            this.goesOn = goesOn;
            this.filter =
                    taken.export().terms().filters().asOf(taken.export().terms().asOf());
            UsageExport.Written written = taken.export().written();
            this.at = new Place(
                    written.parts(),
                    written.rows(),
                    taken.storedBytes(),
                    written.progress(),
                    taken.place().orElse(null));
        }

        void run() throws IOException {
            if (!taken.whole() && !writeParts()) {
                return;
            }
            finish();
        }

        /** Whether all parts are there, and it is still ours. */
        private boolean writeParts() throws IOException {
            Optional<Span> span = UsageExportStore.span(
                    database.walled(taken.organization()),
                    taken.organization(),
                    filter.from().orElse(EARLIEST),
                    filter.before().orElse(LATEST));
            do {
                if (!goesOn.getAsBoolean() || !clock.instant().isBefore(end)) {
                    UsageExportStore.release(database.owner(), taken);
                    return false;
                }
                var part = new Part();
                Optional<Place> next = part.write(span);
                if (next.isEmpty() || !keep(next.get(), part.bytes())) {
                    return false;
                }
            } while (!at.isEnd());
            return true;
        }

        private boolean keep(Place next, byte[] content) {
            if (next.storedBytes() > settings.mostBytes()) {
                UsageExportStore.fail(database.owner(), taken, Failure.TOO_LARGE);
                return false;
            }
            at = next;
            renewedAt = clock.instant();
            return database.inOwnerTransaction(
                    sql -> UsageExportStore.keep(sql, taken, next, content, settings.lease()));
        }

        /** Renews the lease where a good part of it has passed; false where it is ours no more. */
        private boolean holds() {
            Instant now = clock.instant();
            if (Duration.between(renewedAt, now).compareTo(settings.lease().dividedBy(4)) < 0) {
                return true;
            }
            renewedAt = now;
            return UsageExportStore.renew(database.owner(), taken, settings.lease());
        }

        private void finish() throws IOException {
            MessageDigest digest = sha256();
            var counted = new Counted();
            var whole = new UsageExport(
                    taken.export().id(),
                    taken.export().status(),
                    taken.export().terms(),
                    new UsageExport.Written(at.parts(), at.rows(), at.progress(), null, null),
                    null,
                    taken.export().createdAt(),
                    null);
            var content = new UsageExportContent(database.walled(taken.organization()), taken.organization(), whole);
            if (content.writeTo(new DigestOutputStream(counted, digest), this::holds)) {
                boolean kept = UsageExportStore.finish(
                        database.owner(),
                        taken,
                        counted.bytes,
                        HexFormat.of().formatHex(digest.digest()),
                        clock.instant().plus(settings.kept()));
                log.debug("the export {} is {}", taken.export().id(), kept ? "ready" : "another's, or was ended");
            }
        }

        /** The next rows of the file. */
        private final class Part {
            private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(PART_BYTES);
            private final UsageExportFormat format = taken.export().terms().format();
            private int rows;

            /** Where it goes on then; empty where the export is ours no more. */
            Optional<Place> write(Optional<Span> span) throws IOException {
                Optional<Slice.From> place =
                        Optional.ofNullable(at.place()).map(key -> new Slice.From(false, false, key));
                try (var out = new GZIPOutputStream(bytes)) {
                    if (at.parts() == 0) {
                        out.write(format.head());
                    }
                    do {
                        if (!holds()) {
                            return Optional.empty();
                        }
                        place = page(new Slice(Math.min(PAGE_ROWS, PART_ROWS - rows), place), out);
                    } while (place.isPresent() && rows < PART_ROWS);
                }
                boolean isNothing = rows == 0 && at.parts() > 0;
                return Optional.of(new Place(
                        isNothing ? at.parts() : at.parts() + 1,
                        at.rows() + rows,
                        isNothing ? at.storedBytes() : at.storedBytes() + bytes.size(),
                        progress(span, place.map(Slice.From::key)),
                        place.map(Slice.From::key).orElse(null)));
            }

            private Optional<Slice.From> page(Slice slice, OutputStream out) {
                return UsageStore.list(
                                database.walled(taken.organization()),
                                taken.organization(),
                                filter,
                                slice,
                                EXAMINED,
                                row -> {
                                    byte[] line = format.line(row);
                                    try {
                                        out.write(line);
                                    } catch (IOException e) {
                                        throw new UncheckedIOException(e);
                                    }
                                    rows++;
                                })
                        .next();
            }

            /** To be kept; nothing where no row was left. */
            byte[] bytes() {
                return rows == 0 && at.parts() > 0 ? new byte[0] : bytes.toByteArray();
            }
        }
    }

    /** How much of the time is done, from the last item to the first, but never all of it before the file is whole. */
    private static int progress(Optional<Span> span, Optional<Slice.Key> place) {
        int most = UsageExport.WHOLE - 1;
        if (span.isEmpty() || place.isEmpty()) {
            return most;
        }
        double all = Duration.between(span.get().first(), span.get().last()).toMillis() + 1.0;
        double left = place.get().rank() / 1_000.0 - span.get().first().toEpochMilli();
        return (int) Math.clamp(UsageExport.WHOLE * (1 - left / all), 0, most);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }

    /** Takes bytes and knows how many. */
    private static final class Counted extends OutputStream {
        private long bytes;

        @Override
        public void write(int one) {
            bytes++;
        }

        @Override
        public void write(byte[] some, int from, int length) {
            bytes += length;
        }
    }
}
