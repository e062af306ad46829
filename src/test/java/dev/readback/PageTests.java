package dev.readback;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page, used in a browser as operators do; pictures of it are left in target/screenshots. */
class PageTests {

    private static final int LIMIT_SECONDS = 400;

    @Test
    @Timeout(LIMIT_SECONDS)
    void showsAndChangesWhatTheServiceDoes() throws Exception {
        Path pictures = Files.createDirectories(Path.of("target/screenshots"));
        try (TestApplication application = TestApplication.start(
                "spring.security.user.name=operator",
                "spring.security.user.password=s3cret",
                "readback.listeners.echo.timeouts.idle=0s",
                "readback.listeners.impatient.port=0",
                "readback.listeners.impatient.timeouts.idle=300ms")) {
            Browser.run(
                    "page.mjs",
                    List.of(
                            application.uri("/").toString(),
                            "operator",
                            "s3cret",
                            String.valueOf(application.port("echo")),
                            String.valueOf(application.port("impatient")),
                            pictures.toAbsolutePath().toString()));
        }
    }
}
