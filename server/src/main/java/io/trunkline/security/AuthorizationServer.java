package io.trunkline.security;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import io.trunkline.web.Json;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.oauth2.server.authorization.OAuth2AuthorizationServerConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.authentication.ClientSecretAuthenticationProvider;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AccessTokenAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientCredentialsAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.JwtGenerator;
import org.springframework.security.oauth2.server.authorization.web.authentication.OAuth2ClientCredentialsAuthenticationConverter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.stereotype.Component;

/**
 * The built-in authorization server: Spring Authorization Server's token endpoint with our clients, our keys and one
 * grant. Tokens are signed and forgotten. Without {@code scope} a token carries all licences of its client.
 */
@Component
class AuthorizationServer {
    static final Duration TOKEN_LIFE = Duration.ofMinutes(5);
    static final String AUDIENCE = "enterprise-apis";

    private final Directory directory;
    private final Secrets secrets;
    private final SigningKeys keys;
    private final Issuer issuer;

    AuthorizationServer(Directory directory, Secrets secrets, SigningKeys keys, Issuer issuer) {
        this.directory = directory;
        this.secrets = secrets;
        this.keys = keys;
        this.issuer = issuer;
    }

    SecurityFilterChain chain(HttpSecurity http) {
        http.securityMatcher(Issuer.TOKEN_PATH)
                .with(
                        new OAuth2AuthorizationServerConfigurer(),
                        server -> server.registeredClientRepository(new Clients())
                                .authorizationService(new Forgetful())
                                .authorizationServerSettings(AuthorizationServerSettings.builder()
                                        .tokenEndpoint(Issuer.TOKEN_PATH)
                                        .build())
                                .tokenGenerator(generator())
                                .clientAuthentication(authentication -> authentication
                                        .authenticationProviders(this::compareByHmac)
                                        .errorResponseHandler(AuthorizationServer::refuse))
                                .tokenEndpoint(token -> token.accessTokenRequestConverters(converters -> {
                                            converters.clear();
                                            converters.add(AuthorizationServer::withAllLicences);
                                        })
                                        .accessTokenResponseHandler(AuthorizationServer::grant)
                                        .errorResponseHandler(AuthorizationServer::refuse)))
                .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                .exceptionHandling(refusals -> refusals.authenticationEntryPoint(
                        (_, response, _) -> answer(response, new OAuth2Error(OAuth2ErrorCodes.INVALID_CLIENT))))
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable);
        return http.build();
    }

    private void compareByHmac(List<AuthenticationProvider> providers) {
        for (AuthenticationProvider provider : providers) {
            if (provider instanceof ClientSecretAuthenticationProvider bySecret) {
                bySecret.setPasswordEncoder(new HmacComparison());
            }
        }
    }

    private JwtGenerator generator() {
        JWKSource<SecurityContext> current = (selector, _) -> selector.select(new JWKSet(keys.current()));
        var generator = new JwtGenerator(new NimbusJwtEncoder(current));
        generator.setJwtCustomizer(this::describe);
        return generator;
    }

    private void describe(JwtEncodingContext context) {
        String clientId = context.getRegisteredClient().getClientId();
        String organization = directory
                .find(clientId)
                .map(Directory.Client::organizationKey)
                .orElseThrow(() -> new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_CLIENT));
        context.getJwsHeader().algorithm(SignatureAlgorithm.RS256).keyId(keys.currentId());
        context.getClaims()
                .issuer(issuer.url())
                .audience(List.of(AUDIENCE))
                .claim("azp", clientId)
                .claim("organization", organization)
                // One string, as RFC 9068 2.2.3 has it.
                .claim("scope", String.join(" ", context.getAuthorizedScopes()));
    }

    /** RFC 6749 3.3 lets the server choose for a request without a scope: everything that the client has. */
    private static @Nullable Authentication withAllLicences(HttpServletRequest request) {
        Authentication asked = new OAuth2ClientCredentialsAuthenticationConverter().convert(request);
        if (asked instanceof OAuth2ClientCredentialsAuthenticationToken token
                && token.getScopes().isEmpty()
                && token.getPrincipal() instanceof OAuth2ClientAuthenticationToken client
                && client.getRegisteredClient() != null) {
            Set<String> all = new LinkedHashSet<>(client.getRegisteredClient().getScopes());
            return new OAuth2ClientCredentialsAuthenticationToken(client, all, token.getAdditionalParameters());
        }
        return asked;
    }

    /**
     * RFC 6749 5.1. Spring's own answer counts {@code expires_in} from when it is written, and so tells a second less
     * than the token's life.
     */
    private static void grant(HttpServletRequest request, HttpServletResponse response, Authentication granted)
            throws IOException {
        if (!(granted instanceof OAuth2AccessTokenAuthenticationToken authentication)) {
            throw new IllegalStateException("a token was granted as " + granted.getClass());
        }
        OAuth2AccessToken token = authentication.getAccessToken();
        write(
                response,
                Json.text(json -> json.text("access_token", token.getTokenValue())
                        .text("token_type", token.getTokenType().getValue())
                        .number("expires_in", TOKEN_LIFE.toSeconds())
                        .text("scope", String.join(" ", token.getScopes()))));
    }

    /** RFC 6749 5.2. */
    private static void refuse(
            HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
            throws IOException {
        OAuth2Error error = failure instanceof OAuth2AuthenticationException oauth
                ? oauth.getError()
                : new OAuth2Error(OAuth2ErrorCodes.SERVER_ERROR);
        answer(response, error);
    }

    private static void answer(HttpServletResponse response, OAuth2Error error) throws IOException {
        boolean unknownClient = error.getErrorCode().equals(OAuth2ErrorCodes.INVALID_CLIENT);
        response.setStatus(unknownClient ? HttpServletResponse.SC_UNAUTHORIZED : HttpServletResponse.SC_BAD_REQUEST);
        if (unknownClient) {
            response.setHeader("WWW-Authenticate", "Basic realm=\"enterprise-apis\"");
        }
        write(
                response,
                Json.text(json ->
                        json.text("error", error.getErrorCode()).text("error_description", description(error))));
    }

    private static void write(HttpServletResponse response, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        response.setHeader("Cache-Control", "no-store");
        response.setContentType("application/json");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    private static String description(OAuth2Error error) {
        return switch (error.getErrorCode()) {
            case OAuth2ErrorCodes.INVALID_CLIENT -> "the client is unknown, or its secret is wrong";
            case OAuth2ErrorCodes.INVALID_SCOPE -> "scope names something that is no licence of this client";
            case OAuth2ErrorCodes.UNSUPPORTED_GRANT_TYPE -> "grant_type is client_credentials here";
            case OAuth2ErrorCodes.INVALID_REQUEST ->
                "expected a form with grant_type, client_id and client_secret, each once";
            default -> "the token request was refused";
        };
    }

    /** Our clients as the authorization server sees them. */
    private final class Clients implements RegisteredClientRepository {
        @Override
        public void save(RegisteredClient client) {
            throw new UnsupportedOperationException("clients are registered by the operator");
        }

        @Override
        public @Nullable RegisteredClient findById(String id) {
            return findByClientId(id);
        }

        @Override
        public @Nullable RegisteredClient findByClientId(String clientId) {
            return directory
                    .find(clientId)
                    .filter(Directory.Client::active)
                    .map(client -> RegisteredClient.withId(client.clientId())
                            .clientId(client.clientId())
                            .clientSecret(String.join(",", client.secretMacs()))
                            .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
                            .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                            .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
                            .scopes(scopes -> client.licences().forEach(licence -> scopes.add(licence.scope())))
                            .tokenSettings(TokenSettings.builder()
                                    .accessTokenTimeToLive(TOKEN_LIFE)
                                    .build())
                            .build())
                    .orElse(null);
        }
    }

    /** Compares a secret with the codes of a client's valid ones. */
    private final class HmacComparison implements PasswordEncoder {
        @Override
        public String encode(@Nullable CharSequence secret) {
            throw new UnsupportedOperationException("secrets are made by Secrets");
        }

        @Override
        public boolean matches(@Nullable CharSequence secret, @Nullable String macs) {
            return secret != null
                    && macs != null
                    && !macs.isEmpty()
                    && secrets.holds(secret.toString(), List.of(macs.split(",")));
        }
    }

    /** Tokens of client credentials are not stored: nothing would ever read them. */
    private static final class Forgetful implements OAuth2AuthorizationService {
        @Override
        public void save(OAuth2Authorization authorization) {
            // Forgotten on purpose.
        }

        @Override
        public void remove(OAuth2Authorization authorization) {
            // There is nothing to remove.
        }

        @Override
        public @Nullable OAuth2Authorization findById(String id) {
            return null;
        }

        @Override
        public @Nullable OAuth2Authorization findByToken(String token, @Nullable OAuth2TokenType type) {
            return null;
        }
    }
}
