package io.trunkline.rating;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where in the world something is, as tariffs see it.
 *
 * @param zones a country is in the first one that lists it
 * @param emergencyNumbers digits
 */
public record Zones(List<Zone> zones, Set<String> emergencyNumbers) {
    /** The zone that every catalog has: outside of its countries a line is roaming. */
    public static final String HOME = "home";

    /** Stands for every country that no zone before it lists, and for networks and numbers of none. */
    public static final String EVERYWHERE = "*";

    /**
     * Countries that are charged alike.
     *
     * @param countries ISO 3166-1 alpha-2, or {@value Zones#EVERYWHERE}
     */
    public record Zone(String key, List<String> countries) {
        boolean lists(@Nullable String country) {
            return countries.contains(EVERYWHERE) || (country != null && countries.contains(country));
        }
    }

    /** The zone of a country; null is a network or number of no country. */
    public Optional<String> of(@Nullable String country) {
        for (Zone zone : zones) {
            if (zone.lists(country)) {
                return Optional.of(zone.key());
            }
        }
        return Optional.empty();
    }

    /** Whether a line is away when it is there. */
    public boolean isRoaming(@Nullable String country) {
        for (Zone zone : zones) {
            if (zone.key().equals(HOME) && zone.lists(country)) {
                return false;
            }
        }
        return true;
    }

    public boolean isEmergency(String number) {
        return emergencyNumbers.contains(number);
    }
}
