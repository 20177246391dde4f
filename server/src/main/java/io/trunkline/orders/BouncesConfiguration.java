package io.trunkline.orders;

import io.micrometer.core.instrument.MeterRegistry;
import io.trunkline.database.Chore;
import io.trunkline.database.Database;
import io.trunkline.events.Events;
import io.trunkline.network.OwnAuthorities;
import io.trunkline.network.mail.BounceSettings;
import io.trunkline.network.mail.ImapBounces;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The mailbox that mails come back to, where one is configured. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("trunkline.mail.bounces.host")
class BouncesConfiguration {
    @Bean
    BounceSettings bounceSettings(
            @Value("${trunkline.mail.bounces.host:}") String host,
            @Value("${trunkline.mail.bounces.port:143}") int port,
            @Value("${trunkline.mail.bounces.username:}") String username,
            @Value("${trunkline.mail.bounces.password:#{null}}") @Nullable String password,
            @Value("${trunkline.mail.bounces.tls:none}") BounceSettings.Tls tls,
            @Value("${trunkline.mail.bounces.folder:INBOX}") String folder,
            @Value("${trunkline.mail.bounces.read-timeout:10s}") Duration readTimeout) {
        return new BounceSettings(
                host, port, username, password, tls, folder, readTimeout, BounceSettings.DEFAULT_SESSION_TIMEOUT);
    }

    @Bean
    ImapBounces bounceMailbox(
            BounceSettings settings, @Value("${trunkline.mail.bounces.trusted-certificates:}") String trusted) {
        return trusted.isEmpty()
                ? new ImapBounces(settings)
                : new ImapBounces(settings, OwnAuthorities.trusting("the bounce mailbox", Path.of(trusted)));
    }

    @Bean
    Bounces bounces(
            Database database,
            ImapBounces mailbox,
            BounceSettings settings,
            ReturnPaths returns,
            OrderView.Reader views,
            Events events,
            MeterRegistry meters,
            Clock clock,
            @Value("${trunkline.mail.bounces.at-once:500}") int most) {
        if (most < 1) {
            throw new IllegalArgumentException("trunkline.mail.bounces.at-once is at least 1, not " + most);
        }
        String name = settings.username() + "/" + settings.folder();
        return new Bounces(database, mailbox, name, most, returns, views, events, meters, clock);
    }

    @Bean
    Chore lookForBounces(Bounces bounces, @Value("${trunkline.mail.bounces.every:60s}") Duration every) {
        return new Chore("mail-bounces", every, bounces::look);
    }
}
