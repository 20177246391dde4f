package io.trunkline.simulators.smdp;

import java.math.BigInteger;

/** Check digits of ICCIDs (ITU-T E.118: Luhn) and EIDs (GSMA SGP.29: the number mod 97 is 1). */
final class CheckDigits {
    private static final BigInteger EID_MODULUS = BigInteger.valueOf(97);

    private CheckDigits() {}

    /** The ICCID of a body that lacks its check digit. */
    static String completed(String body) {
        return body + (10 - luhnSum(body, 2) % 10) % 10;
    }

    static boolean luhnHolds(String digits) {
        return luhnSum(digits, 1) % 10 == 0;
    }

    /** The EID of 30 digits that lack their two check digits. */
    static String completedEid(String thirty) {
        int check = EID_MODULUS
                .add(BigInteger.ONE)
                .subtract(new BigInteger(thirty + "00").mod(EID_MODULUS))
                .intValue();
        return thirty + (check < 10 ? "0" : "") + check;
    }

    static boolean eidHolds(String digits) {
        return new BigInteger(digits).mod(EID_MODULUS).equals(BigInteger.ONE);
    }

    /** @param weight of the last digit; weights alternate between 1 and 2 towards the first */
    private static int luhnSum(String digits, int weight) {
        int sum = 0;
        int factor = weight;
        for (int i = digits.length() - 1; i >= 0; i--) {
            int product = (digits.charAt(i) - '0') * factor;
            sum += product > 9 ? product - 9 : product;
            factor = 3 - factor;
        }
        return sum;
    }
}
