package io.trunkline.network;

import io.micrometer.core.instrument.MeterRegistry;
import io.trunkline.network.mail.Mailer;
import io.trunkline.network.mail.SmtpMailer;
import io.trunkline.network.mail.SmtpSettings;
import io.trunkline.network.smdp.Discovery;
import io.trunkline.network.smdp.Es2Plus;
import io.trunkline.network.smdp.SmdpPlus;
import io.trunkline.network.smdp.SmdpSettings;
import io.trunkline.network.smdp.SmdpTls;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The neighbours that are configured: by default the simulated ones. */
@Configuration(proxyBeanMethods = false)
class NetworkConfiguration {
    @Bean
    SmdpSettings smdpSettings(
            @Value("${trunkline.smdp.url}") URI url,
            @Value("${trunkline.smdp.address:smdp.trunkline.invalid}") String address,
            @Value("${trunkline.smdp.function-requester:" + SmdpSettings.DEFAULT_REQUESTER + "}") String requester,
            @Value("${trunkline.smdp.protocol-version:" + SmdpSettings.DEFAULT_PROTOCOL_VERSION + "}") String version,
            @Value("${trunkline.smdp.iccid-padding:false}") boolean iccidPadding,
            @Value("${trunkline.smdp.values-as-strings:false}") boolean valuesAsStrings,
            @Value("${trunkline.smdp.connect-timeout:2s}") Duration connectTimeout,
            @Value("${trunkline.smdp.request-timeout:5s}") Duration requestTimeout,
            @Value("${trunkline.smdp.concurrent-calls:" + SmdpSettings.DEFAULT_MAX_CONCURRENT_CALLS + "}")
                    int concurrentCalls,
            @Value("${trunkline.smdp.wait:1s}") Duration maxWait) {
        return new SmdpSettings(
                url,
                address,
                requester,
                version,
                iccidPadding,
                valuesAsStrings,
                connectTimeout,
                requestTimeout,
                concurrentCalls,
                maxWait);
    }

    @Bean
    Discovery discovery(@Value("${trunkline.smdp.smds-address:smds.trunkline.invalid}") String smdsAddress) {
        return new Discovery(smdsAddress);
    }

    /** Over HTTPS with a certificate of ours where there is one: all three files, or none. */
    @Bean
    SmdpPlus smdpPlus(
            SmdpSettings settings,
            MeterRegistry meters,
            @Value("${trunkline.smdp.certificates:}") String certificates,
            @Value("${trunkline.smdp.private-key:}") String privateKey,
            @Value("${trunkline.smdp.trusted-certificates:}") String trusted) {
        return Measured.smdp(es2Plus(settings, certificates, privateKey, trusted), meters);
    }

    private static Es2Plus es2Plus(SmdpSettings settings, String certificates, String privateKey, String trusted) {
        if (certificates.isEmpty() && privateKey.isEmpty() && trusted.isEmpty()) {
            return new Es2Plus(settings);
        }
        if (certificates.isEmpty() || privateKey.isEmpty() || trusted.isEmpty()) {
            throw new IllegalArgumentException("trunkline.smdp.certificates, trunkline.smdp.private-key and"
                    + " trunkline.smdp.trusted-certificates come together");
        }
        return new Es2Plus(settings, SmdpTls.context(Path.of(certificates), Path.of(privateKey), Path.of(trusted)));
    }

    @Bean
    SmtpSettings smtpSettings(
            @Value("${trunkline.mail.host}") String host,
            @Value("${trunkline.mail.port}") int port,
            @Value("${trunkline.mail.username:#{null}}") @Nullable String username,
            @Value("${trunkline.mail.password:#{null}}") @Nullable String password,
            @Value("${trunkline.mail.start-tls:none}") SmtpSettings.StartTls startTls,
            @Value("${trunkline.mail.from:esim@trunkline.invalid}") String from,
            @Value("${trunkline.mail.from-name:Trunkline}") String fromName,
            @Value("${trunkline.mail.client-name:" + SmtpSettings.DEFAULT_CLIENT_NAME + "}") String clientName,
            @Value("${trunkline.mail.read-timeout:5s}") Duration readTimeout,
            @Value("${trunkline.mail.sessions:" + SmtpSettings.DEFAULT_MAX_CONCURRENT_SESSIONS + "}") int sessions) {
        return new SmtpSettings(
                host,
                port,
                username,
                password,
                startTls,
                from,
                fromName,
                clientName,
                SmtpSettings.DEFAULT_CONNECT_TIMEOUT,
                readTimeout,
                SmtpSettings.DEFAULT_WRITE_TIMEOUT,
                SmtpSettings.DEFAULT_SESSION_TIMEOUT,
                sessions,
                SmtpSettings.DEFAULT_MAX_WAIT);
    }

    @Bean
    Mailer mailer(
            SmtpSettings settings,
            MeterRegistry meters,
            @Value("${trunkline.mail.trusted-certificates:}") String trusted) {
        return Measured.mail(
                trusted.isEmpty()
                        ? new SmtpMailer(settings)
                        : new SmtpMailer(settings, OwnAuthorities.trusting("the mail server", Path.of(trusted))),
                meters);
    }
}
