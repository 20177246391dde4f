package io.trunkline;

import java.time.Clock;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.annotation.Bean;

/** The server. {@code box} starts it with the defaults that make it whole; every room brings its own beans. */
@SpringBootApplication(
        proxyBeanMethods = false,
        exclude = {DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class})
public class Trunkline {
    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }
}
