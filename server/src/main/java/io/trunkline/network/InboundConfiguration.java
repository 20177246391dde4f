package io.trunkline.network;

import io.trunkline.network.smdp.InboundEs2Plus;
import io.trunkline.network.smdp.InboundSettings;
import io.trunkline.network.smdp.ProgressListener;
import io.trunkline.network.smdp.SmdpSettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Where SM-DP+s report to, if anywhere. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnExpression("!'${trunkline.smdp.inbound-port:}'.isEmpty()")
class InboundConfiguration {
    @Bean
    InboundSettings inboundSettings(
            @Value("${trunkline.smdp.inbound-port:}") int port,
            @Value("${trunkline.smdp.inbound-address:127.0.0.1}") String address,
            @Value("${trunkline.smdp.inbound-certificates:}") String certificates,
            @Value("${trunkline.smdp.inbound-private-key:}") String privateKey,
            @Value("${trunkline.smdp.inbound-trusted-certificates:}") String trusted,
            @Value("${trunkline.smdp.deleted-points:" + InboundSettings.DEFAULT_DELETED_POINTS + "}")
                    String deletedPoints) {
        Set<Integer> points = Arrays.stream(deletedPoints.split(","))
                .map(String::strip)
                .filter(point -> !point.isEmpty())
                .map(Integer::valueOf)
                .collect(Collectors.toSet());
        return new InboundSettings(address, port, tls(certificates, privateKey, trusted), points);
    }

    private static InboundSettings.@Nullable Tls tls(String certificates, String privateKey, String trusted) {
        if (certificates.isEmpty() && privateKey.isEmpty() && trusted.isEmpty()) {
            return null;
        }
        if (certificates.isEmpty() || privateKey.isEmpty()) {
            throw new IllegalArgumentException("trunkline.smdp.inbound-certificates and"
                    + " trunkline.smdp.inbound-private-key come together, and before"
                    + " trunkline.smdp.inbound-trusted-certificates");
        }
        return new InboundSettings.Tls(
                Path.of(certificates), Path.of(privateKey), trusted.isEmpty() ? null : Path.of(trusted));
    }

    @Bean
    InboundEs2Plus inboundEs2Plus(InboundSettings settings, SmdpSettings smdp, List<ProgressListener> listeners) {
        return new InboundEs2Plus(settings, smdp.protocolVersion(), listeners);
    }
}
