package io.trunkline.catalog;

import io.trunkline.database.Row;
import io.trunkline.database.Sql;
import io.trunkline.ids.OfferingId;
import io.trunkline.rating.Cycle;
import io.trunkline.rating.Tariff;
import io.trunkline.rating.Terms;
import io.trunkline.rating.Zones;
import io.trunkline.web.Json;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** What usage costs, by offering and time. */
@Component
public class Tariffs {
    private static final String REVISION = "SELECT revision FROM tariff_book";
    private static final String BOOK = "SELECT revision, zones, emergency_numbers FROM tariff_book";
    private static final String VERSIONS = """
            SELECT o.id, o.key, o.type, t.valid_from, t.document
            FROM product_offerings o LEFT JOIN tariffs t ON t.offering_id = o.id
            ORDER BY o.id, t.valid_from""";

    private volatile Optional<Book> latest = Optional.empty();

    /**
     * All tariffs, as of one revision of the catalog.
     *
     * @param terms of every offering there is
     * @param keys of the offerings that have one
     */
    public record Book(long revision, Zones zones, Map<OfferingId, Terms> terms, Map<OfferingId, String> keys) {
        public Terms terms(OfferingId offering) {
            Terms known = terms.get(offering);
            return known == null ? new Terms(offering, false, Cycle.CALENDAR_MONTH, List.of()) : known;
        }
    }

    /** As they are now; read again only when the catalog has changed. */
    public Book book(Sql sql) {
        long revision = sql.one(REVISION, row -> row.longInteger("revision")).orElseThrow();
        return latest.filter(book -> book.revision() == revision).orElseGet(() -> {
            Book book = read(sql);
            latest = Optional.of(book);
            return book;
        });
    }

    static Book read(Sql sql) {
        Optional<Book> empty = sql.one(
                BOOK,
                row -> new Book(
                        row.longInteger("revision"),
                        new Zones(zones(row.text("zones")), Set.copyOf(row.texts("emergency_numbers"))),
                        Map.of(),
                        Map.of()));
        var versions = new LinkedHashMap<OfferingId, List<Version>>();
        sql.list(VERSIONS, Tariffs::version)
                .forEach(version -> versions.computeIfAbsent(version.offering(), _ -> new ArrayList<>())
                        .add(version));
        var terms = new HashMap<OfferingId, Terms>();
        var keys = new HashMap<OfferingId, String>();
        versions.forEach((offering, all) -> {
            terms.put(offering, terms(offering, all));
            all.getFirst().key().ifPresent(key -> keys.put(offering, key));
        });
        Book head = empty.orElseThrow();
        return new Book(head.revision(), head.zones(), Map.copyOf(terms), Map.copyOf(keys));
    }

    private record Version(
            OfferingId offering,
            Optional<String> key,
            boolean plan,
            Optional<Instant> validFrom,
            Optional<CatalogFile.Offering> told) {}

    private static Version version(Row row) throws SQLException {
        return new Version(
                new OfferingId(row.uuid("id")),
                Optional.ofNullable(row.textOrNull("key")),
                row.text("type").equals("plan"),
                Optional.ofNullable(row.instantOrNull("valid_from")),
                Optional.ofNullable(row.textOrNull("document")).map(CatalogFile::offering));
    }

    private static Terms terms(OfferingId offering, List<Version> versions) {
        Cycle cycle = versions.stream()
                .flatMap(version -> version.told().stream())
                .map(CatalogFile.Offering::cycle)
                .findFirst()
                .orElse(Cycle.CALENDAR_MONTH);
        List<Tariff> tariffs = versions.stream()
                .flatMap(version -> version.told().stream())
                .flatMap(told -> told.version().stream())
                .toList();
        return new Terms(offering, versions.getFirst().plan(), cycle, tariffs);
    }

    static List<Zones.Zone> zones(String json) {
        var zones = new ArrayList<Zones.Zone>();
        for (JsonNode zone : Json.parse(json)) {
            var countries = new ArrayList<String>();
            zone.path("countries").forEach(country -> countries.add(country.stringValue()));
            zones.add(new Zones.Zone(zone.path("key").stringValue(), List.copyOf(countries)));
        }
        return List.copyOf(zones);
    }

    static String json(List<Zones.Zone> zones) {
        return Json.parse(Json.text(json -> json.objects(
                        "all",
                        zones,
                        (entry, zone) -> entry.text("key", zone.key()).texts("countries", zone.countries()))))
                .path("all")
                .toString();
    }
}
