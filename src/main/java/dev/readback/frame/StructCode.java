package dev.readback.frame;

import dev.readback.frame.StructInteger.Sign;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The format characters, with their size in bytes; standard size 0 means that the character is native only. */
enum StructCode {
    PAD('x', 1, 1),
    CHARACTER('c', 1, 1),
    SIGNED_BYTE('b', 1, 1),
    BYTE('B', 1, 1),
    BOOLEAN('?', 1, 1),
    SIGNED_SHORT('h', 2, 2),
    SHORT('H', 2, 2),
    SIGNED_INT('i', 4, 4),
    INT('I', 4, 4),
    SIGNED_LONG('l', 4, 8),
    LONG('L', 4, 8),
    SIGNED_LONG_LONG('q', 8, 8),
    LONG_LONG('Q', 8, 8),
    SIGNED_SIZE('n', 0, 8),
    SIZE('N', 0, 8),
    HALF('e', 2, 2),
    SINGLE('f', 4, 4),
    DOUBLE('d', 8, 8),
    TEXT('s', 1, 1),
    PASCAL('p', 1, 1),
    ADDRESS('P', 0, 8);

    private final char character;
    private final int standardSize;
    private final int nativeSize;

    StructCode(char character, int standardSize, int nativeSize) {
        this.character = character;
        this.standardSize = standardSize;
        this.nativeSize = nativeSize;
    }

    static Optional<StructCode> of(char character) {
        return Arrays.stream(values())
                .filter(code -> code.character == character)
                .findFirst();
    }

    /** The characters that a byte order allows, to name them in an error. */
    static String allowed(StructOrder order) {
        return Arrays.stream(values())
                .filter(code -> code.isAllowed(order))
                .map(code -> String.valueOf(code.character))
                .collect(Collectors.joining(" "));
    }

    char character() {
        return character;
    }

    boolean isAllowed(StructOrder order) {
        return size(order) > 0;
    }

    int size(StructOrder order) {
        return order == StructOrder.NATIVE ? nativeSize : standardSize;
    }

    /** What an item must start at a multiple of: on 64-bit Linux its own size; 1 wherever sizes are standard. */
    int alignment(StructOrder order) {
        return order == StructOrder.NATIVE ? nativeSize : 1;
    }

    /** The number of values that an item holds: to text, the repeat count is the length of one value. */
    long values(long count) {
        return switch (this) {
            case PAD -> 0;
            case TEXT, PASCAL -> 1;
            case CHARACTER, SIGNED_BYTE, BYTE, BOOLEAN, SIGNED_SHORT, SHORT, SIGNED_INT, INT, SIGNED_LONG, LONG ->
                count;
            case SIGNED_LONG_LONG, LONG_LONG, SIGNED_SIZE, SIZE, HALF, SINGLE, DOUBLE, ADDRESS -> count;
        };
    }

    /** How one value is read and written; none for a pad byte. */
    Optional<StructElement> element(StructOrder order, int count) {
        return switch (this) {
            case PAD -> Optional.empty();
            case CHARACTER -> Optional.of(new StructElement.OneByte());
            case BOOLEAN -> Optional.of(new StructElement.Truth());
            case TEXT -> Optional.of(new StructElement.Text(count));
            case PASCAL -> Optional.of(new StructElement.Pascal(count));
            case SIGNED_BYTE, SIGNED_SHORT, SIGNED_INT, SIGNED_LONG, SIGNED_LONG_LONG, SIGNED_SIZE ->
                Optional.of(new StructInteger(order, size(order), Sign.SIGNED));
            case BYTE, SHORT, INT, LONG, LONG_LONG, SIZE ->
                Optional.of(new StructInteger(order, size(order), Sign.UNSIGNED));
            case ADDRESS -> Optional.of(new StructInteger(order, size(order), Sign.EITHER));
            case HALF -> Optional.of(new StructFloat(order, FloatBits.HALF));
            case SINGLE -> Optional.of(new StructFloat(order, FloatBits.SINGLE));
            case DOUBLE -> Optional.of(new StructFloat(order, FloatBits.DOUBLE));
        };
    }
}
