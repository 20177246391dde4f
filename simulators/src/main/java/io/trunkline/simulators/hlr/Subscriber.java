package io.trunkline.simulators.hlr;

import org.jspecify.annotations.Nullable;

/**
 * A subscriber.
 *
 * @param id one more than the largest at that time
 * @param msisdn absent where it has none
 * @param csEnabled voice and SMS
 * @param psEnabled data
 */
record Subscriber(
        long id,
        String imsi,
        @Nullable String msisdn,
        boolean csEnabled,
        boolean psEnabled,
        @Nullable Keys keys) {
    /**
     * For Milenage (3GPP TS 35.205).
     *
     * @param variant {@code op} or {@code opc}: what {@code operator} is
     */
    record Keys(String k, String variant, String operator) {
        /** Without the keys. */
        @Override
        public String toString() {
            return "Keys[]";
        }
    }

    /** As a new one is: with all services, without number and keys. */
    static Subscriber fresh(long id, String imsi) {
        return new Subscriber(id, imsi, null, true, true, null);
    }

    Subscriber withMsisdn(@Nullable String number) {
        return new Subscriber(id, imsi, number, csEnabled, psEnabled, keys);
    }

    Subscriber withServices(boolean cs, boolean ps) {
        return new Subscriber(id, imsi, msisdn, cs, ps, keys);
    }

    Subscriber withKeys(@Nullable Keys others) {
        return new Subscriber(id, imsi, msisdn, csEnabled, psEnabled, others);
    }
}
