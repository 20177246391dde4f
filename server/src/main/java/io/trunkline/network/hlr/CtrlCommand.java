package io.trunkline.network.hlr;

import io.trunkline.ids.Imsi;
import io.trunkline.ids.Msisdn;
import org.jspecify.annotations.Nullable;

/**
 * One command of OsmoHLR's control interface (OsmoHLR User Manual, "Control interface").
 *
 * @param variable what is read or set, e.g. {@code subscriber.by-imsi-001010000000002.msisdn}
 * @param value what it is set to; absent where it is read
 */
record CtrlCommand(String variable, @Nullable String value) {
    static CtrlCommand create(Imsi imsi) {
        return new CtrlCommand("subscriber.create", imsi.digits());
    }

    static CtrlCommand delete(Imsi imsi) {
        return new CtrlCommand("subscriber.delete", imsi.digits());
    }

    static CtrlCommand info(Imsi imsi) {
        return new CtrlCommand(of(imsi, "info"), null);
    }

    static CtrlCommand info(Msisdn number) {
        return new CtrlCommand("subscriber.by-msisdn-" + number.digits() + ".info", null);
    }

    static CtrlCommand number(Imsi imsi, Msisdn number) {
        return new CtrlCommand(of(imsi, "msisdn"), number.digits());
    }

    static CtrlCommand noNumber(Imsi imsi) {
        return new CtrlCommand(of(imsi, "msisdn"), "none");
    }

    /** The new keys replace what is there, and with it the sequence number of the SIM. */
    static CtrlCommand keys(Imsi imsi, SimKeys keys) {
        return new CtrlCommand(of(imsi, "aud3g"), "milenage," + keys.ki() + ",opc," + keys.opc());
    }

    static CtrlCommand circuitSwitched(Imsi imsi, boolean enabled) {
        return new CtrlCommand(of(imsi, "cs-enabled"), enabled ? "1" : "0");
    }

    static CtrlCommand packetSwitched(Imsi imsi, boolean enabled) {
        return new CtrlCommand(of(imsi, "ps-enabled"), enabled ? "1" : "0");
    }

    private static String of(Imsi imsi, String variable) {
        return "subscriber.by-imsi-" + imsi.digits() + "." + variable;
    }

    /** As it goes over the wire. */
    String text(int id) {
        return value == null ? "GET " + id + " " + variable : "SET " + id + " " + variable + " " + value;
    }

    /** Without the value, which may be keys. */
    @Override
    public String toString() {
        return (value == null ? "GET " : "SET ") + variable;
    }
}
