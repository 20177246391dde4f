package io.trunkline.rating;

import io.trunkline.ids.AccountId;
import io.trunkline.ids.OfferingId;
import io.trunkline.ids.ProductId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** An example of docs/rating.md: what a line has, what it uses, and what that becomes. */
final class Story {
    private static final Pattern PRODUCT = Pattern.compile("(product|other) (\\S+) activated (\\S+)");
    private static final Pattern USED = Pattern.compile("used (\\S+) of (\\S+) (\\d+) at (\\S+)");
    private static final Pattern RECORD = Pattern.compile("record (voice|data|sms) (inbound|outbound) (\\d+) at (\\S+)"
            + " in (\\S+)(?: to (\\S+))?( continued)?( on-net)?");
    private static final AccountId ACCOUNT = AccountId.create(Instant.EPOCH);

    private final Zones zones;
    private final Map<String, Terms> terms;
    private final Map<String, Holding> products = new LinkedHashMap<>();
    private final List<Holding> others = new ArrayList<>();
    private final Map<Pot, Long> used = new HashMap<>();
    private final List<String> outcomes = new ArrayList<>();

    Story(Zones zones, Map<String, Terms> terms) {
        this.zones = zones;
        this.terms = terms;
    }

    /** The same text with what the records become put in. */
    String retold(String text) {
        for (String line : text.lines().toList()) {
            if (line.startsWith("  ")) {
                continue;
            }
            outcomes.add(line);
            if (matches(PRODUCT, line) instanceof MatchResult product) {
                begin(product);
            } else if (matches(USED, line) instanceof MatchResult earlier) {
                use(earlier);
            } else if (matches(RECORD, line) instanceof MatchResult happened) {
                rate(happened);
            } else {
                throw new IllegalArgumentException("no line of an example: " + line);
            }
        }
        return String.join("\n", outcomes) + "\n";
    }

    private static Object matches(Pattern pattern, String line) {
        Matcher matcher = pattern.matcher(line);
        return matcher.matches() ? matcher.toMatchResult() : "";
    }

    private void begin(MatchResult line) {
        Instant at = Instant.parse(line.group(3));
        Holding holding = new Holding(ProductId.create(at), ACCOUNT, at, offering(line.group(2)));
        if (line.group(1).equals("product")) {
            products.put(line.group(2), holding);
        } else {
            others.add(holding);
        }
    }

    private Terms offering(String key) {
        return Optional.ofNullable(terms.get(key)).orElseThrow(() -> new IllegalArgumentException("no " + key));
    }

    private void use(MatchResult line) {
        Holding holding = Optional.ofNullable(products.get(line.group(2))).orElseThrow();
        Cycle.Span period = holding.terms().cycle().at(Instant.parse(line.group(4)), holding.activatedAt());
        Tariff.Allowance allowance = holding.terms()
                .of(period, holding.activatedAt())
                .flatMap(version -> version.allowance(line.group(1)))
                .orElseThrow();
        used.merge(holding.pot(allowance, period), Long.parseLong(line.group(3)), Long::sum);
    }

    private void rate(MatchResult line) {
        String to = Optional.ofNullable(line.group(6)).orElse("");
        var usage = new Chargeable(
                Tariff.Type.valueOf(line.group(1).toUpperCase(Locale.ROOT)),
                Tariff.Direction.valueOf(line.group(2).toUpperCase(Locale.ROOT)),
                Instant.parse(line.group(4)),
                Long.parseLong(line.group(3)),
                line.group(7) != null,
                zones.of(line.group(5).equals("nowhere") ? null : line.group(5)),
                to.isEmpty() || to.equals("emergency") ? Optional.empty() : zones.of(to),
                to.equals("emergency"),
                line.group(8) != null);
        List<Holding> all = List.copyOf(products.values());
        Holding plan = all.stream()
                .filter(holding -> holding.terms().plan())
                .findFirst()
                .orElseThrow();
        List<Rating.Part> parts = Rating.rate(usage, plan, all, this::remaining);
        if (parts.isEmpty()) {
            outcomes.add("  no_rate");
        }
        for (Rating.Part part : parts) {
            part.taken().forEach(taken -> used.merge(taken.pot(), taken.quantity(), Long::sum));
            outcomes.add("  " + part.type().name().toLowerCase(Locale.ROOT) + " of " + name(part.product())
                    + " quantity " + part.quantity() + " charged " + part.charged() + " micros " + part.micros());
        }
    }

    private String name(ProductId id) {
        return products.entrySet().stream()
                .filter(entry -> entry.getValue().product().equals(id))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    private long remaining(Pot pot, Holding holding) {
        long size = pot.pooled()
                ? Rating.poolSize(
                        pot,
                        holding.terms(),
                        Stream.concat(others.stream(), products.values().stream())
                                .filter(member -> member.terms().offering().equals(pot.offering()))
                                .map(member -> new Rating.Member(member.activatedAt(), Optional.empty()))
                                .toList())
                : Rating.size(pot, holding);
        return size - used.getOrDefault(pot, 0L);
    }

    /** Only for telling offerings apart. */
    static OfferingId anyOffering() {
        return OfferingId.create(Instant.EPOCH);
    }
}
