package dev.readback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What operators read and write below {@code /actuator}. */
class EndpointTests {

    private static final String LOGIN =
            "Basic " + Base64.getEncoder().encodeToString("op:secret".getBytes(StandardCharsets.US_ASCII));
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static TestApplication application;

    @BeforeAll
    static void start() {
        application = TestApplication.start(
                "spring.security.user.name=op",
                "spring.security.user.password=secret",
                "readback.listeners.echo.address=127.0.0.1",
                "readback.listeners.echo.timeouts.idle=60s",
                "readback.listeners.other.port=0",
                "readback.listeners.counted.port=0");
    }

    @AfterAll
    static void stop() {
        HTTP.close();
        application.close();
    }

    @AfterEach
    void listenAgain() throws Exception {
        post("/actuator/listeners/echo", "{\"state\": \"listening\", \"timeouts\": {\"idle\": \"60s\"}}");
    }

    @Test
    void showsAListenerWithStateSettingsAndCounts() throws Exception {
        application.exchange("counted", "hello");
        await().untilAsserted(() -> assertThat(
                        get("/actuator/listeners/counted").body())
                .contains("\"name\":\"counted\"")
                .contains("\"state\":\"listening\"")
                .contains("\"address\":\"*:" + application.port("counted") + "\"")
                .contains("\"port\":" + application.port("counted"))
                .contains("\"framing\":\"raw\"", "\"halfClose\":\"answer-then-close\"", "\"idle\":\"5s\"")
                .contains("\"accepted\":1", "\"peer-closed\":1", "\"received\":5", "\"sent\":16", "\"active\":0"));
        assertThat(get("/actuator/listeners").body()).startsWith("[").contains("\"echo\"", "\"counted\"");
    }

    @Test
    void pausesAndResumesAListener() throws Exception {
        assertThat(post("/actuator/listeners/echo", "{\"state\": \"paused\"}"))
                .returns(200, HttpResponse::statusCode)
                .satisfies(it -> assertThat(it.body()).contains("\"state\":\"paused\"", "\"idle\":\"60s\""));
        assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(503);
        assertThatThrownBy(() -> application.connect("echo")).isInstanceOf(ConnectException.class);
        assertThat(post("/actuator/listeners/echo", "{\"state\": \"listening\"}")
                        .body())
                .contains("\"state\":\"listening\"");
        assertThat(application.exchange("echo", "hello")).isEqualTo("hello\ni get it!\n");
    }

