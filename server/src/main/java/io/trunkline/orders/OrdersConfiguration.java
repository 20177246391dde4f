package io.trunkline.orders;

import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class OrdersConfiguration {
    @Bean
    OrderSettings orderSettings(
            @Value("${trunkline.orders.in-flight:" + OrderSettings.ORDERS_IN_FLIGHT + "}") int inFlight,
            @Value("${trunkline.orders.lease:15s}") Duration lease,
            @Value("${trunkline.orders.mail-lease:60s}") Duration mailLease,
            @Value("${trunkline.orders.poll:500ms}") Duration poll,
            @Value("${trunkline.orders.first-retry:500ms}") Duration firstRetry,
            @Value("${trunkline.orders.longest-retry:60s}") Duration longestRetry,
            @Value("${trunkline.orders.step-deadline:15m}") Duration stepDeadline,
            @Value("${trunkline.orders.mail-deadline:24h}") Duration mailDeadline) {
        return new OrderSettings(
                inFlight, lease, mailLease, poll, firstRetry, longestRetry, stepDeadline, mailDeadline);
    }
}
