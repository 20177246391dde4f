package io.trunkline.box.demo;

import io.trunkline.usage.UsageItem;
import io.trunkline.usage.UsageItem.Direction;
import io.trunkline.usage.UsageItem.Technology;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What the lines of one organization do on a day. A day comes out the same each time it is asked for: all randomness is
 * drawn from the seed, the line's id and the day.
 */
final class DemoLife {
    /** Calls, messages and data sessions of an average line on a working day. */
    private static final double CALLS = 3.0;

    private static final double MESSAGES = 1.9;
    private static final double SESSIONS = 3.85;

    /** How much of a day's calls falls into each hour, by the clock where the line is at home. */
    private static final double[] OFFICE_HOURS = {
        0.2, 0.1, 0.1, 0.1, 0.1, 0.3, 1, 3, 7, 10, 11, 10, 8, 8, 9, 9, 8, 6, 4, 3, 2, 1, 0.6, 0.4
    };
    /** The same for messages and data, which go on in the evening. */
    private static final double[] WAKING_HOURS = {
        0.8, 0.4, 0.3, 0.3, 0.4, 1, 3, 6, 7, 6, 6, 6, 7, 6, 5, 5, 6, 7, 7, 7, 6, 5, 4, 2
    };

    private static final String EMERGENCY = "112";
    private static final List<String> NEAR = List.of("FR", "DE", "ES", "IT", "NL", "IE", "PT");
    private static final List<String> FAR = List.of("US", "AE", "CH", "JP", "SG");

    private final long seed;
    private final List<DemoLine> lines;
    private final Map<DemoLine, DemoContacts> contacts = new HashMap<>();

    DemoLife(long seed, List<DemoLine> lines) {
        this.seed = seed;
        this.lines = lines;
        lines.forEach(line -> contacts.put(line, new DemoContacts(line.home(), random(line, "contacts", 0))));
    }

    private SplittableRandom random(DemoLine line, String purpose, long number) {
        long id = line.id().value().getMostSignificantBits() * 31
                + line.id().value().getLeastSignificantBits();
        return new SplittableRandom(seed ^ Long.rotateLeft(id, 17) ^ number * 0x9e3779b97f4a7c15L ^ purpose.hashCode());
    }

    /** A line's day: where it is, and how much it does. */
    private record Day(LocalDate date, DemoLine line, SplittableRandom random, String country, double busy) {
        String name(String kind, int number) {
            return line.id().text() + "/" + date + "/" + kind + "/" + number;
        }

        /** A time of the day by the hours of a habit. */
        Instant at(double[] hours) {
            double all = 0;
            for (double hour : hours) {
                all += hour;
            }
            double drawn = random.nextDouble() * all;
            int hour = 0;
            while (drawn >= hours[hour]) {
                drawn -= hours[hour];
                hour++;
            }
            int utc = Math.floorMod(hour - zone(), 24);
            return date.atStartOfDay(ZoneOffset.UTC)
                    .toInstant()
                    .plus(Duration.ofHours(utc))
                    .plusMillis((long) (drawn / hours[hour] * 3_600_000));
        }

        private int zone() {
            return switch (line.home()) {
                case "US" -> -5;
                case "DE" -> 1;
                default -> 0;
            };
        }
    }

    /** All that began on this day, whether its time has come or not. */
    List<DemoEvent> on(LocalDate date) {
        var events = new ArrayList<DemoEvent>();
        for (DemoLine line : lines) {
            SplittableRandom random = random(line, "day", date.toEpochDay());
            double weekend = date.getDayOfWeek() == DayOfWeek.SATURDAY || date.getDayOfWeek() == DayOfWeek.SUNDAY
                    ? line.plan().equals(DemoCatalog.DATA_5) ? 0.7 : 0.4
                    : 1;
            double habit = 0.8 + random(line, "habit", 0).nextDouble() * 0.5;
            var day = new Day(date, line, random, country(line, date), weekend * habit);
            if (line.has("voice")) {
                calls(day, events);
            }
            if (line.has("sms")) {
                messages(day, events);
            }
            sessions(day, events);
        }
        events.removeIf(event -> !event.line().isActive(event.at()));
        return events;
    }

    /** Now and then a few days of a week abroad, travellers more often. */
    private String country(DemoLine line, LocalDate date) {
        long week = date.get(IsoFields.WEEK_BASED_YEAR) * 100L + date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
        SplittableRandom random = random(line, "journey", week);
        double often =
                line.hasProduct(DemoCatalog.EU_ROAMING) ? 0.35 : line.numbers().isEmpty() ? 0.02 : 0.07;
        boolean travels = random.nextDouble() < often;
        int first = 1 + (int) (random.nextDouble() * 3);
        int last = first + 1 + (int) (random.nextDouble() * 3);
        List<String> countries = random.nextDouble() < 0.8 ? NEAR : FAR;
        String country = countries.get((int) (random.nextDouble() * countries.size()));
        int weekday = date.getDayOfWeek().getValue();
        return travels && weekday >= first && weekday <= last ? country : line.home();
    }

