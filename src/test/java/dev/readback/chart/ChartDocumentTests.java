package dev.readback.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.io.ClassPathResource;

/**
 * What is written about the values is written once, in {@code values.yaml}. With {@code -Dupdate} these tests write the
 * files that follow from it instead of comparing them.
 */
class ChartDocumentTests {

    private static final Path SCHEMA = Chart.DIRECTORY.resolve("values.schema.json");
    private static final Path README = Chart.DIRECTORY.resolve("README.md");
    private static final String BEGIN = "<!-- made from values.yaml: begin -->\n";
    private static final String END = "\n<!-- made from values.yaml: end -->\n";

    @Test
    void schemaSaysWhatTheCommentsSay() throws IOException {
        String schema = Schema.of(ValuesFile.read());
        compare(SCHEMA, it -> schema);
    }

    @Test
    void readmeSaysWhatTheCommentsSay() throws IOException {
        String tables = ValuesTable.of(ValuesFile.read());
        compare(
                README,
                it -> it.substring(0, it.indexOf(BEGIN) + BEGIN.length()) + tables + it.substring(it.indexOf(END)));
    }

    @Test
    void everySettingOfAListenerIsAValue() throws IOException {
        assertThat(paths(ValuesFile.read())).containsAll(settings());
    }

    @Test
    void everyValueIsUsed() throws IOException {
        String templates = templates();
        assertThat(ValuesFile.read().stream()
                        .filter(it -> !it.name().equals("listeners"))
                        .flatMap(ChartDocumentTests::leaves))
                .allSatisfy(it -> assertThat(templates).containsPattern("[.\"]" + Pattern.quote(it.name()) + "\\b"));
    }

    @Test
    void everyValueThatTemplatesAskForIsDescribed() throws IOException {
        List<String> described = paths(ValuesFile.read());
        Matcher asked = Pattern.compile("\\.Values\\.([A-Za-z.]+)").matcher(templates());
        assertThat(asked.results().map(it -> it.group(1)))
                .isNotEmpty()
                .allSatisfy(it -> assertThat(described).contains(it));
    }

    @Test
    void imageIsOfTheProjectsVersionUnlessTheValuesSayOtherwise() throws IOException {
        Matcher version = Pattern.compile("<artifactId>readback</artifactId>\\s*<version>(.*?)</version>")
                .matcher(Files.readString(Path.of("pom.xml")));
        assertThat(version.find()).isTrue();
        assertThat(Chart.render("{}").container().getImage()).isEqualTo("readback:" + version.group(1));
    }

    private static void compare(Path file, UnaryOperator<String> made) throws IOException {
        String present = Files.exists(file) ? Files.readString(file) : "";
        String wanted = made.apply(present);
        if (System.getProperty("update") != null) {
            Files.writeString(file, wanted);
        } else {
            assertThat(present)
                    .as("%s; ./mvnw test -Dtest=ChartDocumentTests -Dupdate writes it anew", file)
                    .isEqualTo(wanted);
        }
    }

    private static String templates() throws IOException {
        try (Stream<Path> files = Files.walk(Chart.DIRECTORY.resolve("templates"))) {
            List<String> texts = new ArrayList<>();
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                texts.add(Files.readString(file));
            }
            return String.join("\n", texts);
        }
    }

    private static Stream<Value> leaves(Value value) {
        return value.members().isEmpty()
                ? Stream.of(value)
                : value.members().stream().flatMap(ChartDocumentTests::leaves);
    }

    private static List<String> paths(List<Value> values) {
        return values.stream()
                .flatMap(it -> Stream.concat(Stream.of(it.path()), paths(it.members()).stream()))
                .toList();
    }

    private static List<String> settings() throws IOException {
        String prefix = "readback.listeners.echo.";
        String json = new ClassPathResource("META-INF/spring-configuration-metadata.json")
                .getContentAsString(StandardCharsets.UTF_8);
        List<?> properties = (List<?>) Optional.ofNullable(
                        JsonParserFactory.getJsonParser().parseMap(json).get("properties"))
                .orElseThrow();
        List<String> settings = properties.stream()
                .map(it -> String.valueOf(((Map<?, ?>) it).get("name")))
                .filter(it -> it.startsWith(prefix))
                .map(it -> "listeners[]." + it.substring(prefix.length()))
                .collect(Collectors.toList());
        assertThat(settings).isNotEmpty();
        return settings;
    }
}
