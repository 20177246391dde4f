package io.trunkline.catalog;

import io.trunkline.network.hlr.Hlr;
import io.trunkline.network.hlr.HlrCode;
import io.trunkline.network.hlr.Services;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class CatalogConfiguration {
    @Bean
    LineCheck lineCheck(Hlr hlr) {
        return (services, numbers) -> hlr.capabilities()
                .refusal(new Services(has(services, "voice"), has(services, "sms"), has(services, "data")), numbers)
                .map(HlrCode::text);
    }

    private static boolean has(List<OrderTemplate.Service> services, String type) {
        return services.stream().anyMatch(service -> service.type().equals(type) && service.enabled());
    }
}
