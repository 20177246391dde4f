package io.trunkline.catalog;

import io.trunkline.ids.OfferingId;
import io.trunkline.rating.Cycle;
import io.trunkline.rating.Tariff;
import io.trunkline.rating.Terms;
import io.trunkline.web.Violation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The offerings of a catalog file beside those that there are. */
final class OfferingChanges {
    private static final String KNOWN =
            "SELECT id, key, type, name, retired FROM product_offerings WHERE key IS NOT NULL";
    private static final String ADD = """
            INSERT INTO product_offerings (id, type, name, profile_type, created_at, key, retired)
            VALUES (?, ?, ?, ?, ?, ?, ?)""";
    private static final String CHANGE = "UPDATE product_offerings SET name = ?, retired = ? WHERE id = ?";
    private static final String SET_VERSION = """
            INSERT INTO tariffs (offering_id, valid_from, document) VALUES (?, ?, ?::jsonb)
            ON CONFLICT (offering_id, valid_from) DO UPDATE SET document = excluded.document""";
    private static final String OFFER_TO_ALL = """
            INSERT INTO organization_offerings (organization_id, offering_id, orderable)
            SELECT id, ?, true FROM organizations WHERE key <> 'operator' ON CONFLICT DO NOTHING""";
    private static final String SET_ORDERABLE =
            "UPDATE organization_offerings SET orderable = ? WHERE offering_id = ? AND orderable <> ?";

    private final CatalogChange change;
    private final String profileType;
    private final Map<String, Known> known = new HashMap<>();
    private final Map<String, List<CatalogFile.Offering>> told = new LinkedHashMap<>();

    OfferingChanges(CatalogChange change, String profileType) {
        this.change = change;
        this.profileType = profileType;
        change.sql()
                .list(
                        KNOWN,
                        row -> new Known(
                                new OfferingId(row.uuid("id")),
                                row.text("key"),
                                ProductOffering.Type.of(row.text("type")),
                                row.text("name"),
                                row.bool("retired")))
                .forEach(offering -> known.put(offering.key(), offering));
    }

    /** An offering that there is. */
    private record Known(OfferingId id, String key, ProductOffering.Type type, String name, boolean retired) {}

    /** Whether an offering of this key can be part of a template, and of what type it is. */
    Optional<ProductOffering.Type> typeOf(String key) {
        return Optional.ofNullable(told.get(key)).stream()
                .flatMap(versions -> versions.stream().flatMap(version -> version.type().stream()))
                .findFirst()
                .or(() -> Optional.ofNullable(known.get(key)).map(Known::type));
    }

    boolean isRetired(String key) {
        return told.containsKey(key)
                ? told.get(key).stream().anyMatch(CatalogFile.Offering::retired)
                : Optional.ofNullable(known.get(key)).map(Known::retired).orElse(false);
    }

    /** Once written. */
    OfferingId id(String key) {
        return Optional.ofNullable(known.get(key))
                .map(Known::id)
                .orElseThrow(() -> new IllegalStateException("there is no offering " + key));
    }

    void judge(List<CatalogFile.Offering> offerings) {
        for (CatalogFile.Offering offering : offerings) {
            told.computeIfAbsent(offering.key(), _ -> new ArrayList<>()).add(offering);
        }
        told.forEach(this::judge);
    }

