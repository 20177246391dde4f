package io.trunkline.sms;

import com.google.i18n.phonenumbers.PhoneNumberUtil;
import io.trunkline.ids.Msisdn;
import java.util.Set;

/** Which numbers cannot exist (ITU-T E.164): only what no country could ever give out. */
final class Numbers {
    private static final int SHORTEST = 7;
    private static final int LONGEST_COUNTRY_CODE = 3;
    private static final Set<Integer> COUNTRY_CODES =
            Set.copyOf(PhoneNumberUtil.getInstance().getSupportedCallingCodes());

    private Numbers() {}

    static boolean canExist(Msisdn number) {
        String digits = number.digits();
        if (digits.length() < SHORTEST || digits.startsWith("0")) {
            return false;
        }
        for (int length = 1; length <= LONGEST_COUNTRY_CODE; length++) {
            if (COUNTRY_CODES.contains(Integer.valueOf(digits.substring(0, length)))) {
                return true;
            }
        }
        return false;
    }
}
