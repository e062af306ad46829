package dev.readback.chart;

import dev.readback.chart.Value.Kind;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.comments.CommentLine;
import org.yaml.snakeyaml.comments.CommentType;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads {@code values.yaml} with its comments: the one place in which a value of the chart is described. */
final class ValuesFile {

    private static final Pattern OPTIONAL = Pattern.compile("( *)# \\+optional");
    private static final Pattern DIRECTIVE = Pattern.compile("\\+([a-z]+)(?:=(.*))?");
    private static final JsonMapper JSON = new JsonMapper();

    private String section = "";

    private ValuesFile() {}

    static List<Value> read() throws IOException {
        String text = Files.readString(Chart.DIRECTORY.resolve("values.yaml"));
        return read(text);
    }

    static List<Value> read(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setProcessComments(true);
        Node root = new Yaml(options).compose(new StringReader(withOptionalValues(text)));
        return new ValuesFile().members("", (MappingNode) root, true, List.of());
    }

    /** The file with the values that it only describes, as if they were set. A mark stays before each. */
    private static String withOptionalValues(String text) {
        List<String> lines = new ArrayList<>();
        @Nullable String indent = null;
        for (String line : text.lines().toList()) {
            Matcher begin = OPTIONAL.matcher(line);
            if (indent != null && line.startsWith(indent + "#")) {
                boolean directive = line.startsWith(indent + "# +");
                String value = line.substring(Math.min(line.length(), indent.length() + 2));
                lines.add(directive ? line : indent + value);
            } else {
                indent = begin.matches() ? begin.group(1) : null;
                lines.add(line);
            }
        }
        return String.join("\n", lines) + "\n";
    }

    private List<Value> members(String prefix, MappingNode group, boolean preset, List<String> before) {
        List<Value> members = new ArrayList<>();
        List<String> first = before;
        for (NodeTuple tuple : group.getValue()) {
            List<String> comments = new ArrayList<>(first);
            comments.addAll(comments(tuple.getKeyNode()));
            first = List.of();
            String name = ((ScalarNode) tuple.getKeyNode()).getValue();
            members.add(value(prefix + name, comments, tuple.getValueNode(), preset));
        }
        return members;
    }

    private Value value(String path, List<String> comments, Node node, boolean preset) {
        List<String> text = new ArrayList<>();
        Map<String, String> directives = new LinkedHashMap<>();
        for (String line : comments) {
            Matcher directive = DIRECTIVE.matcher(line);
            if (directive.matches()) {
                directives.put(
                        directive.group(1),
                        Optional.ofNullable(directive.group(2)).orElse(""));
            } else {
                text.add(line);
            }
        }
        section = directives.getOrDefault("section", section);
        boolean set = preset && !directives.containsKey("optional");
        List<Value> members = List.of();
        Kind kind = Kind.PLAIN;
        if (!directives.containsKey("type")) {
            if (node instanceof MappingNode group && isDescribed(group)) {
                kind = Kind.GROUP;
                members = members(path + ".", group, set, List.of());
            } else if (entry(node) instanceof MappingNode entry && isDescribed(entry)) {
                kind = Kind.LIST;
                members = members(path + "[].", entry, set, comments(entry));
            }
        }
        return new Value(
                path,
                String.join(" ", text),
                section,
                kind,
                directives.containsKey("required"),
                set && kind == Kind.PLAIN ? Optional.of(load(node)) : Optional.empty(),
                Optional.ofNullable(directives.get("type")).or(() -> inferred(node)),
                rules(directives.get("schema")),
                members);
    }

    private static @Nullable Node entry(Node node) {
        return node instanceof SequenceNode list && !list.getValue().isEmpty()
                ? list.getValue().getFirst()
                : null;
    }

    /** Whether the first member has a comment; the others must have one then. */
    private static boolean isDescribed(MappingNode group) {
        return Stream.concat(
                        Stream.of((Node) group),
                        group.getValue().stream().limit(1).map(NodeTuple::getKeyNode))
                .anyMatch(it -> !comments(it).isEmpty());
    }

    private static List<String> comments(Node node) {
        List<String> lines = new ArrayList<>();
        for (CommentLine comment : Optional.ofNullable(node.getBlockComments()).orElse(List.of())) {
            String line = comment.getValue().strip();
            if (comment.getCommentType() == CommentType.BLANK_LINE) {
                // what stands above an empty line belongs to no value, unless it begins a table
                lines.removeIf(it -> !it.startsWith("+section="));
            } else if (!line.isEmpty()) {
                lines.add(line);
            }
        }
        return lines;
    }

    private static Optional<String> inferred(Node node) {
        return switch (node.getTag().getClassName()) {
            case "str" -> Optional.of("string");
            case "int" -> Optional.of("integer");
            case "bool" -> Optional.of("boolean");
            case "map" -> Optional.of("object");
            default -> Optional.of("array");
        };
    }

    private static Object load(Node node) {
        return new SafeConstructor(new LoaderOptions()) {
            Object from(Node it) {
                return constructDocument(it);
            }
        }.from(node);
    }

    @SuppressWarnings("unchecked") // the keys of a JSON object are strings
    private static Map<String, Object> rules(@Nullable String schema) {
        return schema == null ? Map.of() : JSON.readValue(schema, Map.class);
    }
}
