package io.trunkline.subscriptions;

import io.trunkline.database.Chore;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class StockConfiguration {
    @Bean
    StockSettings stockSettings(
            @Value("${trunkline.stock.quarantine:90d}") Duration quarantine,
            @Value("${trunkline.stock.poll:1m}") Duration poll,
            @Value("${trunkline.stock.number-warnings:1000,100,1}") List<Long> numbers,
            @Value("${trunkline.stock.profile-warnings:1000,100,1}") List<Long> profiles) {
        return new StockSettings(quarantine, poll, numbers, profiles);
    }

    @Bean
    Chore stockChore(Quarantine quarantine, StockLevels levels, StockSettings settings) {
        return new Chore("stock", settings.poll(), () -> {
            quarantine.end();
            levels.count();
        });
    }
}