    private void calls(Day day, List<DemoEvent> events) {
        SplittableRandom random = day.random();
        double busy = CALLS * day.busy() * (day.line().has("voice_recording") ? 1.8 : 1);
        int count = poisson(random, busy);
        for (int i = 0; i < count; i++) {
            Instant at = day.at(OFFICE_HOURS);
            boolean outbound = random.nextDouble() < 0.56;
            long seconds = 4 + (long) Math.min(5_400, Math.exp(4.4 + random.nextGaussian() * 1.1));
            double way = random.nextDouble();
            Technology technology = way < 0.62 ? Technology.VOLTE : way < 0.85 ? Technology.VOWIFI : Technology.CS;
            double party = random.nextDouble();
            double whom = random.nextDouble();
            var talk = new Talk(day, UsageItem.Type.VOICE, technology, at, at.plusSeconds(seconds), seconds);
            String name = day.name("call", i);
            if (outbound && party < 0.0006) {
                events.add(talk.with(name, Direction.OUTBOUND, EMERGENCY));
            } else if (outbound && party < 0.26) {
                amongUs(talk, name, whom, events);
            } else if (!outbound && party < 0.08) {
                events.add(talk.with(name, Direction.INBOUND, null));
            } else {
                events.add(talk.with(
                        name,
                        outbound ? Direction.OUTBOUND : Direction.INBOUND,
                        contactsOf(day.line()).any(whom)));
            }
        }
    }

    private void messages(Day day, List<DemoEvent> events) {
        SplittableRandom random = day.random();
        int count = poisson(random, MESSAGES * day.busy());
        for (int i = 0; i < count; i++) {
            Instant at = day.at(WAKING_HOURS);
            double kind = random.nextDouble();
            double whom = random.nextDouble();
            var talk = new Talk(day, UsageItem.Type.SMS, Technology.SMS, at, at, random.nextDouble() < 0.9 ? 1 : 2);
            String name = day.name("message", i);
            if (kind < 0.34) {
                events.add(talk.with(name, Direction.INBOUND, DemoContacts.sender(whom)));
            } else if (kind < 0.40) {
                events.add(talk.with(name, Direction.INBOUND, DemoContacts.shortCode(whom)));
            } else if (kind < 0.44) {
                events.add(talk.with(name, Direction.OUTBOUND, DemoContacts.shortCode(whom)));
            } else if (kind < 0.58) {
                amongUs(talk, name, whom, events);
            } else {
                Direction direction = kind < 0.80 ? Direction.OUTBOUND : Direction.INBOUND;
                events.add(talk.with(name, direction, contactsOf(day.line()).any(whom)));
            }
        }
    }

    private void sessions(Day day, List<DemoEvent> events) {
        SplittableRandom random = day.random();
        boolean isTablet = day.line().plan().equals(DemoCatalog.DATA_5);
        int count = poisson(random, SESSIONS * day.busy() * (isTablet ? 1.3 : 1));
        for (int i = 0; i < count; i++) {
            Instant at = day.at(WAKING_HOURS);
            double size = Math.exp(16.2 + random.nextGaussian() * 1.7) * (isTablet ? 1.6 : 1);
            long bytes = 2_000 + (long) Math.min(size, 3e9);
            long seconds = 30 + (long) (random.nextDouble() * 7_000);
            double way = random.nextDouble();
            Technology technology = way < 0.47 ? Technology.G5 : way < 0.96 ? Technology.G4 : Technology.G3;
            var talk = new Talk(day, UsageItem.Type.DATA, technology, at, at.plusSeconds(seconds), bytes);
            events.add(talk.with(day.name("data", i), Direction.OUTBOUND, null));
        }
    }

    private DemoContacts contactsOf(DemoLine line) {
        return contacts.computeIfAbsent(line, _ -> new DemoContacts(line.home(), random(line, "contacts", 0)));
    }

    /** One calls another of the organization: both lines have an item of it. */
    private void amongUs(Talk talk, String name, double whom, List<DemoEvent> events) {
        List<DemoLine> others = lines.stream()
                .filter(line -> !line.id().equals(talk.day().line().id())
                        && !line.numbers().isEmpty()
                        && line.isActive(talk.at())
                        && talk.day().line().isActive(talk.at()))
                .toList();
        if (others.isEmpty()) {
            events.add(talk.with(
                    name, Direction.OUTBOUND, contactsOf(talk.day().line()).any(whom)));
            return;
        }
        DemoLine other = others.get((int) (whom * others.size()));
        events.add(
                talk.with(name, Direction.OUTBOUND, other.numbers().getFirst().toString()));
        events.add(talk.answeredBy(
                other, name + "/answered", country(other, talk.day().date())));
    }

    /** Something between a line and somebody, of whom nothing is known yet. */
    private record Talk(Day day, UsageItem.Type type, Technology technology, Instant at, Instant until, long quantity) {
        /** A second number is used a fifth of the time. */
        @Nullable Long ownNumber() {
            List<Long> numbers = day.line().numbers();
            return numbers.isEmpty() ? null : numbers.get(at.toEpochMilli() % 5 == 0 ? numbers.size() - 1 : 0);
        }

        DemoEvent with(String name, Direction direction, @Nullable String other) {
            return of(day.line(), name, direction, ownNumber(), other, day.country());
        }

        /** The same as the other line sees it. */
        DemoEvent answeredBy(DemoLine line, String name, String country) {
            Long caller = ownNumber();
            return of(
                    line,
                    name,
                    Direction.INBOUND,
                    line.numbers().getFirst(),
                    caller == null ? null : caller.toString(),
                    country);
        }

        private DemoEvent of(
                DemoLine line,
                String name,
                Direction direction,
                @Nullable Long own,
                @Nullable String other,
                String country) {
            return new DemoEvent(line, name, type, direction, technology, own, other, country, at, until, quantity);
        }
    }

    /** By Knuth's method: as many as come before the product of random numbers is small enough. */
    private static int poisson(SplittableRandom random, double mean) {
        double limit = Math.exp(-mean);
        double product = random.nextDouble();
        int count = 0;
        while (product > limit) {
            product *= random.nextDouble();
            count++;
        }
        return count;
    }
}