    @Test
    void saysThatAResumeCannotHaveItsPort() throws Exception {
        int port = application.port("echo");
        post("/actuator/listeners/echo", "{\"state\": \"paused\"}");
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(taken.isBound()).isTrue();
            assertThat(post("/actuator/listeners/echo", "{\"state\": \"listening\", \"timeouts\": {\"idle\": \"1s\"}}"))
                    .returns(409, HttpResponse::statusCode)
                    .returns(
                            "{\"error\":\"listener 'echo' cannot bind 127.0.0.1:" + port
                                    + ": address already in use\"}",
                            HttpResponse::body);
            assertThat(get("/actuator/listeners/echo").body()).contains("\"state\":\"failed\"", "\"idle\":\"60s\"");
        }
    }

    @Test
    void tunesTimeoutsOfLiveConnections() throws Exception {
        try (Socket client = application.connect("echo")) {
            assertThat(post("/actuator/listeners/echo", "{\"timeouts\": {\"idle\": \"20ms\"}}")
                            .body())
                    .contains("\"idle\":\"20ms\"", "\"write\":\"5s\"");
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"state": "off"}                                 | state is 'off': allowed is paused, listening
                    {"state": "paused", "timeouts": {"idle": "-1s"}} | timeouts.idle is '-1s': allowed is a duration from 0s to 365d
                    {"timeouts": {"idle": "soon"}}                   | timeouts.idle is 'soon': allowed is a duration such as 500ms, 5s or 2m
                    {"state": "paused", "timeouts": {"idel": "1s"}}  | timeouts.idel is no timeout: allowed is
                    {"timeouts": {"frame": "1s"}}                    | timeouts.frame is 1s: allowed is 0s with framing.type raw
                    {}                                               | nothing is to be changed: allowed are state and timeouts
                    {"state":                                        | the request cannot be read
                    """)
    void refusesAWrongWriteWithOneSentenceAndChangesNothing(String body, String sentence) throws Exception {
        String before = get("/actuator/listeners/echo").body();
        assertThat(post("/actuator/listeners/echo", body))
                .returns(400, HttpResponse::statusCode)
                .satisfies(it -> assertThat(it.body()).startsWith("{\"error\":\"" + sentence));
        assertThat(get("/actuator/listeners/echo").body()).isEqualTo(before);
    }

    @Test
    void knowsWhatIsNotThere() throws Exception {
        assertThat(get("/actuator/listeners/none"))
                .returns(404, HttpResponse::statusCode)
                .returns("{\"error\":\"there is no listener 'none'\"}", HttpResponse::body);
        assertThat(post("/actuator/listeners/none", "{\"state\": \"paused\"}").statusCode())
                .isEqualTo(404);
        assertThat(get("/actuator/connections/echo-0"))
                .returns(404, HttpResponse::statusCode)
                .returns("{\"error\":\"there is no connection 'echo-0'\"}", HttpResponse::body);
        assertThat(delete("/actuator/connections/echo-0").statusCode()).isEqualTo(404);
        assertThat(post("/actuator/connections/echo-0", "{\"shutdown\": \"read\"}")
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void showsFiltersShutsAndClosesConnections() throws Exception {
        try (Socket client = application.connect("echo");
                Socket other = application.connect("other")) {
            String peer = "127.0.0.1:" + client.getLocalPort();
            await().until(() -> get("/actuator/connections").body().contains(peer));
            assertThat(get("/actuator/connections?listener=other").body()).doesNotContain(peer);
            assertThat(get("/actuator/connections?listener=none").body()).isEqualTo("[]");
            assertThat(get("/actuator/connections?olderThan=1h").body()).isEqualTo("[]");
            assertThat(get("/actuator/connections?limit=0").body()).isEqualTo("[]");
            assertThat(get("/actuator/connections?olderThan=x"))
                    .returns(400, HttpResponse::statusCode)
                    .satisfies(it -> assertThat(it.body()).contains("olderThan is 'x'"));
            assertThat(get("/actuator/connections?limit=x"))
                    .returns(400, HttpResponse::statusCode)
                    .returns("{\"error\":\"limit is 'x': allowed is a whole number\"}", HttpResponse::body);
            String shown = get("/actuator/connections?peer=" + peer).body();
            assertThat(shown)
                    .contains("\"listener\":\"echo\"", "\"open\":[\"peer\",\"local\"]", "\"tls\":false")
                    .contains("\"state\":\"open\"");
            String path = "/actuator/connections/" + shown.replaceFirst("(?s).*\"id\":\"([^\"]+)\".*", "$1");
            assertThat(get(path).body()).contains(peer);
            assertThat(post(path, "{\"shutdown\": \"some\"}"))
                    .returns(400, HttpResponse::statusCode)
                    .satisfies(
                            it -> assertThat(it.body()).contains("shutdown is 'some': allowed is read, write, both"));
            assertThat(post(path, "{\"shutdown\": \"write\"}").body()).contains("\"open\":[\"peer\"]");
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(delete(path).statusCode()).isEqualTo(204);
            client.shutdownOutput();
            await().until(() -> get(path).statusCode() == 404);
            assertThat(other.isConnected()).isTrue();
        }
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return send(request(path).GET());
    }

    private static HttpResponse<String> delete(String path) throws Exception {
        return send(request(path).DELETE());
    }

    private static HttpResponse<String> post(String path, String body) throws Exception {
        return send(request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(application.uri(path)).header("Authorization", LOGIN);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
    }
}
