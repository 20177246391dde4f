package io.trunkline.catalog;

import io.trunkline.database.Sql;
import io.trunkline.rating.Tariff;
import io.trunkline.rating.Zones;
import io.trunkline.web.Violation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a catalog file changes: found out first, then done, all or nothing. */
final class CatalogChange {
    private static final String WRITE_BOOK =
            "UPDATE tariff_book SET revision = revision + 1, zones = ?::jsonb, emergency_numbers = ?";

    private final Sql sql;
    private final Tariffs.Book before;
    private final List<Violation> violations;
    private final Instant now;
    private final List<Change> changes = new ArrayList<>();

    CatalogChange(Sql sql, List<Violation> violations, Instant now) {
        this.sql = sql;
        this.before = Tariffs.read(sql);
        this.violations = violations;
        this.now = now;
    }

    /**
     * What becomes of an entry.
     *
     * @param kind {@code zone}, {@code emergency_numbers}, {@code offering}, {@code template}
     * @param what {@code added}, {@code changed}, {@code retired}, {@code unchanged}
     */
    public record Change(String kind, String key, String what) {}

    Sql sql() {
        return sql;
    }

    Tariffs.Book before() {
        return before;
    }

    Instant now() {
        return now;
    }

    boolean isValid() {
        return violations.isEmpty();
    }

    void note(String kind, String key, String what) {
        changes.add(new Change(kind, key, what));
    }

    /**
     * Finds out what is to be done, and does it where nothing is wrong.
     *
     * @param lines what lines the network can have
     * @param profileType of a new plan
     */
    List<Change> apply(CatalogFile file, LineCheck lines, String profileType) {
        List<Zones.Zone> zones = zones(file);
        if (zones.stream().noneMatch(zone -> zone.key().equals(Zones.HOME))) {
            violations.add(Violation.pointer("/zones", Violation.Code.REQUIRED, "there is no zone \"home\""));
        }
        Set<String> keys = zones.stream().map(Zones.Zone::key).collect(Collectors.toSet());
        file.offerings().forEach(offering -> requireZones(offering, keys));
        Set<String> emergency = file.emergencyNumbers().orElse(before.zones().emergencyNumbers());
        var offerings = new OfferingChanges(this, profileType);
        offerings.judge(file.offerings());
        var templates = new TemplateChanges(this, lines, offerings);
        templates.judge(file.templates());
        if (!isValid()) {
            return List.of();
        }
        if (file.emergencyNumbers().isPresent()) {
            note(
                    "emergency_numbers",
                    "emergency_numbers",
                    emergency.equals(before.zones().emergencyNumbers()) ? "unchanged" : "changed");
        }
        offerings.write();
        templates.write();
        if (changes.stream().anyMatch(change -> !change.what().equals("unchanged"))) {
            sql.update(
                    WRITE_BOOK, Tariffs.json(zones), emergency.stream().sorted().toArray(String[]::new));
        }
        return List.copyOf(changes);
    }

    /** Those of the file in its order, then those that it leaves alone. */
    private List<Zones.Zone> zones(CatalogFile file) {
        List<Zones.Zone> old = before.zones().zones();
        for (Zones.Zone zone : file.zones()) {
            String what = old.stream().noneMatch(known -> known.key().equals(zone.key()))
                    ? "added"
                    : old.contains(zone) ? "unchanged" : "changed";
            note("zone", zone.key(), what);
        }
        Set<String> told = file.zones().stream().map(Zones.Zone::key).collect(Collectors.toSet());
        List<Zones.Zone> zones = Stream.concat(
                        file.zones().stream(), old.stream().filter(zone -> !told.contains(zone.key())))
                .toList();
        if (!zones.equals(old)
                && changes.stream().allMatch(change -> change.what().equals("unchanged"))) {
            note("zone", "order", "changed");
        }
        return zones;
    }

    private static void requireZones(CatalogFile.Offering offering, Set<String> known) {
        offering.version().ifPresent(version -> {
            Stream<Tariff.Conditions> all = Stream.concat(
                    version.allowances().stream().map(Tariff.Allowance::conditions),
                    version.rates().stream().map(Tariff.Rate::conditions));
            all.flatMap(conditions -> Stream.concat(conditions.zones().stream(), conditions.destinations().stream()))
                    .filter(zone -> !known.contains(zone))
                    .distinct()
                    .forEach(zone ->
                            offering.entry().refuse("", Violation.Code.NOT_FOUND, "there is no zone \"" + zone + "\""));
        });
    }
}
