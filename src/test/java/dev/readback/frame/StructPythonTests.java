package dev.readback.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares with the Python of this machine: fresh questions in each run, all asked of one process. */
class StructPythonTests {

    private static final int QUESTIONS = 3000;
    private static final List<String> ORDERS = List.of("", "@", "=", "<", ">", "!");
    private static final List<String> SPACES = List.of("", "", "", " ", "\t\n", "\r\u000b\f ");
    private static final List<String> COUNTS = List.of("", "", "", "1", "2", "3", "010", "40");
    private static final String CHARACTERS = "xcbB?hHiIlLqQnNefdspP";
    private static final String GARBAGE = CHARACTERS + "xcbBhi@=<>! \n012345678%+\u00e9\u0000";

    private final long seed = new Random().nextLong();
    private final RandomGenerator random = new Random(seed);

    @TempDir
    private Path folder;

    @Test
    void unpacksFreshRecordsAsPythonDoes() throws Exception {
        answersAsPython(() -> {
            String format = pick(ORDERS)
                    + Stream.generate(this::item).limit(random.nextInt(1, 8)).collect(Collectors.joining());
            return StructVector.unpackQuestion(format, record(format));
        });
    }

    @Test
    void unpacksFreshDoublesAsPythonPrintsThem() throws Exception {
        answersAsPython(() -> {
            ByteBuffer doubles = ByteBuffer.allocate(10 * Double.BYTES);
            while (doubles.hasRemaining()) {
                doubles.putLong(random.nextLong() & -1L << random.nextInt(Long.SIZE));
            }
            return StructVector.unpackQuestion("!10d", doubles.array());
        });
    }

    @Test
    void unpacksEveryHalfAsPythonDoes() throws Exception {
        ByteBuffer halves = ByteBuffer.allocate(0x10000 * Short.BYTES);
        for (int half = 0; half < 0x10000; half++) {
            halves.putShort((short) half);
        }
        ask(List.of(StructVector.unpackQuestion("!65536e", halves.array())));
    }

    @Test
    void sizesFreshTextAsPythonDoes() throws Exception {
        answersAsPython(() -> {
            String format = Stream.generate(() -> GARBAGE.charAt(random.nextInt(GARBAGE.length())))
                    .limit(random.nextInt(8))
                    .map(String::valueOf)
                    .collect(Collectors.joining());
            return StructVector.sizeQuestion(pick(ORDERS) + format);
        });
    }

    private void answersAsPython(Supplier<String> question) throws Exception {
        ask(Stream.generate(question).limit(QUESTIONS).toList());
    }

    private void ask(List<String> questions) throws Exception {
        String input = String.join("\n", questions) + "\n";
        Path answers = Python.run(folder, Path.of("src/test/python/struct_vectors.py"), input, "--answer");
        List<String> lines = Files.readAllLines(answers);
        assertThat(lines).hasSameSizeAs(questions);
        assertThatNoException()
                .as("seed %d", seed)
                .isThrownBy(() -> lines.stream().map(StructVector::new).forEach(StructVector::check));
    }

    private String item() {
        String count = pick(COUNTS);
        char character = CHARACTERS.charAt(random.nextInt(CHARACTERS.length()));
        String zeroable = character != 'p' && random.nextInt(8) == 0 ? "0" : count;
        return pick(SPACES) + zeroable + character + pick(SPACES);
    }

    /** Bytes of the right length, mostly; for a format that is refused, any. */
    private byte[] record(String format) {
        int size = random.nextInt(8);
        try {
            size = StructFormat.valueOf(format).size() + (random.nextInt(50) == 0 ? 1 : 0);
        } catch (StructFormatException _) {
            // Python is asked whether it refuses the format too
        }
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    private String pick(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
