package io.trunkline.network.hlr;

import java.util.regex.Pattern;

/**
 * What a SIM and its network share, for Milenage (3GPP TS 35.205). Secrets.
 *
 * @param ki the subscriber's key, 32 hexadecimal digits
 * @param opc the operator's variant, derived for this SIM (OPc, never OP), 32 hexadecimal digits
 */
public record SimKeys(String ki, String opc) {
    private static final Pattern SHAPE = Pattern.compile("[0-9a-fA-F]{32}");

    public SimKeys {
        if (!SHAPE.matcher(ki).matches() || !SHAPE.matcher(opc).matches()) {
            throw new IllegalArgumentException("Ki and OPc are 32 hexadecimal digits each, got " + ki.length() + " and "
                    + opc.length() + " characters");
        }
    }

    /** Without the keys. */
    @Override
    public String toString() {
        return "SimKeys[]";
    }
}
