package io.tandem.support;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.servlet.FilterHolder;
import org.eclipse.jetty.servlet.ServletContextHandler;
import org.eclipse.jetty.servlet.ServletHolder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.security.oauth2.core.OAuth2Token;
import org.springframework.security.oauth2.server.authorization.InMemoryOAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.config.annotation.web.configurers.OAuth2AuthorizationServerConfigurer;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;

/**
 * Spring Authorization Server in this JVM, on a free port of loopback: checks secrets, signatures, PKCE, redirects and
 * scopes by itself, and rotates refresh tokens. People log in on its own page, as {@value #PERSON}.
 */
public final class SpringAuthorizationServer implements AutoCloseable {
    public static final String PERSON = "alice";
    public static final String PASSWORD = "alice's p4ssword";

    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\"[^>]* value=\"([^\"]+)\"");

    private final Server server = new Server();
    private final URI issuer;
    private final AnnotationConfigWebApplicationContext context = new AnnotationConfigWebApplicationContext();
    private final InMemoryRegisteredClientRepository clients;
    private final Map<String, JWK> clientKeys = new ConcurrentHashMap<>();
    private final RecordedAuthorizations authorizations = new RecordedAuthorizations();
    private final List<Integer> answers = new CopyOnWriteArrayList<>();
    private final List<String> proofs = new CopyOnWriteArrayList<>();

    public SpringAuthorizationServer() {
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        try {
            connector.open();
            issuer = URI.create("http://127.0.0.1:" + connector.getLocalPort());
            clients = new InMemoryRegisteredClientRepository(
                    client("nobody").clientSecret("{noop}nothing").build());
            server.setHandler(handler());
            server.start();
        } catch (Exception e) {
            throw new IllegalStateException("the authorization server does not start", e);
        }
    }

    private ServletContextHandler handler() {
        ServletContextHandler handler = new ServletContextHandler(ServletContextHandler.SESSIONS);
        handler.addServlet(new ServletHolder(new ClientKeys()), "/client-keys/*");
        handler.addServlet(new ServletHolder(new Nothing()), "/");
        context.setServletContext(handler.getServletContext());
        context.setClassLoader(getClass().getClassLoader());
        context.addBeanFactoryPostProcessor(factory -> {
            factory.registerSingleton("clients", clients);
            factory.registerSingleton("authorizations", authorizations);
            factory.registerSingleton(
                    "settings",
                    AuthorizationServerSettings.builder()
                            .issuer(issuer.toString())
                            .build());
        });
        context.register(Security.class);
        context.refresh();
        EnumSet<DispatcherType> requests = EnumSet.of(DispatcherType.REQUEST);
        handler.addFilter(new FilterHolder(new Answers()), "/oauth2/token", requests);
        Filter security = context.getBean("springSecurityFilterChain", Filter.class);
        for (String paths : List.of("/oauth2/*", "/login", "/.well-known/*")) {
            handler.addFilter(new FilterHolder(security), paths, requests);
        }
        return handler;
    }

    /** A client with nothing but its name; the caller says how it authenticates and what it may do. */
    public static RegisteredClient.Builder client(String id) {
        return RegisteredClient.withId(id)
                .clientId(id)
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS);
    }

    /** A client's secret as the server keeps it. */
    public static String hashed(String secret) {
        return PasswordEncoderFactories.createDelegatingPasswordEncoder().encode(secret);
    }

    public void register(RegisteredClient client) {
        clients.save(client);
    }

    /** Where the server finds {@code publicKey} of a client that signs assertions. */
    public URI serveKey(String client, JWK publicKey) {
        clientKeys.put(client, publicKey.toPublicJWK());
        return URI.create(issuer + "/client-keys/" + client);
    }

    public URI issuer() {
        return issuer;
    }

    public URI tokenUrl() {
        return URI.create(issuer + "/oauth2/token");
    }

    /** The statuses of the token endpoint's answers so far. */
    public List<Integer> answers() {
        return List.copyOf(answers);
    }

    /** What clients have shown to get tokens, besides their secrets: headers, assertions, codes, verifiers. */
    public List<String> proofs() {
        return List.copyOf(proofs);
    }

    /** Whether the server has issued this access token, and it is still good. */
    public boolean active(String accessToken) {
        OAuth2Authorization found = authorizations.findByToken(accessToken, OAuth2TokenType.ACCESS_TOKEN);
        OAuth2Authorization.Token<OAuth2AccessToken> token =
                found == null ? null : found.getToken(OAuth2AccessToken.class);
        return token != null
                && token.isActive()
                && token.getToken().getTokenValue().equals(accessToken);
    }

    /** From now on the access tokens and refresh tokens issued so far are no good. */
    public void revokeAll() {
        authorizations.removeAll();
    }

    /** Every access token, oldest first. */
    public List<String> accessTokens() {
        return List.copyOf(authorizations.accessTokens);
    }

    /** Every refresh token, oldest first. */
    public List<String> refreshTokens() {
        return List.copyOf(authorizations.refreshTokens);
    }

    /**
     * Opens {@code page} as a browser does, logs in on the server's login page, and follows the redirects up to and
     * including the one to the client.
     *
     * @return what the client's page said
     */
    public static HttpResponse<String> logIn(URI page) throws IOException, InterruptedException {
        HttpClient browser = HttpClient.newBuilder()
                .cookieHandler(new CookieManager())
                .followRedirects(HttpClient.Redirect.ALWAYS)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
        HttpRequest.Builder request = HttpRequest.newBuilder().header("Accept", "text/html");
        HttpResponse<String> form = browser.send(request.uri(page).build(), BodyHandlers.ofString());
        Matcher csrf = CSRF.matcher(form.body());
        if (!csrf.find()) {
            throw new IOException("no login page but " + form.statusCode() + " " + form.body());
        }
        String fields =
                "username=" + encoded(PERSON) + "&password=" + encoded(PASSWORD) + "&_csrf=" + encoded(csrf.group(1));
        return browser.send(
                request.uri(form.uri().resolve("/login"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(fields))
                        .build(),
                BodyHandlers.ofString());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            context.close();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    static class Security {
        @Bean
        @Order(1)
        SecurityFilterChain authorizationServer(HttpSecurity http) throws Exception {
            OAuth2AuthorizationServerConfigurer server = OAuth2AuthorizationServerConfigurer.authorizationServer();
            return http.securityMatcher(server.getEndpointsMatcher())
                    .with(server, Customizer.withDefaults())
                    .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .exceptionHandling(failures ->
                            failures.authenticationEntryPoint(new LoginUrlAuthenticationEntryPoint("/login")))
                    .build();
        }

        @Bean
        @Order(2)
        SecurityFilterChain people(HttpSecurity http) throws Exception {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .formLogin(Customizer.withDefaults())
                    .build();
        }

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(User.withUsername(PERSON)
                    .password("{noop}" + PASSWORD)
                    .roles("USER")
                    .build());
        }

        @Bean
        JWKSource<SecurityContext> keys() throws Exception {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            var keys = generator.generateKeyPair();
            return new ImmutableJWKSet<>(new JWKSet(new RSAKey.Builder((RSAPublicKey) keys.getPublic())
                    .privateKey(keys.getPrivate())
                    .keyID("server")
                    .build()));
        }
    }

    /** Spring's store, noting what is issued. */
    private static final class RecordedAuthorizations implements OAuth2AuthorizationService {
        private final List<String> accessTokens = new CopyOnWriteArrayList<>();
        private final List<String> refreshTokens = new CopyOnWriteArrayList<>();
        private final Map<String, OAuth2Authorization> all = new ConcurrentHashMap<>();
        private final InMemoryOAuth2AuthorizationService store = new InMemoryOAuth2AuthorizationService();

        @Override
        public void save(OAuth2Authorization authorization) {
            note(accessTokens, authorization.getToken(OAuth2AccessToken.class));
            note(refreshTokens, authorization.getToken(OAuth2RefreshToken.class));
            all.put(authorization.getId(), authorization);
            store.save(authorization);
        }

        private static void note(List<String> tokens, OAuth2Authorization.Token<? extends OAuth2Token> token) {
            if (token != null && !tokens.contains(token.getToken().getTokenValue())) {
                tokens.add(token.getToken().getTokenValue());
            }
        }

        void removeAll() {
            all.values().forEach(this::remove);
        }

        @Override
        public void remove(OAuth2Authorization authorization) {
            all.remove(authorization.getId());
            store.remove(authorization);
        }

        @Override
        public OAuth2Authorization findById(String id) {
            return store.findById(id);
        }

        @Override
        public OAuth2Authorization findByToken(String token, OAuth2TokenType type) {
            return store.findByToken(token, type);
        }
    }

    private final class ClientKeys extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            JWK key = clientKeys.get(request.getPathInfo().substring(1));
            if (key == null) {
                response.setStatus(404);
                return;
            }
            response.setContentType("application/json");
            response.getWriter().print(new JWKSet(key).toString());
        }
    }

    /** Filters need a servlet behind them. */
    private static final class Nothing extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) {
            response.setStatus(404);
        }
    }

    private final class Answers extends HttpFilter {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            Stream.of(
                            request.getHeader("Authorization"),
                            request.getParameter("client_assertion"),
                            request.getParameter("code"),
                            request.getParameter("code_verifier"))
                    .filter(Objects::nonNull)
                    .map(proof -> proof.replaceFirst("^Basic ", ""))
                    .forEach(proofs::add);
            chain.doFilter(request, response);
            answers.add(response.getStatus());
        }
    }
}
