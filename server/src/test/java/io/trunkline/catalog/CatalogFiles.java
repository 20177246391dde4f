package io.trunkline.catalog;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;

import io.trunkline.ids.OfferingId;
import io.trunkline.rating.Tariff;
import io.trunkline.rating.Terms;
import io.trunkline.rating.Zones;
import io.trunkline.web.Violation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Catalog files for tests of rating, which knows nothing of files. */
public final class CatalogFiles {
    private CatalogFiles() {}

    private static CatalogFile valid(String yaml) {
        var violations = new ArrayList<Violation>();
        CatalogFile file = CatalogFile.read(yaml, violations);
        if (!violations.isEmpty()) {
            throw new IllegalArgumentException(violations.toString());
        }
        return file;
    }

    public static Zones zones(String yaml) {
        CatalogFile file = valid(yaml);
        return new Zones(file.zones(), file.emergencyNumbers().orElse(Set.of()));
    }

    /** The offerings by key. */
    public static Map<String, Terms> terms(String yaml) {
        return valid(yaml).offerings().stream().collect(groupingBy(CatalogFile.Offering::key)).entrySet().stream()
                .collect(toMap(Map.Entry::getKey, entry -> terms(entry.getValue())));
    }

    private static Terms terms(List<CatalogFile.Offering> versions) {
        CatalogFile.Offering any = versions.getFirst();
        return new Terms(
                OfferingId.create(Instant.EPOCH),
                any.type().orElseThrow() == ProductOffering.Type.PLAN,
                any.cycle(),
                versions.stream()
                        .flatMap(version -> version.version().stream())
                        .sorted(Comparator.comparing(Tariff::validFrom))
                        .toList());
    }
}
