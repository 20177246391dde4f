package io.trunkline.web;

import io.trunkline.database.Chore;
import io.trunkline.database.Database;
import io.trunkline.keys.Vault;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.apache.catalina.core.StandardHost;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.core.Ordered;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** The room's beans, and its places in the way of a request. */
@Configuration(proxyBeanMethods = false)
class WebConfiguration {
    /** A page of usage in a few writes: with Tomcat's 8 KB it takes ten, each a call of the kernel. */
    private static final int WRITE_BUFFER_BYTES = 32 * 1024;

    private static final Duration EVERY_TEN_MINUTES = Duration.ofMinutes(10);

    @Bean
    PublicUrl publicUrl(
            @Value("${trunkline.public-url:}") String configured,
            @Value("${server.address:127.0.0.1}") InetAddress address) {
        return new PublicUrl(configured, address);
    }

    @Bean
    Problems problems(PublicUrl publicUrl) {
        return new Problems(publicUrl);
    }

    @Bean
    FilterRegistrationBean<Correlation> correlation(Problems problems) {
        var registration = new FilterRegistrationBean<>(new Correlation(problems));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
        return registration;
    }

    /** Only where there are proxies to trust: nobody else pays for it. */
    @Bean
    @ConditionalOnExpression("!'${trunkline.trusted-proxies:}'.isEmpty()")
    FilterRegistrationBean<BehindProxies> behindProxies(
            @Value("${trunkline.trusted-proxies:}") List<String> trustedProxies, PublicUrl publicUrl) {
        var registration = new FilterRegistrationBean<>(new BehindProxies(new Proxies(trustedProxies), publicUrl));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }

    @Bean
    Draining draining(@Value("${trunkline.drain-delay:0s}") Duration delay) {
        return new Draining(delay);
    }

    @Bean
    Idempotency idempotency(Database database, Vault vault, AnswerSeal seal, Clock clock) {
        return new Idempotency(database, vault, seal, clock);
    }

    @Bean
    Chore forgettingOldAnswers(Idempotency idempotency) {
        return new Chore("forget-old-answers", EVERY_TEN_MINUTES, idempotency::forgetOld);
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> containerProblems(Problems problems) {
        return factory -> factory.addContextCustomizers(context -> {
            if (context.getParent() instanceof StandardHost host) {
                // The host makes one of its own unless it finds none named here.
                host.setErrorReportValveClass("");
                host.getPipeline().addValve(new ContainerProblems(problems));
            }
        });
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> wholePages() {
        return factory -> factory.addConnectorCustomizers(connector -> {
            boolean known = connector.setProperty("socket.appWriteBufSize", Integer.toString(WRITE_BUFFER_BYTES));
            if (!known) {
                throw new IllegalStateException("the connector has no socket.appWriteBufSize");
            }
        });
    }

    @Bean
    WebMvcConfigurer exchanges(PublicUrl publicUrl, Vault vault) {
        var cursors = new Cursors(vault);
        return new WebMvcConfigurer() {
            @Override
            public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
                resolvers.add(new ExchangeResolver(publicUrl, cursors));
            }
        };
    }

    private record ExchangeResolver(PublicUrl publicUrl, Cursors cursors) implements HandlerMethodArgumentResolver {
        @Override
        public boolean supportsParameter(MethodParameter parameter) {
            return parameter.getParameterType() == Exchange.class;
        }

        @Override
        public Object resolveArgument(
                MethodParameter parameter,
                @Nullable ModelAndViewContainer container,
                NativeWebRequest request,
                @Nullable WebDataBinderFactory binders) {
            HttpServletRequest servletRequest = request.getNativeRequest(HttpServletRequest.class);
            if (servletRequest == null) {
                throw new IllegalStateException("a servlet request is expected, not " + request);
            }
            return new Exchange(servletRequest, publicUrl, cursors);
        }
    }
}
