package dev.readback.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StructVectorTests {

    private static final int FEWEST_OF_A_KIND = 1000;

    @ParameterizedTest
    @ValueSource(strings = {"size", "unpack", "pack"})
    void answersAsPythonDoes(String kind) throws IOException {
        List<StructVector> vectors = committed()
                .lines()
                .map(StructVector::new)
                .filter(vector -> vector.kind().equals(kind))
                .toList();

        assertThat(vectors).hasSizeGreaterThan(FEWEST_OF_A_KIND);
        assertThat(vectors).anyMatch(StructVector::isRefused);
        vectors.forEach(StructVector::check);
    }

    @Test
    void scriptStillWritesTheCommittedVectors(@TempDir Path folder) throws Exception {
        Path produced = Python.run(folder, Path.of("src/test/python/struct_vectors.py"), "");

        assertThat(Files.readString(produced)).isEqualTo(committed());
    }

    private static String committed() throws IOException {
        try (var vectors = StructVectorTests.class.getResourceAsStream("struct-vectors.txt")) {
            assertThat(vectors).isNotNull();
            return new String(vectors.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
