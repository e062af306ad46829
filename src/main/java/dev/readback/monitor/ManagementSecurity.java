package dev.readback.monitor;

import java.util.Set;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.csrf.CookieServerCsrfTokenRepository;
import org.springframework.security.web.server.csrf.CsrfToken;
import org.springframework.security.web.server.csrf.ServerCsrfTokenRequestAttributeHandler;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatcher;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatcher.MatchResult;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

/** Health, info and Prometheus are open to all; everything else asks for the login of {@code spring.security.user}. */
@Configuration(proxyBeanMethods = false)
class ManagementSecurity {

    /** The icon too: a browser asks for it at the login already, and would call the refusal an error. */
    private static final String[] OPEN = {
        "/actuator/health", "/actuator/health/**", "/actuator/info", "/actuator/prometheus", "/favicon.ico"
    };

    private static final Set<HttpMethod> READS = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    @Bean
    SecurityWebFilterChain managementFilters(ServerHttpSecurity http) {
        return http.authorizeExchange(
                        it -> it.pathMatchers(OPEN).permitAll().anyExchange().authenticated())
                .httpBasic(Customizer.withDefaults())
                .formLogin(Customizer.withDefaults())
                .csrf(it -> it.csrfTokenRepository(csrfCookies())
                        .csrfTokenRequestHandler(new ServerCsrfTokenRequestAttributeHandler())
                        .requireCsrfProtectionMatcher(writesFromBrowsers()))
                .headers(it -> it.contentSecurityPolicy(
                        csp -> csp.policyDirectives("default-src 'self'; frame-ancestors 'none'; form-action 'self'")))
                .build();
    }

    /**
     * A write that comes from a browser needs the token that only our own page can read. A browser names the page that
     * asks, or sends cookies; a script that logs in by itself does neither, and needs none.
     */
    private static ServerWebExchangeMatcher writesFromBrowsers() {
        return exchange ->
                isRead(exchange) || !isFromBrowser(exchange.getRequest().getHeaders())
                        ? MatchResult.notMatch()
                        : MatchResult.match();
    }

    private static boolean isRead(ServerWebExchange exchange) {
        return READS.contains(exchange.getRequest().getMethod());
    }

    private static boolean isFromBrowser(HttpHeaders headers) {
        return headers.containsHeader(HttpHeaders.ORIGIN)
                || headers.containsHeader(HttpHeaders.REFERER)
                || headers.containsHeader(HttpHeaders.COOKIE)
                || headers.containsHeader("Sec-Fetch-Site");
    }

    private static CookieServerCsrfTokenRepository csrfCookies() {
        CookieServerCsrfTokenRepository cookies =
                CookieServerCsrfTokenRepository.withHttpOnlyFalse(); // the page reads it
        cookies.setCookieCustomizer(it -> it.sameSite("Strict"));
        return cookies;
    }

    /** Lets the token's cookie go out with each answer to the page: it is made only when somebody asks for it. */
    @Bean
    WebFilter csrfCookie() {
        return (exchange, chain) -> {
            Mono<CsrfToken> token = exchange.getAttributeOrDefault(CsrfToken.class.getName(), Mono.empty());
            return token.then(chain.filter(exchange));
        };
    }
}
