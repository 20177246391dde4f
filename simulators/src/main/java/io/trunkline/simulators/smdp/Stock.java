package io.trunkline.simulators.smdp;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All profiles in memory. Ranges stay ranges; a profile gets an entry of its own only when something happens to it.
 * Not safe for threads: {@link Profiles} locks.
 */
final class Stock {
    private final TreeMap<Long, StockRange> ranges = new TreeMap<>();
    private final TreeMap<String, Profile> touched = new TreeMap<>();
    private final Map<String, String> iccidOfMatchingId = new HashMap<>();
    /** Where the search for an untouched profile of a range goes on: a touched one never becomes untouched. */
    private final Map<Long, Long> nextUntouched = new HashMap<>();
    /** Touched profiles that are available (again), by type. */
    private final Map<String, TreeSet<String>> available = new HashMap<>();

    private final Map<ProfileState, Long> touchedByState = new EnumMap<>(ProfileState.class);
    private long touchedInRanges;

    Optional<Profile> find(String iccid) {
        Profile own = touched.get(iccid);
        return own != null ? Optional.of(own) : rangeOf(iccid).map(range -> Profile.fresh(iccid, range.profileType()));
    }

    /** The range that holds the ICCID, with its check digit right. */
    private Optional<StockRange> rangeOf(String iccid) {
        if (iccid.length() != StockRange.BODY_DIGITS + 1) {
            return Optional.empty();
        }
        long body = Long.parseLong(iccid.substring(0, StockRange.BODY_DIGITS));
        Map.Entry<Long, StockRange> entry = ranges.floorEntry(body);
        return entry != null
                        && entry.getValue().holds(body)
                        && StockRange.iccid(body).equals(iccid)
                ? Optional.of(entry.getValue())
                : Optional.empty();
    }

    /** Whose MatchingID it is. */
    Optional<String> holderOf(String matchingId) {
        return Optional.ofNullable(iccidOfMatchingId.get(matchingId));
    }

    boolean knowsType(String profileType) {
        return ranges.values().stream().anyMatch(range -> range.profileType().equals(profileType))
                || touched.values().stream()
                        .anyMatch(profile -> profile.profileType().equals(profileType));
    }

    /** Any available profile of the type. */
    Optional<Profile> pick(String profileType) {
        for (StockRange range : ranges.values()) {
            if (range.profileType().equals(profileType)) {
                long next = nextUntouched.getOrDefault(range.first(), range.first());
                while (next < range.end() && touched.containsKey(StockRange.iccid(next))) {
                    next++;
                }
                nextUntouched.put(range.first(), next);
                if (next < range.end()) {
                    return Optional.of(Profile.fresh(StockRange.iccid(next), profileType));
                }
            }
        }
        TreeSet<String> again = available.get(profileType);
        return again == null || again.isEmpty() ? Optional.empty() : find(again.first());
    }

    void apply(Profile profile) {
        Profile before = touched.put(profile.iccid(), profile);
        if (before == null) {
            touchedInRanges += rangeOf(profile.iccid()).isPresent() ? 1 : 0;
        } else {
            forget(before);
        }
        touchedByState.merge(profile.state(), 1L, Long::sum);
        if (profile.state() == ProfileState.AVAILABLE) {
            available
                    .computeIfAbsent(profile.profileType(), type -> new TreeSet<>())
                    .add(profile.iccid());
        }
        String matchingId = profile.matchingId();
        if (matchingId != null && !matchingId.isEmpty()) {
            iccidOfMatchingId.put(matchingId, profile.iccid());
        }
    }

    private void forget(Profile before) {
        touchedByState.merge(before.state(), -1L, Long::sum);
        TreeSet<String> again = available.get(before.profileType());
        if (again != null) {
            again.remove(before.iccid());
        }
        String matchingId = before.matchingId();
        if (matchingId != null) {
            iccidOfMatchingId.remove(matchingId, before.iccid());
        }
    }

    /** The parts of the range that are not there yet; empty optional where a part is there with another type. */
    Optional<List<StockRange>> missingOf(StockRange wanted) {
        List<StockRange> missing = new ArrayList<>();
        Long start = ranges.floorKey(wanted.first());
        SortedMap<Long, StockRange> near = ranges.subMap(start == null ? wanted.first() : start, wanted.end());
        long from = wanted.first();
        for (StockRange there : near.values()) {
            if (there.end() > wanted.first()) {
                if (!there.profileType().equals(wanted.profileType())) {
                    return Optional.empty();
                }
                if (there.first() > from) {
                    missing.add(StockRange.of(wanted.profileType(), from, there.first()));
                }
                from = Math.max(from, there.end());
            }
        }
        if (from < wanted.end()) {
            missing.add(StockRange.of(wanted.profileType(), from, wanted.end()));
        }
        return Optional.of(missing);
    }

    void apply(StockRange range) {
        ranges.put(range.first(), range);
        touchedInRanges +=
                touched
                        .subMap(StockRange.iccid(range.first()), true, StockRange.iccid(range.end() - 1), true)
                        .keySet()
                        .stream()
                        .filter(iccid -> rangeOf(iccid).filter(range::equals).isPresent())
                        .count();
    }

    Collection<StockRange> ranges() {
        return ranges.values();
    }

    Collection<Profile> touched() {
        return touched.values();
    }

    /** How many profiles are in each state. */
    Map<ProfileState, Long> counts() {
        Map<ProfileState, Long> counts = new EnumMap<>(ProfileState.class);
        for (ProfileState state : ProfileState.values()) {
            counts.put(state, touchedByState.getOrDefault(state, 0L));
        }
        long untouched = ranges.values().stream().mapToLong(StockRange::count).sum() - touchedInRanges;
        counts.merge(ProfileState.AVAILABLE, untouched, Long::sum);
        return counts;
    }

    /** Profiles by ICCID ascending, at most {@code limit} of them, all behind {@code after}. */
    List<Profile> list(@Nullable ProfileState state, String after, int limit) {
        List<Profile> found = new ArrayList<>();
        for (Profile profile : touched.tailMap(after, false).values()) {
            if (found.size() == limit) {
                break;
            }
            if (state == null || profile.state() == state) {
                found.add(profile);
            }
        }
        if (state == null || state == ProfileState.AVAILABLE) {
            found.addAll(untouched(after, limit));
            found.sort((one, other) -> one.iccid().compareTo(other.iccid()));
        }
        return found.size() > limit ? List.copyOf(found.subList(0, limit)) : found;
    }

    private List<Profile> untouched(String after, int limit) {
        List<Profile> found = new ArrayList<>();
        String padded = (after + "0".repeat(StockRange.BODY_DIGITS)).substring(0, StockRange.BODY_DIGITS);
        long from = Long.parseLong(padded);
        for (StockRange range : ranges.values()) {
            for (long body = Math.max(from, range.first()); body < range.end() && found.size() < limit; body++) {
                String iccid = StockRange.iccid(body);
                if (iccid.compareTo(after) > 0 && !touched.containsKey(iccid)) {
                    found.add(Profile.fresh(iccid, range.profileType()));
                }
            }
        }
        return found;
    }
}
