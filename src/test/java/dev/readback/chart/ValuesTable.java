package dev.readback.chart;

import java.util.List;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/** Writes the tables of values in the chart's README. */
final class ValuesTable {

    private final StringBuilder text = new StringBuilder();
    private String section = "";

    private ValuesTable() {}

    static String of(List<Value> values) {
        ValuesTable table = new ValuesTable();
        values.forEach(table::add);
        return table.text.toString();
    }

    private void add(Value value) {
        if (!value.section().equals(section)) {
            section = value.section();
            text.append("\n### ").append(section).append("\n\n| Value | Default | What |\n|---|---|---|\n");
        }
        if (!value.text().isEmpty()) {
            text.append("| `")
                    .append(value.path())
                    .append("` | ")
                    .append(value.preset().map(ValuesTable::print).orElse(""))
                    .append(" | ")
                    .append(value.text().replace("|", "\\|"))
                    .append(value.required() ? " Required." : "")
                    .append(" |\n");
        }
        value.members().forEach(this::add);
    }

    private static String print(Object value) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.FLOW);
        options.setWidth(Integer.MAX_VALUE);
        String text = value instanceof String string
                ? string
                : new Yaml(options).dump(value).strip();
        return text.isEmpty() || text.equals("{}") || text.equals("[]") ? "" : "`" + text + "`";
    }
}
