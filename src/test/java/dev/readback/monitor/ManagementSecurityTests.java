package dev.readback.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.readback.TestApplication;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may see and change what over HTTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ManagementSecurityTests {

    private static final String ECHO = "/actuator/listeners/echo";
    private static final String PAUSE = "{\"state\":\"paused\"}";

    private TestApplication application;

    @BeforeAll
    void start() {
        application =
                TestApplication.start("spring.security.user.name=operator", "spring.security.user.password=s3cret");
    }

    @AfterAll
    void stop() {
        application.close();
    }

    @AfterEach
    void listen() throws Exception {
        assertThat(application.send(change("{\"state\":\"listening\"}").header("Authorization", basic("s3cret"))))
                .returns(200, HttpResponse::statusCode);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/actuator/health",
                "/actuator/health/liveness",
                "/actuator/health/readiness",
                "/actuator/info",
                "/actuator/prometheus",
                "/favicon.ico"
            })
    void isOpen(String path) throws Exception {
        assertThat(application.get(path)).returns(200, HttpResponse::statusCode);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/index.html",
                "/page/main.js",
                "/actuator",
                "/actuator/listeners",
                ECHO,
                "/actuator/connections",
                "/actuator/connections/echo-1",
                "/actuator/env",
                "/actuator/heapdump",
                "/actuator/shutdown",
                "/actuator/health/../listeners",
                "/actuator//listeners",
                "/nothing"
            })
    void asksForALogin(String path) throws Exception {
        assertThat(application.get(path).statusCode()).as("a script").isIn(400, 401);
        HttpResponse<String> browser =
                application.send(application.request(path).header("Accept", "text/html,application/xhtml+xml"));
        if (browser.statusCode() != 400) { // a path that is no path is refused before anybody asks who wants it
            assertThat(browser).returns(302, HttpResponse::statusCode).returns("/login", it -> header(it, "Location"));
        }
        assertThat(browser.body()).isEmpty();
    }

    @Test
    void asksAScriptByBasicAndThePageWithoutAWindow() throws Exception {
        assertThat(header(application.get(ECHO), "WWW-Authenticate")).startsWith("Basic ");
        HttpResponse<String> page =
                application.send(application.request(ECHO).header("X-Requested-With", "XMLHttpRequest"));
        assertThat(page).returns(401, HttpResponse::statusCode).returns("", it -> header(it, "WWW-Authenticate"));
    }

    @Test
    void refusesAWrongPassword() throws Exception {
        for (String password : List.of("", "S3cret", "s3cret ")) {
            assertThat(application.send(application.request(ECHO).header("Authorization", basic(password))))
                    .returns(401, HttpResponse::statusCode)
                    .returns("", HttpResponse::body);
        }
        Map<String, String> cookies = cookies(application.get("/login"));
        HttpResponse<String> login = logIn(cookies, "wrong");
        assertThat(login).returns(302, HttpResponse::statusCode).returns("/login?error", it -> header(it, "Location"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "auditevents",
                "beans",
                "caches",
                "conditions",
                "configprops",
                "env",
                "flyway",
                "heapdump",
                "httpexchanges",
                "integrationgraph",
                "logfile",
                "loggers",
                "mappings",
                "metrics",
                "quartz",
                "sbom",
                "scheduledtasks",
                "sessions",
                "shutdown",
                "startup",
                "threaddump"
            })
    void exposesNothingElse(String endpoint) throws Exception {
        assertThat(application.send(
                        application.request("/actuator/" + endpoint).header("Authorization", basic("s3cret"))))
                .returns(404, HttpResponse::statusCode);
    }

    @Test
    void aScriptThatLogsInNeedsNoToken() throws Exception {
        assertThat(application.send(change(PAUSE).header("Authorization", basic("s3cret"))))
                .returns(200, HttpResponse::statusCode);
        assertThat(state()).isEqualTo("paused");
    }

    @Test
    void anotherSitesPageChangesNothing() throws Exception {
        for (Map.Entry<String, String> sent : Map.of(
                        "Origin", "https://elsewhere.example",
                        "Referer", "https://elsewhere.example/page",
                        "Sec-Fetch-Site", "cross-site",
                        "Cookie", "SESSION=any")
                .entrySet()) {
            assertThat(application.send(change(PAUSE)
                            .header("Authorization", basic("s3cret"))
                            .header(sent.getKey(), sent.getValue())))
                    .as("a write with %s", sent)
                    .returns(403, HttpResponse::statusCode);
        }
        assertThat(application.send(application
                        .request("/actuator/connections/echo-1")
                        .DELETE()
                        .header("Authorization", basic("s3cret"))
                        .header("Origin", "https://elsewhere.example")))
                .returns(403, HttpResponse::statusCode);
        assertThat(state()).isEqualTo("listening");
    }

    @Test
    void ourPageChangesWithItsToken() throws Exception {
        Map<String, String> cookies = cookies(application.get("/login"));
        HttpResponse<String> login = logIn(cookies, "s3cret");
        assertThat(login).returns(302, HttpResponse::statusCode).returns("/", it -> header(it, "Location"));
        cookies.putAll(cookies(login));
        HttpResponse<String> page = application.send(application.request("/").header("Cookie", text(cookies)));
        assertThat(page).returns(200, HttpResponse::statusCode);
        cookies.putAll(cookies(page));

        HttpRequest.Builder fromThePage = change(PAUSE)
                .header("Cookie", text(cookies))
                .header("Origin", application.uri("/").resolve("/").toString());
        assertThat(application.send(fromThePage)).returns(403, HttpResponse::statusCode);
        assertThat(application.send(fromThePage.copy().header("X-XSRF-TOKEN", "guessed")))
                .returns(403, HttpResponse::statusCode);
        assertThat(state()).isEqualTo("listening");

        assertThat(application.send(fromThePage.copy().header("X-XSRF-TOKEN", token(cookies))))
                .returns(200, HttpResponse::statusCode);
        assertThat(state()).isEqualTo("paused");
    }

    @Test
    void aLoginMakesAnotherSession() throws Exception {
        Map<String, String> before = cookies(application.send(
                application.request("/").header("Accept", "text/html"))); // remembers where the browser wanted to go
        before.putAll(cookies(application.send(application.request("/login").header("Cookie", text(before)))));
        HttpResponse<String> login = logIn(before, "s3cret");
        assertThat(cookies(login).get("SESSION")).isNotNull().isNotEqualTo(before.get("SESSION"));
    }

    @Test
    void aLogOutEndsTheSession() throws Exception {
        Map<String, String> cookies = cookies(application.get("/login"));
        cookies.putAll(cookies(logIn(cookies, "s3cret")));
        cookies.putAll(cookies(application.send(application.request("/").header("Cookie", text(cookies)))));
        assertThat(application.send(form("/logout", "", cookies))).returns(403, HttpResponse::statusCode);
        assertThat(application.send(form("/logout", "_csrf=" + token(cookies), cookies)))
                .returns("/login?logout", it -> header(it, "Location"));
        assertThat(application.send(application.request(ECHO).header("Cookie", text(cookies))))
                .returns(401, HttpResponse::statusCode);
    }

    @Test
    void everyCookieStaysWithThisSite() throws Exception {
        Map<String, String> cookies = cookies(application.get("/login"));
        List<HttpResponse<String>> answers = List.of(
                application.send(application.request("/").header("Accept", "text/html")),
                application.get("/login"),
                logIn(cookies, "s3cret"));
        assertThat(answers.stream().flatMap(it -> it.headers().allValues("set-cookie").stream()))
                .anyMatch(it -> it.startsWith("SESSION="))
                .anyMatch(it -> it.startsWith("XSRF-TOKEN="))
                .allMatch(it -> it.contains("SameSite="))
                .allMatch(it -> it.startsWith("XSRF-TOKEN=")
                        || it.toLowerCase(Locale.ROOT).contains("httponly"));
    }

    @Test
    void thePageTakesNothingFromElsewhere() throws Exception {
        HttpResponse<String> page = application.send(application.request("/").header("Authorization", basic("s3cret")));
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(header(page, "Content-Security-Policy"))
                .contains("default-src 'self'", "frame-ancestors 'none'", "form-action 'self'")
                .doesNotContain("unsafe", "*");
        assertThat(header(page, "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(header(page, "Cache-Control")).contains("no-store");
        assertThat(page.body())
                .doesNotContainPattern("https?://")
                .doesNotContainPattern("<(style|script)>| style=| on[a-z]+=");
    }

    private HttpRequest.Builder change(String body) {
        return application
                .request(ECHO)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
    }

    private HttpResponse<String> logIn(Map<String, String> cookies, String password)
            throws IOException, InterruptedException {
        return application.send(
                form("/login", "username=operator&password=" + password + "&_csrf=" + token(cookies), cookies));
    }

    private HttpRequest.Builder form(String path, String body, Map<String, String> cookies) {
        return application
                .request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Cookie", text(cookies))
                .POST(BodyPublishers.ofString(body));
    }

    private String state() throws IOException, InterruptedException {
        String body = application
                .send(application.request(ECHO).header("Authorization", basic("s3cret")))
                .body();
        return Pattern.compile("\"state\":\"([a-z]+)\"")
                .matcher(body)
                .results()
                .map(it -> it.group(1))
                .findFirst()
                .orElse(body);
    }

    private static String basic(String password) {
        byte[] login = ("operator:" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(login);
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    private static Map<String, String> cookies(HttpResponse<?> response) {
        Map<String, String> cookies = new TreeMap<>();
        for (String line : response.headers().allValues("set-cookie")) {
            String[] pair = line.split(";", 2)[0].split("=", 2);
            cookies.put(pair[0], pair[1]);
        }
        return cookies;
    }

    private static String text(Map<String, String> cookies) {
        return String.join(
                "; ",
                cookies.entrySet().stream()
                        .map(it -> it.getKey() + "=" + it.getValue())
                        .toList());
    }

    private static String token(Map<String, String> cookies) {
        return URLEncoder.encode(cookies.getOrDefault("XSRF-TOKEN", ""), StandardCharsets.UTF_8);
    }
}
