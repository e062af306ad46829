package dev.readback.chart;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.json.JsonMapper;

/** Writes {@code values.schema.json}, with which Helm refuses a wrong value. */
final class Schema {

    private static final String ADDRESSES = "^[0-9a-fA-F.:]+(/[0-9]{1,3})?$";

    /** The kinds of value that {@code +type=} names. */
    private static final Map<String, Map<String, Object>> TYPES = Map.of(
            "duration",
            Map.of("type", List.of("string", "integer"), "minimum", 0, "pattern", "^[0-9]+(ns|us|ms|s|m|h|d)?$"),
            "size",
            Map.of("type", List.of("string", "integer"), "minimum", 1, "pattern", "^[0-9]+(B|KB|MB|GB|TB)?$"),
            "port",
            Map.of("type", "integer", "minimum", 1, "maximum", 65535),
            "amount",
            Map.of("type", List.of("string", "integer"), "minimum", 0, "pattern", "^([0-9]|[1-9][0-9]|100)%$"),
            "labels",
            Map.of("type", "object", "additionalProperties", Map.of("type", "string")),
            "objects",
            Map.of("type", "array", "items", Map.of("type", "object")),
            "addresses",
            Map.of("type", "array", "items", new TreeMap<>(Map.of("type", "string", "pattern", ADDRESSES))));

    private static final JsonMapper JSON = JsonMapper.builder()
            .defaultPrettyPrinter(new DefaultPrettyPrinter(
                            Separators.createDefaultInstance().withObjectNameValueSpacing(Separators.Spacing.AFTER))
                    .withObjectIndenter(new DefaultIndenter("  ", "\n"))
                    .withArrayIndenter(new DefaultIndenter("  ", "\n")))
            .build();

    private Schema() {}

    static String of(List<Value> values) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("$schema", "http://json-schema.org/draft-07/schema#");
        root.putAll(group(values));
        Map<String, Object> global = new LinkedHashMap<>();
        global.put("type", "object");
        global.put("description", "What Helm hands to the charts of a larger one; not used here.");
        Map<String, Object> properties = new LinkedHashMap<>(properties(values));
        properties.put("global", global);
        root.put("properties", properties);
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    }

    private static Map<String, Object> group(List<Value> members) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("additionalProperties", false);
        List<String> required =
                members.stream().filter(Value::required).map(Value::name).toList();
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        schema.put("properties", properties(members));
        return schema;
    }

    private static Map<String, Object> properties(List<Value> members) {
        Map<String, Object> properties = new LinkedHashMap<>();
        members.forEach(it -> properties.put(it.name(), value(it)));
        return properties;
    }

    private static Map<String, Object> value(Value value) {
        Map<String, Object> schema = new LinkedHashMap<>();
        if (!value.text().isEmpty()) {
            schema.put("description", value.text());
        }
        switch (value.kind()) {
            case GROUP -> schema.putAll(group(value.members()));
            case LIST -> {
                schema.put("type", "array");
                schema.put("items", group(value.members()));
            }
            case PLAIN -> schema.putAll(plain(value));
        }
        schema.putAll(new TreeMap<>(value.rules()));
        return schema;
    }

    private static Map<String, Object> plain(Value value) {
        Map<String, Object> schema = new LinkedHashMap<>();
        String type = value.type().orElseThrow();
        // written out each time: what a reference leads to is reported in a roundabout way
        schema.putAll(new TreeMap<>(TYPES.getOrDefault(type, Map.of("type", type))));
        value.preset().ifPresent(it -> schema.put("default", it));
        return schema;
    }
}
