package io.trunkline.security;

import com.nimbusds.jose.JOSEException;
import java.text.ParseException;

/** Whose tokens count, and what one of them allows. */
interface Trust {
    /**
     * Judges a token by its signature, its issuer, its times, and by what is known of its client now.
     *
     * @throws ParseException when it is no token
     * @throws JOSEException when its signature cannot be checked
     */
    Tokens.Verdict judge(String token) throws ParseException, JOSEException;
}
