package io.trunkline.simulators.smdp;

/**
 * Profiles of one type with consecutive numbers, none of them touched or some.
 *
 * @param firstBody the first ICCID's 18 digits without the check digit
 */
record StockRange(String profileType, String firstBody, long count) {
    static final int BODY_DIGITS = 18;

    long first() {
        return Long.parseLong(firstBody);
    }

    /** The first number behind the range. */
    long end() {
        return first() + count;
    }

    boolean holds(long body) {
        return body >= first() && body < end();
    }

    static StockRange of(String profileType, long first, long end) {
        return new StockRange(profileType, body(first), end - first);
    }

    static String body(long number) {
        String digits = Long.toString(number);
        return "0".repeat(BODY_DIGITS - digits.length()) + digits;
    }

    static String iccid(long number) {
        return CheckDigits.completed(body(number));
    }
}
