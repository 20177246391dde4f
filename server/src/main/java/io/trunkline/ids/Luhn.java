package io.trunkline.ids;

/** The Luhn check digit (ISO/IEC 7812-1, annex B), as an ICCID ends with one. */
final class Luhn {
    private Luhn() {}

    static int checkDigit(String body) {
        return (10 - sum(body, true) % 10) % 10;
    }

    static boolean holds(String digits) {
        return sum(digits, false) % 10 == 0;
    }

    private static int sum(String digits, boolean doubleLast) {
        int sum = 0;
        boolean doubled = doubleLast;
        for (int i = digits.length() - 1; i >= 0; i--) {
            int digit = digits.charAt(i) - '0';
            int weighted = doubled ? digit * 2 : digit;
            sum += weighted > 9 ? weighted - 9 : weighted;
            doubled = !doubled;
        }
        return sum;
    }
}
