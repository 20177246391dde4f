package io.trunkline.network;

import io.micrometer.core.instrument.MeterRegistry;
import io.trunkline.network.hlr.CtrlHlr;
import io.trunkline.network.hlr.CtrlSettings;
import io.trunkline.network.hlr.Hlr;
import io.trunkline.network.hlr.RestHlr;
import io.trunkline.network.hlr.RestSettings;
import io.trunkline.network.http.HttpCalls;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The HLR that is configured: by default an OsmoHLR. */
@Configuration(proxyBeanMethods = false)
class HlrConfiguration {
    /** What is told of the HLR whatever it speaks. */
    record Limits(Duration connectTimeout, Duration requestTimeout, int concurrentCalls, Duration maxWait) {}

    @Bean
    Limits hlrLimits(
            @Value("${trunkline.hlr.connect-timeout:2s}") Duration connectTimeout,
            @Value("${trunkline.hlr.request-timeout:5s}") Duration requestTimeout,
            @Value("${trunkline.hlr.concurrent-calls:" + CtrlSettings.DEFAULT_MAX_CONCURRENT_CALLS + "}")
                    int concurrentCalls,
            @Value("${trunkline.hlr.wait:1s}") Duration maxWait) {
        return new Limits(connectTimeout, requestTimeout, concurrentCalls, maxWait);
    }

    @Bean
    Hlr hlr(
            @Value("${trunkline.hlr.type:ctrl}") String type,
            @Value("${trunkline.hlr.host:127.0.0.1}") String host,
            @Value("${trunkline.hlr.port:" + CtrlSettings.DEFAULT_PORT + "}") int port,
            @Value("${trunkline.hlr.connections:" + CtrlSettings.DEFAULT_CONNECTIONS + "}") int connections,
            @Value("${trunkline.hlr.longest-backoff:5s}") Duration longestBackoff,
            @Value("${trunkline.hlr.url:}") String url,
            @Value("${trunkline.hlr.bearer-token:}") String bearerToken,
            Limits limits,
            MeterRegistry meters) {
        Hlr door = switch (type.toLowerCase(Locale.ROOT)) {
            case "ctrl" ->
                new CtrlHlr(new CtrlSettings(
                        host,
                        port,
                        connections,
                        limits.connectTimeout(),
                        limits.requestTimeout(),
                        limits.concurrentCalls(),
                        limits.maxWait(),
                        longestBackoff));
            case "rest" ->
                new RestHlr(new RestSettings(
                        URI.create(url),
                        bearerToken.isEmpty() ? null : bearerToken,
                        new HttpCalls.Limits(
                                limits.connectTimeout(),
                                limits.requestTimeout(),
                                limits.concurrentCalls(),
                                limits.maxWait(),
                                RestSettings.MAX_ANSWER_BYTES)));
            default ->
                throw new IllegalArgumentException("trunkline.hlr.type is \"" + type + "\", expected ctrl or rest");
        };
        return Measured.hlr(door, meters);
    }
}
