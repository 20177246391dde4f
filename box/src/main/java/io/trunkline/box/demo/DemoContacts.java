package io.trunkline.box.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Whom a line talks to outside of its organization. Numbers are of the ranges that regulators keep for films (Ofcom's
 * 020 7946 0xxx and 0117 496 0xxx, the Bundesnetzagentur's 030 23125 xxx, ARCEP's 01 99 00 xx xx, 555-01xx).
 */
final class DemoContacts {
    private static final int CONTACTS = 14;
    private static final List<String> SENDERS =
            List.of("YourBank", "Parcel24", "TaxiNow", "AirUpdate", "SignIn", "Clinic", "Pharmacy");
    private static final List<String> SHORT_CODES = List.of("60800", "84433", "70007", "86555");

    private final List<String> contacts = new ArrayList<>();

    /** The same ones for the same random numbers. */
    DemoContacts(String home, SplittableRandom random) {
        for (int i = 0; i < CONTACTS; i++) {
            double kind = random.nextDouble();
            int tail = random.nextInt(1_000);
            contacts.add(kind < 0.75 ? at(home, tail) : at(kind < 0.83 ? "DE" : kind < 0.91 ? "FR" : "US", tail));
        }
    }

    private static String at(String country, int tail) {
        return Long.toString(
                switch (country) {
                    case "DE" -> 493_023_125_000L + tail;
                    case "FR" -> 33_199_000_000L + tail * 7L;
                    case "US" -> 12_125_550_100L + tail % 100;
                    default -> (tail % 3 == 0 ? 441_174_960_000L : 442_079_460_000L) + tail;
                });
    }

    /** A number; the first ones more often than the last ones. */
    String any(double drawn) {
        return contacts.get((int) (drawn * drawn * CONTACTS));
    }

    static String sender(double drawn) {
        return SENDERS.get((int) (drawn * SENDERS.size()));
    }

    static String shortCode(double drawn) {
        return SHORT_CODES.get((int) (drawn * SHORT_CODES.size()));
    }
}
