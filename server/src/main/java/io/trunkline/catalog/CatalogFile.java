package io.trunkline.catalog;

import io.trunkline.rating.Cycle;
import io.trunkline.rating.Tariff;
import io.trunkline.rating.Zones;
import io.trunkline.web.Violation;
import java.io.StringReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;

/**
 * What the operator offers, as a file tells it: zones, offerings with their tariffs, order templates. Read alone, it is
 * judged by itself; against what there is already, {@link CatalogChange} judges it.
 *
 * @param emergencyNumbers empty where the file does not tell
 */
public record CatalogFile(
        List<Zones.Zone> zones,
        Optional<Set<String>> emergencyNumbers,
        List<Offering> offerings,
        List<Template> templates) {
    static final Pattern KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    private static final Pattern TEXT = Pattern.compile("\\P{Cc}{1,200}");
    private static final Pattern COUNTRY = Pattern.compile("[A-Z]{2}");
    private static final Pattern COUNTRY_OR_ANY = Pattern.compile("[A-Z]{2}|\\*");
    private static final Pattern DIGITS = Pattern.compile("[0-9]{2,15}");
    private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");
    private static final Pattern CYCLE = Pattern.compile("calendar_month|rolling_([1-9][0-9]{0,3})_days");
    private static final long MOST = 1_000_000_000_000_000L;
    private static final int MOST_NUMBERS = 10;
    private static final int DEFAULT_ORDER_OF_ADD_ONS = 50;
    private static final int DEFAULT_ORDER_OF_PLANS = 100;

    private static final Map<String, ProductOffering.Type> OFFERING_TYPES =
            Map.of("plan", ProductOffering.Type.PLAN, "add_on", ProductOffering.Type.ADD_ON);
    private static final Map<String, Tariff.Type> TYPES =
            Map.of("voice", Tariff.Type.VOICE, "data", Tariff.Type.DATA, "sms", Tariff.Type.SMS);
    private static final Map<String, Tariff.Direction> DIRECTIONS =
            Map.of("inbound", Tariff.Direction.INBOUND, "outbound", Tariff.Direction.OUTBOUND);
    private static final Map<String, String> SERVICES =
            names("voice", "sms", "data", "voice_recording", "sms_recording");

    /**
     * A version of an offering.
     *
     * @param version empty where it is only retired
     * @param document the version as JSON, from which it is read again
     */
    record Offering(
            FileEntry entry,
            String key,
            Optional<ProductOffering.Type> type,
            Optional<String> name,
            Cycle cycle,
            boolean retired,
            Optional<Tariff> version,
            String document) {}

    /**
     * An order template.
     *
     * @param accounts their reference codes; empty: all
     */
    record Template(
            FileEntry entry,
            String key,
            String organization,
            String description,
            Optional<List<String>> accounts,
            boolean isDefault,
            List<String> offerings,
            boolean smsSender,
            List<OrderTemplate.Service> services,
            List<OrderTemplate.Numbers> phoneNumbers,
            boolean retired) {}

    private static Map<String, String> names(String... names) {
        var map = new LinkedHashMap<String, String>();
        for (String name : names) {
            map.put(name, name);
        }
        return map;
    }

    /** Reads it, adding everything that is not valid by itself. */
    public static CatalogFile read(String yaml, List<Violation> violations) {
        Optional<Node> root = compose(yaml, violations);
        if (root.isEmpty()) {
            return new CatalogFile(List.of(), Optional.empty(), List.of(), List.of());
        }
        var file = new FileEntry(root.get(), "", violations);
        List<Zones.Zone> zones = file.entries("zones", CatalogFile::zone);
        refuseTwice(file, "zones", zones.stream().map(Zones.Zone::key).toList());
        Optional<Set<String>> emergency = file.has("emergency_numbers")
                ? Optional.of(Set.copyOf(file.texts("emergency_numbers", DIGITS)))
                : Optional.empty();
        List<Offering> offerings = file.entries("offerings", CatalogFile::offering);
        refuseTwice(
                file,
                "offerings",
                offerings.stream()
                        .flatMap(offering -> offering.version().stream()
                                .map(version -> offering.key() + " from " + version.validFrom()))
                        .toList());
        List<Template> templates = file.entries("templates", CatalogFile::template);
        refuseTwice(
                file,
                "templates",
                templates.stream()
                        .map(template -> template.organization() + "/" + template.key())
                        .toList());
        file.refuseUnknown();
        return new CatalogFile(zones, emergency, offerings, templates);
    }

    private static Optional<Node> compose(String yaml, List<Violation> violations) {
        try {
            Node root = new Yaml(new LoaderOptions()).compose(new StringReader(yaml));
            if (root == null) {
                violations.add(Violation.pointer("", Violation.Code.REQUIRED, "the file is empty"));
            }
            return Optional.ofNullable(root);
        } catch (MarkedYAMLException e) {
            String where = e.getProblemMark() == null
                    ? ""
                    : "line " + (e.getProblemMark().getLine() + 1) + ", column "
                            + (e.getProblemMark().getColumn() + 1) + ": ";
            violations.add(Violation.pointer("", Violation.Code.TYPE, where + "no YAML: " + e.getProblem()));
            return Optional.empty();
        } catch (YAMLException e) {
            violations.add(Violation.pointer("", Violation.Code.TYPE, "no YAML: " + e.getMessage()));
            return Optional.empty();
        }
    }

    private static void refuseTwice(FileEntry file, String name, List<String> keys) {
        var seen = new HashSet<String>();
        keys.stream()
                .filter(key -> !seen.add(key))
                .forEach(key -> file.refuse(name, Violation.Code.REPEATED, "\"" + key + "\" is there twice"));
    }

    private static Zones.Zone zone(FileEntry entry) {
        return new Zones.Zone(entry.text("key", KEY), entry.texts("countries", COUNTRY_OR_ANY));
    }

    /** One version as it is kept. */
    static Offering offering(String json) {
        var violations = new ArrayList<Violation>();
        Offering offering = compose(json, violations)
                .map(node -> offering(new FileEntry(node, "", violations)))
                .orElseThrow(() -> new IllegalStateException("a tariff that is no mapping: " + json));
        if (!violations.isEmpty()) {
            throw new IllegalStateException("a tariff is kept that cannot be read: " + violations);
        }
        return offering;
    }

    private static Offering offering(FileEntry entry) {
        String key = entry.text("key", KEY);
        boolean retired = entry.bool("retired");
        boolean whole = !retired || entry.has("valid_from");
        Optional<ProductOffering.Type> type = entry.oneOf("type", OFFERING_TYPES);
        Optional<String> name = entry.textIf("name", TEXT);
        Optional<String> currency = entry.textIf("currency", CURRENCY);
        Optional<Instant> validFrom = entry.timeIf("valid_from");
        if (whole) {
            for (String required : List.of("type", "name", "currency", "valid_from")) {
                if (!entry.has(required)) {
                    entry.refuse(required, Violation.Code.REQUIRED, "\"" + required + "\" is missing");
                }
            }
        }
        boolean plan = type.equals(Optional.of(ProductOffering.Type.PLAN));
        Cycle cycle = entry.textIf("period", CYCLE).map(CatalogFile::cycle).orElse(Cycle.CALENDAR_MONTH);
        boolean rolling = cycle instanceof Cycle.Rolling;
        boolean proRata = entry.bool("pro_rata");
        if (proRata && rolling) {
            entry.refuse("pro_rata", Violation.Code.NOT_ALLOWED, "only a calendar month can be counted pro rata");
        }
        long order = entry.numberIf("order", 0, 1_000_000)
                .orElse((long) (plan ? DEFAULT_ORDER_OF_PLANS : DEFAULT_ORDER_OF_ADD_ONS));
        List<Tariff.Allowance> allowances = entry.entries("allowances", allowance -> allowance(allowance, rolling));
        refuseTwice(
                entry,
                "allowances",
                allowances.stream().map(Tariff.Allowance::key).toList());
        List<Tariff.Rate> rates = entry.entries("rates", CatalogFile::rate);
        if (!plan && !rates.isEmpty()) {
            entry.refuse("rates", Violation.Code.NOT_ALLOWED, "only a plan has rates");
        }
        Optional<Tariff> version = validFrom
                .filter(_ -> currency.isPresent())
                .map(from -> new Tariff(from, currency.orElseThrow(), (int) order, proRata, allowances, rates));
        return new Offering(entry, key, type, name, cycle, retired, version, entry.json());
    }

    private static Cycle cycle(String text) {
        var matcher = CYCLE.matcher(text);
        return matcher.matches() && matcher.group(1) != null
                ? new Cycle.Rolling(Integer.parseInt(matcher.group(1)))
                : Cycle.CALENDAR_MONTH;
    }

    private static Tariff.Allowance allowance(FileEntry entry, boolean rolling) {
        String key = entry.text("key", KEY);
        List<Tariff.Type> types = entry.anyOf("types", TYPES);
        if (types.stream().distinct().count() != 1) {
            entry.refuse(
                    "types", Violation.Code.NOT_ALLOWED, "an allowance is of exactly one type: each has its own unit");
        }
        var conditions = new Tariff.Conditions(
                Set.copyOf(types),
                Set.copyOf(entry.anyOf("directions", DIRECTIONS)),
                Set.copyOf(entry.texts("zones", KEY)),
                Set.copyOf(entry.texts("destinations", KEY)),
                Optional.empty());
        boolean pooled = entry.bool("pooled");
        if (pooled && rolling) {
            entry.refuse("pooled", Violation.Code.NOT_ALLOWED, "only calendar months can be pooled");
        }
        return new Tariff.Allowance(key, conditions, entry.number("quantity", 1, MOST), pooled);
    }

    private static Tariff.Rate rate(FileEntry entry) {
        var conditions = new Tariff.Conditions(
                entry.oneOf("type", TYPES).map(Set::of).orElse(Set.of()),
                entry.oneOf("direction", DIRECTIONS).map(Set::of).orElse(Set.of()),
                Set.copyOf(entry.texts("zones", KEY)),
                Set.copyOf(entry.texts("destinations", KEY)),
                entry.boolIf("on_net"));
        return new Tariff.Rate(
                conditions,
                entry.numberIf("first", 1, MOST).orElse(1L),
                entry.numberIf("next", 1, MOST).orElse(1L),
                entry.numberIf("price", 0, MOST).orElse(0L),
                entry.numberIf("per", 1, MOST).orElse(1L),
                entry.bool("free"));
    }

    private static Template template(FileEntry entry) {
        String key = entry.text("key", KEY);
        String organization = entry.text("organization", KEY);
        boolean retired = entry.bool("retired");
        entry.oneOf("type", Map.of("activate_subscription", true), true);
        Optional<List<String>> accounts = accounts(entry);
        return new Template(
                entry,
                key,
                organization,
                entry.text("description", TEXT),
                accounts,
                entry.bool("default"),
                entry.texts("offerings", KEY),
                entry.bool("sms_sender"),
                entry.entries(
                        "services",
                        service -> new OrderTemplate.Service(
                                service.oneOf("type", SERVICES, ""),
                                service.boolIf("enabled").orElse(true))),
                entry.entries("phone_numbers", CatalogFile::numbers),
                retired);
    }

    private static OrderTemplate.Numbers numbers(FileEntry entry) {
        return new OrderTemplate.Numbers(
                entry.text("country", COUNTRY),
                entry.numberIf("count", 1, MOST_NUMBERS).orElse(1L).intValue(),
                entry.bool("is_primary"));
    }

    private static Optional<List<String>> accounts(FileEntry entry) {
        if (!entry.has("accounts") || entry.isScalar("accounts")) {
            entry.textIf("accounts", Pattern.compile("all"));
            return Optional.empty();
        }
        return Optional.of(entry.texts("accounts", TEXT));
    }
}
