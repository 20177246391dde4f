package io.trunkline.box.load;

import io.trunkline.ids.Iccid;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * Lines, people and accounts as functions of their numbers, so that nothing of them is kept in memory and each run
 * makes the same. Organizations are of unequal size: the first holds a third of all lines, and accounts within one are
 * as unequal. Lines are numbered through all organizations.
 */
final class Population {
    static final int ORGANIZATIONS = 200;
    static final int PLANS = 3;
    static final int MONTHS = 13;

    /** How fast the sizes fall from one to the next: organizations, and accounts within one. */
    private static final double ORGANIZATIONS_FALL = 0.7;

    private static final double ACCOUNTS_FALL = 0.9;
    private static final int LINES_PER_ACCOUNT = 250;
    private static final int MOST_ACCOUNTS = 2_000;

    private static final long FIRST_ICCID_BODY = 894_498_000_000_000_000L;
    private static final long FIRST_IMSI = 1_018_000_000_000L;
    private static final List<String> COUNTRIES = List.of("GB", "DE", "NL", "ES");
    private static final long[] FIRST_NUMBERS = {44_910_000_0000L, 49_191_000_0000L, 31_970_000_0000L, 34_590_000_0000L
    };
    /** Of a hundred lines: with no number, with a second one, with a number of which somebody else was the holder. */
    private static final int NUMBERLESS_PERCENT = 4;

    private static final Duration OLDEST = Duration.ofDays(1_080);
    /** Before all usage. */
    private static final Duration BEFORE_USAGE = Duration.ofDays(400);

    /** What ids and draws are made of; each has numbers of its own. */
    enum Kind {
        ACCOUNT(1),
        PERSON(2),
        LINE(3),
        PLAN(4),
        ADD_ON(5),
        BIRTH(6),
        STATUS(7),
        NAME(8);

        private final long number;

        Kind(long number) {
            this.number = number;
        }
    }

    private final Instant now;
    private final int lines;
    private final int[] organizationEnds;
    private final int[] accountEnds;
    private final int[] accountsOf;

    /** Takes the moment at which all of it is seen; the same population for the same arguments. */
    Population(int lines, Instant now) {
        this.now = now;
        this.lines = lines;
        this.organizationEnds = ends(organizationSizes(lines));
        var accounts = new ArrayList<Integer>();
        this.accountsOf = new int[ORGANIZATIONS + 1];
        for (int i = 0; i < ORGANIZATIONS; i++) {
            int size = end(i) - start(i);
            int count = Math.clamp(size / LINES_PER_ACCOUNT, Math.min(2, size), MOST_ACCOUNTS);
            for (int share : shares(size, count, ACCOUNTS_FALL)) {
                accounts.add(share);
            }
            accountsOf[i + 1] = accounts.size();
        }
        this.accountEnds = ends(accounts.stream().mapToInt(Integer::intValue).toArray());
    }

    private static int[] organizationSizes(int lines) {
        int largest = lines / 3;
        int[] sizes = new int[ORGANIZATIONS];
        int[] others = shares(lines - largest, ORGANIZATIONS - 1, ORGANIZATIONS_FALL);
        sizes[0] = largest;
        System.arraycopy(others, 0, sizes, 1, others.length);
        return sizes;
    }

    /** Divides a whole into falling shares of at least one. */
    private static int[] shares(int whole, int count, double fall) {
        double[] weights = new double[count];
        for (int i = 0; i < count; i++) {
            weights[i] = Math.pow(i + 1.0, -fall);
        }
        double sum = Arrays.stream(weights).sum();
        int[] shares = new int[count];
        int left = whole;
        for (int i = count - 1; i >= 0; i--) {
            int share = i == 0 ? left : Math.clamp(Math.round((whole - count) * weights[i] / sum) + 1, 1, left - i);
            shares[i] = share;
            left -= share;
        }
        return shares;
    }

    private static int[] ends(int[] sizes) {
        int[] ends = sizes.clone();
        Arrays.parallelPrefix(ends, Integer::sum);
        return ends;
    }

    int lines() {
        return lines;
    }

    Instant now() {
        return now;
    }

    int start(int organization) {
        return organization == 0 ? 0 : organizationEnds[organization - 1];
    }

