package dev.readback.frame;

import java.util.List;
import java.util.stream.Collectors;

/** Prints the values of a record as Python prints the tuple of {@code struct.unpack}. */
public final class PythonTuple {

    private PythonTuple() {}

    /**
     * The text on one line: {@code ()}, {@code (20,)}, {@code (7, -1, b'ab')}.
     *
     * @param values of the types that {@link StructFormat#unpack} returns; smaller integers and Float, which is printed
     *     as the double of the same value, are taken too
     * @throws IllegalArgumentException for a value of any other type
     */
    public static String of(List<?> values) {
        String end = values.size() == 1 ? ",)" : ")";
        return values.stream().map(PythonText::repr).collect(Collectors.joining(", ", "(", end));
    }
}
