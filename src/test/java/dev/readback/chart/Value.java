package dev.readback.chart;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One value of the chart, as its comment in {@code values.yaml} describes it.
 *
 * @param path its name with those of the groups around it, such as {@code listeners[].timeouts.idle}
 * @param text what it is, in one line; empty for a group whose members say enough
 * @param section the table in which it stands
 * @param kind what it holds
 * @param required whether an entry of a list must have it
 * @param preset its value when nothing is set; none for a value that is only described
 * @param type a kind of value that the schema defines; none to go by the preset
 * @param rules what the schema asks besides
 * @param members the values inside it: of a group its own, of a list those of each entry
 */
record Value(
        String path,
        String text,
        String section,
        Kind kind,
        boolean required,
        Optional<Object> preset,
        Optional<String> type,
        Map<String, Object> rules,
        List<Value> members) {

    enum Kind {
        /** One value, or a group or list that is handed on as it is. */
        PLAIN,
        /** A group whose members are all described, and no others allowed. */
        GROUP,
        /** A list of such groups. */
        LIST
    }

    Value {
        rules = Map.copyOf(rules);
        members = List.copyOf(members);
        if (text.isEmpty() && kind != Kind.GROUP) {
            throw new IllegalArgumentException(path + " has no comment");
        }
    }

    String name() {
        return path.substring(path.lastIndexOf('.') + 1);
    }
}
