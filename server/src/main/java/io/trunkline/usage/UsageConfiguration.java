package io.trunkline.usage;

import io.trunkline.database.Chore;
import io.trunkline.database.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Period;
import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class UsageConfiguration {
    @Bean
    UsageSettings usageSettings(
            @Value("${trunkline.usage.examined-rows:5000}") int examinedRows,
            @Value("${trunkline.usage.retention:P24M}") Period retention,
            @Value("${trunkline.usage.months-ahead:2}") int monthsAhead,
            @Value("${trunkline.usage.partitions-every:1h}") Duration partitionsEvery,
            @Value("${trunkline.usage.fold-every:5m}") Duration foldEvery,
            @Value("${trunkline.usage.retention-every:1d}") Duration retentionEvery,
            @Value("${trunkline.usage.closes-after:10d}") Duration closesAfter,
            @Value("${trunkline.usage.amounts:}") List<Long> amounts,
            @Value("${trunkline.usage.sequencer-poll:250ms}") Duration sequencerPoll) {
        return new UsageSettings(
                examinedRows,
                retention,
                monthsAhead,
                partitionsEvery,
                foldEvery,
                retentionEvery,
                closesAfter,
                List.copyOf(amounts),
                sequencerPoll);
    }

    @Bean
    FeedSettings feedSettings(
            @Value("${trunkline.usage.directory:}") String directory,
            @Value("${trunkline.usage.quiet-time:10s}") Duration quietTime,
            @Value("${trunkline.usage.poll:1s}") Duration poll,
            @Value("${trunkline.usage.late-after:1h}") Duration lateAfter,
            @Value("${trunkline.usage.columns:}") List<String> columns) {
        return new FeedSettings(
                Optional.of(directory).filter(given -> !given.isEmpty()).map(Path::of),
                quietTime,
                poll,
                lateAfter,
                FeedSettings.columns(columns));
    }

    @Bean
    Chore usagePartitionsChore(UsagePartitions partitions, UsageSettings settings) {
        return new Chore("usage-partitions", settings.partitionsEvery(), partitions::maintain);
    }

    @Bean
    Chore usageRollupsChore(Database database, UsageSettings settings) {
        return new Chore("usage-rollups", settings.foldEvery(), () -> UsageRollups.fold(database));
    }

    @Bean
    Chore usageRetentionChore(UsageRetention retention, UsageSettings settings) {
        return new Chore("usage-retention", settings.retentionEvery(), retention::maintain);
    }
}
