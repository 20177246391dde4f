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
import org.springframework.util.unit.DataSize;

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
    UsageExportSettings usageExportSettings(
            @Value("${trunkline.usage.exports.workers:2}") int workers,
            @Value("${trunkline.usage.exports.at-once:1}") int atOnce,
            @Value("${trunkline.usage.exports.most:20}") int most,
            @Value("${trunkline.usage.exports.most-size:1GB}") DataSize mostSize,
            @Value("${trunkline.usage.exports.kept:1d}") Duration kept,
            @Value("${trunkline.usage.exports.remembered:30d}") Duration remembered,
            @Value("${trunkline.usage.exports.poll:500ms}") Duration poll,
            @Value("${trunkline.usage.exports.turn:5s}") Duration turn,
            @Value("${trunkline.usage.exports.lease:60s}") Duration lease,
            @Value("${trunkline.usage.exports.tidy-every:10m}") Duration tidyEvery) {
        return new UsageExportSettings(
                workers, atOnce, most, mostSize.toBytes(), kept, remembered, poll, turn, lease, tidyEvery);
    }

    @Bean
    Chore usageExportsChore(UsageExports exports, UsageExportSettings settings) {
        return new Chore("usage-exports", settings.tidyEvery(), exports::tidy);
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