    private void judge(String key, List<CatalogFile.Offering> versions) {
        Known there = known.get(key);
        Optional<Terms> terms =
                Optional.ofNullable(there).map(offering -> change.before().terms(offering.id()));
        ProductOffering.Type type = typeOf(key).orElse(ProductOffering.Type.PLAN);
        if (there != null) {
            type = there.type();
        } else if (versions.stream().allMatch(version -> version.version().isEmpty())) {
            versions.getFirst()
                    .entry()
                    .refuse(
                            "key",
                            Violation.Code.NOT_FOUND,
                            "there is no offering \"" + key + "\" that could be retired");
        }
        Cycle cycle = terms.filter(now -> !now.versions().isEmpty())
                .map(Terms::cycle)
                .orElse(versions.getFirst().cycle());
        for (CatalogFile.Offering version : versions) {
            ProductOffering.Type wanted = type;
            if (version.type().filter(given -> given != wanted).isPresent()) {
                version.entry().refuse("type", Violation.Code.STATE, "\"" + key + "\" is of type " + wanted.text());
            }
            if (version.version().isPresent() && !version.cycle().equals(cycle)) {
                version.entry()
                        .refuse(
                                "period",
                                Violation.Code.STATE,
                                "the period is the same in all versions of \"" + key + "\"");
            }
            version.version().ifPresent(tariff -> judge(version, tariff, terms));
        }
    }

    /** A version that has begun stays as it is, and none comes before what has begun. */
    private void judge(CatalogFile.Offering version, Tariff tariff, Optional<Terms> terms) {
        if (tariff.validFrom().isAfter(change.now()) || isKept(tariff, terms)) {
            return;
        }
        boolean hasBegun = terms.stream()
                .flatMap(known -> known.versions().stream())
                .anyMatch(known -> !known.validFrom().isAfter(change.now()));
        if (hasBegun) {
            version.entry()
                    .refuse(
                            "valid_from",
                            Violation.Code.STATE,
                            "\"" + version.key() + "\" has a version that began before now and differs: add one with a"
                                    + " valid_from that lies ahead");
        }
    }

    private static boolean isKept(Tariff tariff, Optional<Terms> terms) {
        return terms.stream().flatMap(known -> known.versions().stream()).anyMatch(tariff::equals);
    }

    void write() {
        told.forEach(this::write);
    }

    private void write(String key, List<CatalogFile.Offering> versions) {
        Known there = known.get(key);
        boolean retired = isRetired(key);
        String name = versions.stream()
                .filter(version -> version.version().isPresent())
                .max(Comparator.comparing(
                        version -> version.version().orElseThrow().validFrom()))
                .flatMap(CatalogFile.Offering::name)
                .or(() -> Optional.ofNullable(there).map(Known::name))
                .orElse(key);
        Known now = there == null ? add(key, name, retired) : new Known(there.id(), key, there.type(), name, retired);
        known.put(key, now);
        boolean isChanged = there != null && !there.equals(now);
        if (isChanged) {
            change.sql().update(CHANGE, name, retired, now.id());
        }
        Terms terms = change.before().terms(now.id());
        List<CatalogFile.Offering> different = versions.stream()
                .filter(version -> version.version()
                        .filter(tariff -> !isKept(tariff, Optional.of(terms)))
                        .isPresent())
                .toList();
        different.forEach(version -> change.sql()
                .update(SET_VERSION, now.id(), version.version().orElseThrow().validFrom(), version.document()));
        if (now.type() == ProductOffering.Type.ADD_ON) {
            change.sql().update(OFFER_TO_ALL, now.id());
        }
        if (there == null ? retired : there.retired() != retired) {
            change.sql().update(SET_ORDERABLE, !retired, now.id(), !retired);
        }
        change.note("offering", key, what(there, now, isChanged || !different.isEmpty()));
    }

    private static String what(@Nullable Known there, Known now, boolean isChanged) {
        if (there == null) {
            return "added";
        }
        if (now.retired() && !there.retired()) {
            return "retired";
        }
        return isChanged ? "changed" : "unchanged";
    }

    private Known add(String key, String name, boolean retired) {
        ProductOffering.Type type = typeOf(key).orElseThrow();
        OfferingId id = OfferingId.create(change.now());
        change.sql()
                .update(
                        ADD,
                        id,
                        type.text(),
                        name,
                        type == ProductOffering.Type.PLAN ? profileType : null,
                        change.now(),
                        key,
                        retired);
        return new Known(id, key, type, name, retired);
    }
}
