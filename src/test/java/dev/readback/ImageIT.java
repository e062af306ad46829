package dev.readback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.json.JsonParserFactory;

/** The image, built on a base made of this machine's JDK and C library, holds what starts and serves. */
class ImageIT {

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int SIGTERM = 128 + 15;
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
    private static final String ANSWER = "hello\ni get it!\n";
    private static final String CACHE = "/app/readback.aot";

    @TempDir
    static Path images;

    @TempDir
    Path directory;

    @BeforeAll
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    static void build() throws Exception {
        assumeTrue(
                succeeds("unshare", "--mount", "--", "mount", "-t", "tmpfs", "none", "/mnt"), "not allowed to mount");
        Path base = images.resolve("base.tar");
        Path tar = images.resolve("image.tar");
        run("src/image/local-base", base.toString());
        run("src/image/build", "jib:buildTar", "-Djib.from.image=tar://" + base, "-Djib.outputPaths.tar=" + tar);
        run("src/image/unpack", tar.toString(), image().toString());
    }

    @Test
    void servesAsItsUserOnAReadOnlyRoot() throws Exception {
        try (ApplicationProcess application = start(List.of());
                Socket client = application.connect()) {
            assertThat(answer(client)).isEqualTo(ANSWER);
            assertThat(application.get("/actuator/health/readiness").statusCode())
                    .isEqualTo(200);
            assertThat(application.kernel("status"))
                    .contains("Uid:\t65532\t65532\t65532\t65532\n", "Gid:\t65532\t65532\t65532\t65532\n")
                    .containsPattern("CapEff:\t0+\n");
            assertThat(application.kernel("mountinfo").lines().filter(it -> it.contains(" / ro,")))
                    .as("the root is read-only")
                    .isNotEmpty();
            assertThat(application.kernel("maps")).as("the AOT cache is in use").contains(CACHE);
            // the build writes beans down where Maven runs on a JDK 25
            boolean written = getClass().getClassLoader().getResource(BuildSettings.FILE) != null;
            assertThat(application.log())
                    .contains(written ? "Starting AOT-processed ReadbackApplication" : "Starting ReadbackApplication");
            assertThat(application.log()).doesNotContainIgnoringCase("warning").doesNotContain(" WARN ");
        }
    }

    @Test
    void drainsAtSigterm() throws Exception {
        try (ApplicationProcess application = start(List.of());
                Socket client = application.connect()) {
            assertThat(answer(client)).isEqualTo(ANSWER);
            application.terminate();
            assertThat(client.getInputStream().read()).as("a polite end").isEqualTo(-1);
            client.close();
            assertThat(application.awaitEnd()).isEqualTo(SIGTERM);
            assertThat(application.log()).containsPattern("Drained 1 connections and reset 0 in \\d+ ms");
        }
    }

    @Test
    void readsSettingsFromConfig() throws Exception {
        Path settings = Files.createDirectory(directory.resolve("config"));
        Files.writeString(settings.resolve("application.yml"), """
                readback: {listeners: {echo: {acknowledgement: ', readback'}}}
                management: {endpoints: {web: {exposure: {include: health}}}}
                """);
        try (ApplicationProcess application = start(List.of("-v", settings + ":/config"));
                Socket client = application.connect()) {
            client.getOutputStream().write(HELLO);
            client.shutdownOutput();
            assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("hello, readback");
            assertThat(application.get("/actuator/health").statusCode()).isEqualTo(200);
            assertThat(application.get("/actuator/info").statusCode())
                    .as("decides which beans there are, so those of the build do not serve")
                    .isEqualTo(404);
        }
    }

    /** As with another JVM, or other options of it, than the cache was made with. */
    @Test
    void aCacheThatDoesNotFitCostsTimeOnly() throws Exception {
        String options = "JAVA_TOOL_OPTIONS=-XX:-UseCompactObjectHeaders -Xmx100m";
        try (ApplicationProcess application = start(List.of("-e", options));
                Socket client = application.connect()) {
            assertThat(answer(client)).isEqualTo(ANSWER);
            assertThat(application.kernel("maps")).as("the AOT cache is in use").doesNotContain(CACHE);
            assertThat(application.log().lines().findFirst()).contains("Picked up " + options.replace("=-", ": -"));
            assertThat(application.log()).doesNotContain("[error", "[warning");
        }
    }

    @Test
    void saysWhatItIs() throws IOException {
        Map<String, Object> image =
                JsonParserFactory.getJsonParser().parseMap(Files.readString(image().resolve("config.json")));
        assertThat(image.get("created")).isEqualTo("2026-01-01T00:00:00Z");
        Map<?, ?> config = map(image.get("config"));
        assertThat(map(config.get("ExposedPorts")).keySet()).asString().isEqualTo("[12345/tcp, 8080/tcp]");
        Map<?, ?> labels = map(config.get("Labels"));
        assertThat(labels.get("org.opencontainers.image.title")).isEqualTo("Readback");
        assertThat(labels.get("org.opencontainers.image.licenses")).isEqualTo("Apache-2.0");
        if (Files.exists(Path.of(".git"))) {
            assertThat(labels.get("org.opencontainers.image.revision"))
                    .asString()
                    .matches("[0-9a-f]{40}");
        }
        assertThat(image().resolve("root/app/sbom/application.cdx.json"))
                .content()
                .contains("\"bomFormat\" : \"CycloneDX\"", "pkg:maven/io.netty/netty-transport@");
    }

    private static Path image() {
        return images.resolve("image");
    }

    private ApplicationProcess start(List<String> options) throws IOException {
        List<String> command = new ArrayList<>(List.of("src/image/run"));
        command.addAll(options);
        command.add(image().toString());
        return ApplicationProcess.run(directory, command);
    }

    private static String answer(Socket client) throws IOException {
        client.getOutputStream().write(HELLO);
        return new String(client.getInputStream().readNBytes(ANSWER.length()), StandardCharsets.US_ASCII);
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return (Map<?, ?>) Objects.requireNonNull(value);
    }

    private static boolean succeeds(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // no such program
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Path log = Files.createTempFile(images, "build", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as("%s ends in time:%n%s", command[0], Files.readString(log))
                    .isTrue();
            assertThat(process.exitValue())
                    .as("%s:%n%s", command[0], Files.readString(log))
                    .isZero();
        } finally {
            process.destroyForcibly();
        }
    }
}
