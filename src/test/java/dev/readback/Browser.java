package dev.readback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs the scripts of src/test/browser, by Node in Chromium, and skips the test where one of the programs is absent.
 *
 * <p>They run in target/browser, where npm puts the library that drives the browser.
 */
final class Browser {

    private static final Path SOURCE = Path.of("src/test/browser");
    private static final Path FOLDER = Path.of("target/browser");
    private static final List<String> SCRIPTS = List.of("page.mjs", "checks.mjs");
    private static final int INSTALL_SECONDS = 120;
    private static final int RUN_SECONDS = 240;

    private Browser() {}

    /** Runs a script to its end; fails with what it wrote when it fails. It finds the browser in CHROMIUM. */
    static void run(String script, List<String> arguments) throws IOException, InterruptedException {
        Path chromium = program("chromium");
        Path node = program("node");
        install(program("npm"));
        for (String each : SCRIPTS) {
            copy(each);
        }
        List<String> command = Stream.concat(Stream.of(node.toString(), script), arguments.stream())
                .toList();
        Path output = FOLDER.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("CHROMIUM", chromium.toString());
        assertThat(status(builder, output, RUN_SECONDS))
                .as(() -> script + ":\n" + read(output))
                .isZero();
    }

    private static void install(Path npm) throws IOException, InterruptedException {
        Files.createDirectories(FOLDER);
        Path lock = FOLDER.resolve("package-lock.json");
        boolean installed = Files.exists(lock)
                && Files.exists(FOLDER.resolve("node_modules/.package-lock.json"))
                && Files.mismatch(SOURCE.resolve("package-lock.json"), lock) == -1;
        if (!installed) {
            copy("package.json");
            copy("package-lock.json");
            Path output = FOLDER.resolve("npm-output");
            ProcessBuilder builder = new ProcessBuilder(
                    npm.toString(), "ci", "--ignore-scripts", "--engine-strict", "--no-audit", "--no-fund");
            int status = status(builder, output, INSTALL_SECONDS);
            assumeTrue(status == 0, () -> "npm cannot install what drives the browser: " + read(output));
        }
    }

    private static Path copy(String file) throws IOException {
        return Files.copy(SOURCE.resolve(file), FOLDER.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }

    /** Ends the process, and what it started, when it takes too long. */
    private static int status(ProcessBuilder builder, Path output, int seconds)
            throws IOException, InterruptedException {
        Process process = builder.directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(seconds, TimeUnit.SECONDS))
                    .as(() -> builder.command().getFirst() + " ends within " + seconds + " s:\n" + read(output))
                    .isTrue();
            return process.exitValue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static Path program(String name) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.of(path.split(File.pathSeparator))
                .map(it -> Path.of(it, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseGet(() -> abort(name + " is not on the PATH"));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return e.toString();
        }
    }
}