    int end(int organization) {
        return organizationEnds[organization];
    }

    int organizationOf(int line) {
        return after(organizationEnds, line);
    }

    /** The first place whose end lies beyond the number. */
    private static int after(int[] ends, int number) {
        int found = Arrays.binarySearch(ends, number);
        return found < 0 ? -found - 1 : found + 1;
    }

    int firstAccount(int organization) {
        return accountsOf[organization];
    }

    int endOfAccounts(int organization) {
        return accountsOf[organization + 1];
    }

    /** Lines that come one after the other are of different accounts. */
    int accountOf(int line, int organization) {
        int start = start(organization);
        int size = end(organization) - start;
        long place = (line - start) * (long) strideOf(size) % size;
        return after(accountEnds, start + (int) place);
    }

    /** Without a common divisor, so that each place is met once. */
    private static int strideOf(int size) {
        int stride = Math.max(1, (int) (size * 0.618));
        while (divisor(stride, size) != 1) {
            stride++;
        }
        return stride;
    }

    private static int divisor(int one, int other) {
        return other == 0 ? one : divisor(other, one % other);
    }

    /** People of an organization have the numbers from its first line on; a few have two lines. */
    int people(int organization) {
        int size = end(organization) - start(organization);
        return Math.max(1, size - size / 20);
    }

    int personOf(int line, int organization) {
        int start = start(organization);
        return start + (line - start) % people(organization);
    }

    Instant bornAt(int line) {
        double draw = fraction(Kind.BIRTH, line);
        Duration before = draw < 0.7
                ? BEFORE_USAGE.plus(scaled(OLDEST.minus(BEFORE_USAGE), draw / 0.7))
                : scaled(BEFORE_USAGE, (draw - 0.7) / 0.3);
        return now.minus(before).minusSeconds(60);
    }

    private static Duration scaled(Duration whole, double share) {
        return Duration.ofMillis((long) (whole.toMillis() * share));
    }

    String statusOf(int line) {
        double draw = fraction(Kind.STATUS, line);
        return draw < 0.88 ? "active" : draw < 0.94 ? "suspended" : "terminated";
    }

    /** When it was terminated, or suspended. */
    Instant changedAt(int line) {
        Instant born = bornAt(line);
        return born.plus(scaled(Duration.between(born, now), 0.2 + 0.75 * fraction(Kind.STATUS, line)));
    }

    boolean isInUse(int line, Instant at) {
        return !at.isBefore(bornAt(line)) && (statusOf(line).equals("active") || at.isBefore(changedAt(line)));
    }

    int planOf(int line) {
        return (int) (draw(Kind.PLAN, line) & 0xff) % PLANS;
    }

    boolean hasAddOn(int line) {
        return line % 5 == 0;
    }

    boolean hasNumber(int line) {
        return line % 100 >= NUMBERLESS_PERCENT;
    }

    String countryOf(int line) {
        return COUNTRIES.get(line % COUNTRIES.size());
    }

    long numberOf(int line) {
        return FIRST_NUMBERS[line % COUNTRIES.size()] + line / COUNTRIES.size();
    }

    Iccid iccidOf(int line) {
        return Iccid.ofBody(Long.toString(FIRST_ICCID_BODY + line));
    }

    String imsiOf(int line) {
        return String.format(Locale.ROOT, "%015d", FIRST_IMSI + line);
    }

    UUID id(Kind kind, int number) {
        return id(kind, number, bornAt(number));
    }

    /** As a ULID of that moment. */
    UUID id(Kind kind, int number, Instant at) {
        long draw = draw(kind, number);
        return new UUID(at.toEpochMilli() << 16 | (draw & 0xffff), mixed(draw));
    }

    /** From 0 to below 1. */
    double fraction(Kind kind, int number) {
        return (draw(kind, number) >>> 11) * 0x1.0p-53;
    }

    static long draw(Kind kind, int number) {
        return mixed(kind.number << 40 | number);
    }

    /** Each bit of the answer depends on all bits. */
    static long mixed(long value) {
        long mixed = value * 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ mixed >>> 32) * 0xd6e8feb86659fd93L;
        mixed = (mixed ^ mixed >>> 29) * 0xd6e8feb86659fd93L;
        return mixed ^ mixed >>> 32;
    }
}
