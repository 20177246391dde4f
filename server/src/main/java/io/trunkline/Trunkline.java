package io.trunkline;

import java.time.Clock;
import java.time.ZoneOffset;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;

/** The server. {@code box} starts it with the defaults that make it whole; every room brings its own beans. */
@SpringBootApplication(
        proxyBeanMethods = false,
        exclude = {
            DataSourceAutoConfiguration.class,
            FlywayAutoConfiguration.class,
            // What the container refuses is a problem, too (ContainerProblems), and no page of another kind.
            ErrorMvcAutoConfiguration.class,
            // The room of security says which paths pass Spring Security's chain.
            SecurityFilterAutoConfiguration.class
        })
public class Trunkline {
    /** Whole milliseconds: what is answered at once is what is answered later from the database. */
    @Bean
    Clock clock() {
        return Clock.tickMillis(ZoneOffset.UTC);
    }
}
