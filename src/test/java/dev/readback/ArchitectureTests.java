package dev.readback;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Packages are features, and depend in one direction only. */
class ArchitectureTests {

    /** From the top: each may use those behind it and none before it. */
    private static final List<String> ORDER = List.of("probe", "monitor", "listener", "net", "settings", "frame");

    private static final JavaClasses CODE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.readback");

    @Test
    void packagesDependInOneDirection() {
        for (int i = 1; i < ORDER.size(); i++) {
            String[] above = ORDER.subList(0, i).stream()
                    .map(it -> "dev.readback." + it + "..")
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage("dev.readback." + ORDER.get(i) + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(above)
                    .check(CODE);
        }
        SlicesRuleDefinition.slices()
                .matching("dev.readback.(*)..")
                .should()
                .beFreeOfCycles()
                .check(CODE);
    }

    @Test
    void everyPackageIsInTheOrder() {
        String[] known = ORDER.stream().map(it -> "dev.readback." + it + "..").toArray(String[]::new);
        classes()
                .that()
                .resideOutsideOfPackage("dev.readback")
                .should()
                .resideInAnyPackage(known)
                .check(CODE);
    }

    @Test
    void theProbeKnowsFramesOnly() {
        noClasses()
                .that()
                .resideInAPackage("dev.readback.probe..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.readback.monitor..",
                        "dev.readback.listener..",
                        "dev.readback.net..",
                        "dev.readback.settings..")
                .check(CODE);
    }

    @Test
    void framesAndTheProbeKnowNoSpring() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.readback.frame..", "dev.readback.probe..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.springframework..")
                .check(CODE);
    }

    @Test
    void theTransportKnowsNoMetricsLibrary() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.readback.net..", "dev.readback.frame..", "dev.readback.settings..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.micrometer..")
                .check(CODE);
    }

    @Test
    void everyPackageIsNullMarked() {
        CODE.stream().map(it -> it.getPackage()).distinct().forEach(it -> {
            if (!it.isAnnotatedWith(NullMarked.class)) {
                throw new AssertionError(it.getName() + " is not @NullMarked");
            }
        });
    }

    @Test
    void nothingLocksOnTheHotPath() {
        methods()
                .that()
                .areDeclaredInClassesThat()
                .resideInAnyPackage("dev.readback.net..", "dev.readback.frame..")
                .and()
                .doNotHaveName("fillInStackTrace") // Throwable's own is synchronized, and it fills in nothing
                .should()
                .notHaveModifier(JavaModifier.SYNCHRONIZED)
                .check(CODE);
    }
}
