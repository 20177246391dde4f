package io.trunkline.usage;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** In which country a network or a number is. */
final class Countries {
    /** Of numbers and networks of no country (+882, MCC 901). */
    private static final Optional<String> NONE = Optional.empty();

    private static final String NOT_GEOGRAPHICAL = "001";
    private static final int MCC_DIGITS = 3;
    private static final int REMEMBERED = 200_000;
    private static final Set<String> ISO = Set.of(Locale.getISOCountries());
    private static final Map<String, Optional<String>> NETWORKS = networks();
    private static final PhoneNumberUtil NUMBERS = PhoneNumberUtil.getInstance();

    private static final Map<String, Optional<String>> KNOWN_NUMBERS = new ConcurrentHashMap<>();

    private Countries() {}

    /**
     * Where something is.
     *
     * @param country null where that is in no country
     */
    record Place(@Nullable String country) {}

    private static Map<String, Optional<String>> networks() {
        try (InputStream in = Countries.class.getResourceAsStream("networks.txt")) {
            if (in == null) {
                throw new IllegalStateException("the resource networks.txt is missing");
            }
            var networks = new HashMap<String, Optional<String>>();
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" ", -1))
                    .forEach(entry -> networks.put(entry[0], entry[1].equals("-") ? NONE : Optional.of(entry[1])));
            return Map.copyOf(networks);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of MCC and MNC, digits; empty where there is no such MCC. */
    static Optional<Place> ofNetwork(String network) {
        Optional<String> found = Optional.ofNullable(NETWORKS.get(network))
                .or(() -> Optional.ofNullable(NETWORKS.get(network.substring(0, MCC_DIGITS))))
                .map(country -> country.orElse(""));
        return found.map(country -> new Place(country.isEmpty() ? null : country));
    }

    /** ISO 3166-1 alpha-2 in any case; empty where it is no country's. */
    static Optional<Place> ofCode(String code) {
        return Optional.of(code.toUpperCase(Locale.ROOT)).filter(ISO::contains).map(Place::new);
    }

    /** By a number's prefix, whether or not it is a possible number; empty where that is no country's. */
    static Optional<String> ofNumber(String digits) {
        Optional<String> known = KNOWN_NUMBERS.get(digits);
        if (known == null) {
            if (KNOWN_NUMBERS.size() >= REMEMBERED) {
                KNOWN_NUMBERS.clear();
            }
            known = find(digits);
            KNOWN_NUMBERS.put(digits, known);
        }
        return known;
    }

    private static Optional<String> find(String digits) {
        try {
            PhoneNumber number = NUMBERS.parse("+" + digits, null);
            List<String> regions = NUMBERS.getRegionCodesForCountryCode(number.getCountryCode());
            String region = regions.size() > 1 ? NUMBERS.getRegionCodeForNumber(number) : null;
            return Optional.ofNullable(region)
                    .or(() -> regions.stream().findFirst())
                    .filter(found -> !found.equals(NOT_GEOGRAPHICAL));
        } catch (NumberParseException e) {
            return NONE;
        }
    }
}
