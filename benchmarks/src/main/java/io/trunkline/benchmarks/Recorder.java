package io.trunkline.benchmarks;

import io.trunkline.Trunkline;
import io.trunkline.benchmarks.Statement.Parameter;
import io.trunkline.database.Connections;
import io.trunkline.database.Database;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The product's own server once more, within this process, which writes down the statements that each request runs. So
 * the limit runs the very statements with the very values, and cannot fall behind the product.
 */
final class Recorder implements AutoCloseable {
    private final ConfigurableApplicationContext context;
    private final List<Statement> seen;

    private Recorder(ConfigurableApplicationContext context, List<Statement> seen) {
        this.context = context;
        this.seen = seen;
    }

    static Recorder start(Installation installation) {
        List<Statement> seen = Collections.synchronizedList(new ArrayList<>());
        var properties = new HashMap<String, Object>(Map.of(
                "server.port", "0",
                "management.server.port", "0",
                "logging.threshold.console", "OFF",
                "trunkline.database.url", installation.databaseUrl(),
                "trunkline.master-key-file", installation.masterKey().toString(),
                "trunkline.chores.poll", "1h",
                // Nobody orders here.
                "trunkline.smdp.url", "http://127.0.0.1:9",
                "trunkline.mail.host", "127.0.0.1",
                "trunkline.mail.port", "9"));
        properties.putAll(Map.of("trunkline.hlr.host", "127.0.0.1", "trunkline.hlr.port", "9"));
        var application = new SpringApplication(Trunkline.class);
        application.setRegisterShutdownHook(false);
        application.setDefaultProperties(properties);
        application.addInitializers(starting -> starting.getBeanFactory().addBeanPostProcessor(new Recording(seen)));
        return new Recorder(application.run(), seen);
    }

    /** The statements of each of these requests. */
    List<List<Statement>> record(Installation installation, List<Ask> asks) {
        String url = "http://127.0.0.1:"
                + Objects.requireNonNull(((WebServerApplicationContext) context).getWebServer())
                        .getPort();
        var recorded = new ArrayList<List<Statement>>();
        try (var connection = new JdkClient.Connection(url)) {
            for (Call call : new Tokens(url, installation.clients()).calls(asks)) {
                seen.clear();
                connection.get(call);
                recorded.add(List.copyOf(seen));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return recorded;
    }

    @Override
    public void close() {
        context.close();
    }

    /** Puts itself between the product and the pool of its requests. */
    private record Recording(List<Statement> seen) implements BeanPostProcessor {
        private static final Map<Boolean, Connections> POOLS = new TreeMap<>();

        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
            if (bean instanceof Connections connections) {
                POOLS.put(true, connections);
            }
            if (bean instanceof Database) {
                Connections connections = POOLS.get(true);
                if (connections == null) {
                    throw new IllegalStateException("the database was made before its connections");
                }
                return new Database(source(connections.requests()), connections.owner());
            }
            return bean;
        }

        private DataSource source(DataSource source) {
            return proxy(DataSource.class, (_, method, arguments) -> {
                Object answer = call(source, method, arguments);
                return answer instanceof Connection connection ? connection(connection) : answer;
            });
        }

        private Connection connection(Connection connection) {
            var arrays = new IdentityHashMap<Array, Parameter>();
            return proxy(Connection.class, (_, method, arguments) -> {
                Object answer = call(connection, method, arguments);
                if (answer instanceof Array array && arguments != null) {
                    arrays.put(array, new Parameter.Elements((String) arguments[0], List.of((Object[]) arguments[1])));
                }
                if (answer instanceof PreparedStatement statement && arguments != null) {
                    int scrollable = arguments.length > 1 ? (int) arguments[1] : ResultSet.TYPE_FORWARD_ONLY;
                    return statement(statement, (String) arguments[0], scrollable, arrays);
                }
                return answer;
            });
        }

        private PreparedStatement statement(
                PreparedStatement statement, String text, int scrollable, Map<Array, Parameter> arrays) {
            var parameters = new TreeMap<Integer, Parameter>();
            return proxy(PreparedStatement.class, (_, method, arguments) -> {
                if (method.getName().startsWith("set") && arguments != null && arguments.length == 2) {
                    parameters.put((int) arguments[0], parameter(method.getName(), arguments[1], arrays));
                }
                if (method.getName().startsWith("execute")) {
                    seen.add(new Statement(text, scrollable, List.copyOf(parameters.values())));
                }
                return call(statement, method, arguments);
            });
        }

        private static Parameter parameter(String how, @Nullable Object value, Map<Array, Parameter> arrays) {
            return switch (how) {
                case "setString" -> new Parameter.Text((String) Objects.requireNonNull(value));
                case "setNull" -> new Parameter.Nothing((int) Objects.requireNonNull(value));
                case "setArray" -> Objects.requireNonNull(arrays.get(value));
                default -> new Parameter.Value(value);
            };
        }

        private static <T> T proxy(Class<T> type, InvocationHandler handler) {
            return type.cast(Proxy.newProxyInstance(Recorder.class.getClassLoader(), new Class<?>[] {type}, handler));
        }

        private static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments)
                throws Throwable {
            try {
                return method.invoke(target, arguments);
            } catch (InvocationTargetException e) {
                throw e.getTargetException();
            }
        }
    }
}
