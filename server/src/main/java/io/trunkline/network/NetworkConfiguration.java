package io.trunkline.network;

import io.micrometer.core.instrument.MeterRegistry;
import io.trunkline.network.mail.Mailer;
import io.trunkline.network.mail.SmtpMailer;
import io.trunkline.network.mail.SmtpSettings;
import io.trunkline.network.smdp.Es2Plus;
import io.trunkline.network.smdp.SmdpPlus;
import io.trunkline.network.smdp.SmdpSettings;
import java.net.URI;
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
                connectTimeout,
                requestTimeout,
                concurrentCalls,
                maxWait);
    }

    @Bean
    SmdpPlus smdpPlus(SmdpSettings settings, MeterRegistry meters) {
        return Measured.smdp(new Es2Plus(settings), meters);
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
    Mailer mailer(SmtpSettings settings, MeterRegistry meters) {
        return Measured.mail(new SmtpMailer(settings), meters);
    }
}
