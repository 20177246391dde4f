package io.trunkline.orders;

import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class OrdersConfiguration {
    @Bean
    OrderSettings orderSettings(
            @Value("${trunkline.orders.in-flight:" + OrderSettings.ORDERS_IN_FLIGHT + "}") int inFlight,
            @Value("${trunkline.orders.smdp-in-flight:" + OrderSettings.SMDP_IN_FLIGHT + "}") int smdpInFlight,
            @Value("${trunkline.orders.hlr-in-flight:" + OrderSettings.HLR_IN_FLIGHT + "}") int hlrInFlight,
            @Value("${trunkline.orders.mail-in-flight:" + OrderSettings.MAIL_IN_FLIGHT + "}") int mailInFlight,
            @Value("${trunkline.orders.batch-in-flight:" + OrderSettings.BATCH_IN_FLIGHT + "}") int batchInFlight,
            @Value("${trunkline.orders.lease:15s}") Duration lease,
            @Value("${trunkline.orders.mail-lease:60s}") Duration mailLease,
            @Value("${trunkline.orders.poll:500ms}") Duration poll,
            @Value("${trunkline.orders.first-retry:500ms}") Duration firstRetry,
            @Value("${trunkline.orders.longest-retry:60s}") Duration longestRetry,
            @Value("${trunkline.orders.step-deadline:15m}") Duration stepDeadline,
            @Value("${trunkline.orders.mail-deadline:24h}") Duration mailDeadline,
            @Value("${trunkline.orders.sim-change-wait:72h}") Duration simChangeWait,
            @Value("${trunkline.orders.stock-attempts:" + OrderSettings.STOCK_ATTEMPTS + "}") int stockAttempts,
            @Value("${trunkline.orders.circuit-failures:" + OrderSettings.CIRCUIT_FAILURES + "}") int circuitFailures,
            @Value("${trunkline.orders.circuit-pause:5s}") Duration circuitPause) {
        return new OrderSettings(
                inFlight,
                smdpInFlight,
                hlrInFlight,
                mailInFlight,
                batchInFlight,
                lease,
                mailLease,
                poll,
                firstRetry,
                longestRetry,
                stepDeadline,
                mailDeadline,
                simChangeWait,
                stockAttempts,
                circuitFailures,
                circuitPause);
    }

    /** Never a reason not to be ready: every server meets the same neighbours, and orders wait. */
    @Bean
    HealthIndicator neighboursHealthIndicator(Lanes lanes) {
        return () -> {
            Health.Builder health = Health.up();
            for (Lane lane : lanes.all()) {
                lane.circuit()
                        .ifPresent(circuit -> health.withDetail(lane.neighbour().text(), circuit.state()));
            }
            return health.build();
        };
    }
}
