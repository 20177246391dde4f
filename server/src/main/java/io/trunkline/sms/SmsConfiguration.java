package io.trunkline.sms;

import io.trunkline.database.Chore;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class SmsConfiguration {
    private static final Duration TIDY_EVERY = Duration.ofSeconds(5);
    private static final Duration FORGET_EVERY = Duration.ofHours(1);

    @Bean
    SmsSettings smsSettings(
            @Value("${trunkline.sms.lease:60s}") Duration lease,
            @Value("${trunkline.sms.poll:500ms}") Duration poll,
            @Value("${trunkline.sms.first-retry:1s}") Duration firstRetry,
            @Value("${trunkline.sms.longest-retry:60s}") Duration longestRetry,
            @Value("${trunkline.sms.validity:24h}") Duration validity,
            @Value("${trunkline.sms.receipt-patience:1h}") Duration receiptPatience,
            @Value("${trunkline.sms.policy:at-least-once}") String policy,
            @Value("${trunkline.sms.text-retention:90d}") Duration retention,
            @Value("${trunkline.sms.stop-words:en: STOP STOPALL UNSUBSCRIBE CANCEL END QUIT; de: STOPP ABMELDEN;"
                            + " fr: ARRET; es: PARAR BAJA; it: FERMA; nl: AFMELDEN}")
                    String stopWords,
            @Value("${trunkline.sms.start-words:en: START UNSTOP SUBSCRIBE; de: ANMELDEN; fr: REPRENDRE; es: ALTA;"
                            + " it: INIZIA; nl: AANMELDEN}")
                    String startWords) {
        return new SmsSettings(
                lease,
                poll,
                firstRetry,
                longestRetry,
                validity,
                receiptPatience,
                SmsSettings.Policy.of(policy),
                retention,
                words(stopWords),
                words(startWords));
    }

    /** Of all languages: {@code en: STOP END; de: STOPP}. */
    private static Set<String> words(String byLanguage) {
        return Arrays.stream(byLanguage.split(";", -1))
                .map(language -> language.substring(language.indexOf(':') + 1))
                .flatMap(language -> Arrays.stream(language.strip().split("[\\s,]+", -1)))
                .filter(word -> !word.isEmpty())
                .map(word -> word.toUpperCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet());
    }

    @Bean
    Chore smsExpiryChore(SmsTidying tidying) {
        return new Chore("sms-expiry", TIDY_EVERY, tidying::endWhatIsOver);
    }

    @Bean
    Chore smsRetentionChore(SmsTidying tidying) {
        return new Chore("sms-retention", FORGET_EVERY, tidying::forgetOld);
    }
}
