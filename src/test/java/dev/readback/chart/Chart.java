package dev.readback.chart;

import com.marcnuri.helm.DryRun;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.core.io.ClassPathResource;
import org.springframework.util.FileSystemUtils;

/** The chart in this repository, rendered by Helm's own code. */
final class Chart {

    static final Path DIRECTORY = Path.of("helm", "readback");

    /** The oldest Kubernetes whose API the tests hold the chart against, and the newest. */
    static final List<String> KUBERNETES = List.of("1.31.0", "1.34.0");

    static final String RELEASE = "demo";
    static final String NAMESPACE = "echo";

    private static final String NEWEST = KUBERNETES.getLast();
    private static final String HOOK = "helm.sh/hook:";

    private Chart() {}

    static LintResult lint() {
        return new Helm(DIRECTORY).lint().strict().quiet().call();
    }

    /** Values that turn everything on. */
    static String everything() throws IOException {
        return new ClassPathResource("everything.yaml", Chart.class).getContentAsString(StandardCharsets.UTF_8);
    }

    /** What the chart makes of some values, written as YAML. */
    static Rendered render(String values) {
        return render(values, NEWEST);
    }

    static Rendered render(String values, String kubernetes) {
        return render(DIRECTORY, values, kubernetes);
    }

    /** The same with the objects that Helm keeps apart because they are only made for {@code helm test}. */
    static Rendered renderWithTests(String values, String kubernetes) {
        return inTemporaryDirectory(directory -> {
            copy(DIRECTORY, directory);
            Path tests = directory.resolve("templates").resolve("tests");
            try (Stream<Path> hooks = Files.list(tests)) {
                for (Path hook : hooks.toList()) {
                    String text = Files.readString(hook);
                    Files.writeString(hook, text.replace(HOOK, "was-" + HOOK));
                }
            }
            return render(directory, values, kubernetes);
        });
    }

    /** What Helm says after an installation with these values. */
    static String notes(String values) {
        return inTemporaryDirectory(directory -> {
            String output = new Helm(DIRECTORY)
                    .install()
                    .withName(RELEASE)
                    .withNamespace(NAMESPACE)
                    .withKubeVersion(NEWEST)
                    .withValuesFile(write(directory, values))
                    .clientOnly()
                    .dryRun()
                    .withDryRunOption(DryRun.CLIENT)
                    .call()
                    .getOutput();
            return output.substring(output.indexOf("NOTES:\n") + "NOTES:\n".length());
        });
    }

    private static Rendered render(Path chart, String values, String kubernetes) {
        return inTemporaryDirectory(directory -> Rendered.parse(new Helm(chart)
                .template()
                .withName(RELEASE)
                .withNamespace(NAMESPACE)
                .withKubeVersion(kubernetes)
                .withValuesFile(write(directory, values))
                .call()));
    }

    private static Path write(Path directory, String values) throws IOException {
        return Files.writeString(directory.resolve("test-values.yaml"), values);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }

    private static <T> T inTemporaryDirectory(Work<T> work) {
        try {
            Path directory = Files.createTempDirectory("chart");
            try {
                return work.in(directory);
            } finally {
                FileSystemUtils.deleteRecursively(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Work<T> {
        T in(Path directory) throws IOException;
    }
}
