package io.trunkline.box;

import io.trunkline.Trunkline;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertyResolver;

/** The server within this process. */
final class Server implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Server.class);

    private final ConfigurableApplicationContext context;

    private Server(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** What must be there before the server starts, and how it is found. */
    interface Surroundings {
        /**
         * Starts it; logging works from here on. The answer holds defaults: configuration wins.
         *
         * @param configured what is configured already
         */
        Map<String, Object> start(PropertyResolver configured);
    }

    /**
     * Starts it.
     *
     * @param defaults properties that any configuration overrides
     * @param arguments properties that override any configuration, as {@code --name=value}
     */
    static Server start(Map<String, Object> defaults, Surroundings surroundings, String... arguments) {
        var application = new SpringApplication(Trunkline.class);
        application.setRegisterShutdownHook(false);
        application.setDefaultProperties(defaults);
        ApplicationListener<ApplicationEnvironmentPreparedEvent> prepared = event -> event.getEnvironment()
                .getPropertySources()
                .addLast(new MapPropertySource("surroundings", surroundings.start(event.getEnvironment())));
        application.addListeners(prepared);
        return new Server(application.run(arguments));
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    Optional<String> property(String name) {
        return Optional.ofNullable(context.getEnvironment().getProperty(name));
    }

    /** Drains: requests and steps that are under way end, no new ones begin. */
    @Override
    public void close() {
        context.close();
    }

    /**
     * Waits for SIGTERM or SIGINT, closes everything and ends the process with 0: the JVM by itself would end with 143.
     */
    static void untilTerminated(AutoCloseable everything) throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> halt(everything), "shutdown"));
        new CountDownLatch(1).await();
    }

    private static void halt(AutoCloseable everything) {
        int code = 0;
        try {
            everything.close();
        } catch (Exception e) {
            log.error("not everything could be closed", e);
            code = 1;
        }
        Runtime.getRuntime().halt(code);
    }
}
