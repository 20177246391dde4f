package io.trunkline.simulators.usage;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Makes up what lines do. Nobody uses anything before he is known here: whose it would be, nobody could tell. */
final class LiveRecords {
    static final String HEADER =
            "record_id,type,direction,technology,imsi,msisdn,other_party,serving_plmn,started_at,ended_at,quantity";

    /** From a line's first sight to its first usage: who makes it may have something left to do. */
    private static final Duration SETTLING = Duration.ofSeconds(10);

    private static final Duration LONGEST_CALL = Duration.ofMinutes(10);
    private static final Duration LONGEST_SESSION = Duration.ofHours(1);
    private static final List<String> ABROAD = List.of("20801", "26201", "21407", "20404", "310260");
    private static final List<String> SHORT_CODES = List.of("60800", "84433", "70007");
    private static final List<String> SENDERS = List.of("YourBank", "Parcel24", "SignIn");

    private final RandomGenerator random;
    private final String run;
    private Map<String, Instant> seen = new HashMap<>();
    private List<Line> lines = List.of();
    private long made;

    LiveRecords(RandomGenerator random) {
        this.random = random;
        this.run = HexFormat.of().toHexDigits(random.nextLong());
    }

    /** Those that may use something from now on. */
    void know(List<Line> all, Instant now) {
        var still = new HashMap<String, Instant>();
        all.forEach(line -> still.put(line.imsi(), seen.getOrDefault(line.imsi(), now)));
        seen = still;
        Instant settled = now.minus(SETTLING);
        lines = all.stream()
                .filter(line -> (line.canSpeak() || line.surfs())
                        && still.getOrDefault(line.imsi(), now).isBefore(settled))
                .toList();
    }

    /** About so many records of things that have just ended; none where there are no lines. */
    List<String> make(int count, Instant now) {
        var records = new ArrayList<String>();
        while (records.size() < count && !lines.isEmpty()) {
            Line line = any();
            double kind = random.nextDouble();
            if (line.canSpeak() && (kind < 0.3 || !line.surfs())) {
                call(line, now, records);
            } else if (line.canSpeak() && kind < 0.45) {
                text(line, now, records);
            } else {
                session(line, now, records);
            }
        }
        return records;
    }

    private Line any() {
        return lines.get(random.nextInt(lines.size()));
    }

    private void call(Line line, Instant now, List<String> records) {
        Span span = span(line, now, LONGEST_CALL);
        String technology = random.nextDouble() < 0.7 ? "volte" : "vowifi";
        boolean outbound = random.nextBoolean();
        Line other = any();
        if (outbound && other.canSpeak() && random.nextDouble() < 0.3 && isKnownSince(other, span.from())) {
            records.add(record("voice", "outbound", technology, line, other.msisdn(), span, span.seconds()));
            records.add(record("voice", "inbound", technology, other, line.msisdn(), span, span.seconds()));
        } else {
            records.add(record(
                    "voice",
                    outbound ? "outbound" : "inbound",
                    technology,
                    line,
                    random.nextDouble() < 0.05 && !outbound ? null : stranger(),
                    span,
                    span.seconds()));
        }
    }

    private void text(Line line, Instant now, List<String> records) {
        var span = new Span(now, now);
        double kind = random.nextDouble();
        if (kind < 0.3) {
            records.add(record("sms", "inbound", "sms", line, anyOf(SENDERS), span, 1));
        } else if (kind < 0.4) {
            records.add(record("sms", "outbound", "sms", line, anyOf(SHORT_CODES), span, 1));
        } else {
            records.add(record("sms", kind < 0.7 ? "outbound" : "inbound", "sms", line, stranger(), span, 1));
        }
    }

    private void session(Line line, Instant now, List<String> records) {
        long bytes = 2_000 + (long) Math.min(3e9, Math.exp(15 + random.nextGaussian() * 1.7));
        records.add(record(
                "data",
                "outbound",
                random.nextBoolean() ? "5g" : "4g",
                line,
                null,
                span(line, now, LONGEST_SESSION),
                bytes));
    }

    /** Of the ranges that regulators keep for films. */
    private String stranger() {
        return random.nextDouble() < 0.85
                ? Long.toString(442_079_460_000L + random.nextInt(1_000))
                : Long.toString(493_023_125_000L + random.nextInt(1_000));
    }

    private String anyOf(List<String> texts) {
        return texts.get(random.nextInt(texts.size()));
    }

    private record Span(Instant from, Instant to) {
        long seconds() {
            return Math.max(1, Duration.between(from, to).toSeconds());
        }
    }

    /** It ends now and began when the line was known. */
    private Span span(Line line, Instant now, Duration longest) {
        Instant known = seen.getOrDefault(line.imsi(), now).plus(SETTLING);
        long most = Math.min(longest.toMillis(), Duration.between(known, now).toMillis());
        double drawn = random.nextDouble();
        return new Span(now.minusMillis((long) (drawn * drawn * Math.max(0, most))), now);
    }

    private boolean isKnownSince(Line line, Instant moment) {
        return !seen.getOrDefault(line.imsi(), Instant.MAX.minus(SETTLING))
                .plus(SETTLING)
                .isAfter(moment);
    }

    private String record(
            String type,
            String direction,
            String technology,
            Line line,
            @Nullable String other,
            Span span,
            long quantity) {
        made++;
        return String.join(
                ",",
                "live-" + run + "-" + made,
                type,
                direction,
                technology,
                line.imsi(),
                line.msisdn() == null || type.equals("data") ? "" : line.msisdn(),
                other == null ? "" : other,
                random.nextDouble() < 0.03 ? anyOf(ABROAD) : home(line),
                time(span.from()),
                time(span.to()),
                Long.toString(quantity));
    }

    private static String home(Line line) {
        return line.msisdn() != null && line.msisdn().startsWith("1") ? "310260" : "23415";
    }

    private static String time(Instant at) {
        return at.truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
