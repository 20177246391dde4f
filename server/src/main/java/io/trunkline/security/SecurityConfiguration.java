package io.trunkline.security;

import io.trunkline.database.Chore;
import io.trunkline.keys.Vault;
import io.trunkline.web.Problems;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.core.Ordered;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.AbstractSecurityWebApplicationInitializer;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {
    /** After the correlation id, before everything else. */
    private static final int FIRST = Ordered.HIGHEST_PRECEDENCE + 10;

    @Bean
    Secrets secrets(Vault vault) {
        return new Secrets(vault);
    }

    /** Tokens can be signed, and verified by what is known of clients and keys now. */
    @Bean
    HealthIndicator signingKeysHealthIndicator(SigningKeys keys, Epoch epoch) {
        return () -> (epoch.isFresh() ? Health.up() : Health.down())
                .withDetail("published", keys.published().size())
                .withDetail("revocations", epoch.isFresh() ? "known" : "not read lately")
                .build();
    }

    @Bean
    Chore signingKeysTended(
            SigningKeys keys, @Value("${trunkline.security.signing-key-life:90d}") Duration signingKeyLife) {
        return new Chore("signing keys", Duration.ofHours(1), () -> keys.tend(signingKeyLife));
    }

    /** Our own tokens, or those of another issuer: never both. */
    @Bean
    Trust trust(
            SigningKeys keys,
            Directory directory,
            Epoch epoch,
            Issuer issuer,
            Clock clock,
            @Value("${trunkline.security.issuer:}") String foreign,
            @Value("${trunkline.security.issuer-keys:}") String foreignKeys,
            @Value("${trunkline.security.audience:}") String audience,
            @Value("${trunkline.security.organization-claim:organization}") String organizationClaim,
            @Value("${trunkline.security.issuer-timeout:2s}") Duration timeout) {
        if (foreign.isEmpty()) {
            return new OwnTrust(keys, directory, epoch, issuer, clock);
        }
        var settings = new ForeignIssuer(
                URI.create(foreign),
                Optional.of(foreignKeys).filter(given -> !given.isEmpty()).map(URI::create),
                Optional.of(audience).filter(given -> !given.isEmpty()),
                organizationClaim,
                timeout);
        return new ForeignTrust(settings, directory, clock);
    }

    @Bean
    SecurityFilterChain tokenEndpoint(HttpSecurity http, AuthorizationServer server) {
        return server.chain(http);
    }

    @Bean
    FilterRegistrationBean<CallerFilter> callers(Tokens tokens, Trust trust, Problems problems) {
        var registration = new FilterRegistrationBean<>(
                new CallerFilter(tokens, new RateLimits(System::nanoTime), problems, trust instanceof OwnTrust));
        registration.setOrder(FIRST);
        return registration;
    }

    @Bean
    FilterRegistrationBean<TokenEndpointGate> tokenEndpointGate(Problems problems, Clock clock) {
        var registration = new FilterRegistrationBean<>(new TokenEndpointGate(new FailedLogins(clock), problems));
        registration.setOrder(FIRST + 1);
        registration.addUrlPatterns(Issuer.TOKEN_PATH);
        return registration;
    }

    /** Spring Security's chain has one path to guard, and nothing else passes it. */
    @Bean
    DelegatingFilterProxyRegistrationBean tokenEndpointChain() {
        var registration = new DelegatingFilterProxyRegistrationBean(
                AbstractSecurityWebApplicationInitializer.DEFAULT_FILTER_NAME);
        registration.setOrder(FIRST + 2);
        registration.addUrlPatterns(Issuer.TOKEN_PATH);
        return registration;
    }

    @Bean
    WebMvcConfigurer callerArguments() {
        return new WebMvcConfigurer() {
            @Override
            public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
                resolvers.add(new CallerResolver());
            }

            @Override
            public void addInterceptors(InterceptorRegistry registry) {
                registry.addInterceptor(new LicenceCheck())
                        .addPathPatterns(CallerFilter.API, CallerFilter.API + "/**", CallerFilter.OPERATOR + "/**");
            }
        };
    }

    private static final class CallerResolver implements HandlerMethodArgumentResolver {
        @Override
        public boolean supportsParameter(MethodParameter parameter) {
            return parameter.getParameterType() == Caller.class;
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
            return CallerFilter.of(servletRequest);
        }
    }
}
