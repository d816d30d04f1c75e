// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The house: packages by floors, arrows downwards only, and no foreign types in the public API. */
class ArchitectureTest {
    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.jpull");

    private static final Set<String> EXPORTED = Set.of(
            "dev.jpull",
            "dev.jpull.credentials",
            "dev.jpull.error",
            "dev.jpull.event",
            "dev.jpull.finding",
            "dev.jpull.image",
            "dev.jpull.secret");

    /** How many public types the exported packages have at most, nested types aside. */
    private static final int MOST_EXPORTED_TYPES = 70;

    /** From the lowest floor to the highest; a package may use those on the floors below its own. */
    private static final List<Set<String>> FLOORS = List.of(
            Set.of(
                    "address",
                    "text",
                    "regex",
                    "file",
                    "secret",
                    "json",
                    "error",
                    "finding",
                    "image",
                    "manifest",
                    "event"),
            Set.of("lint", "toml", "yaml", "hosts", "credentials", "compression", "tar", "posix", "list", "lockfile"),
            Set.of("http", "docker", "k3s", "containers"),
            Set.of("registry", "store", "dialect"),
            Set.of("resolve", "transfer", "layer", "snapshot", "archive"),
            Set.of("pull", "diagnose", "compare", "convert", "sync"),
            Set.of(""));

    /** What a package may use on its own floor. */
    private static final Map<String, Set<String>> ARROWS = Map.ofEntries(
            Map.entry("file", Set.of("error", "text")),
            Map.entry("text", Set.of("secret")),
            Map.entry("json", Set.of("text")),
            Map.entry("error", Set.of("text")),
            Map.entry("finding", Set.of("text")),
            Map.entry("image", Set.of("address", "error", "text")),
            Map.entry("manifest", Set.of("image", "json", "error", "text")),
            Map.entry("event", Set.of("image", "error", "text")),
            Map.entry("toml", Set.of("lint")),
            Map.entry("hosts", Set.of("credentials", "lint", "toml")),
            Map.entry("list", Set.of("yaml")),
            Map.entry("compression", Set.of("posix")),
            Map.entry("snapshot", Set.of("layer")),
            Map.entry("archive", Set.of("layer")),
            Map.entry("convert", Set.of("compare")),
            Map.entry("sync", Set.of("pull")));

    @Test
    void packagesUseLowerFloorsOnly() {
        classes().should(dependDownwards()).check(engine());
    }

    private static ArchCondition<JavaClass> dependDownwards() {
        return new ArchCondition<>("depend on packages of lower floors, or along an arrow") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                String from = packageOf(type);
                type.getDirectDependenciesFromSelf().stream()
                        .filter(used -> used.getTargetClass().getPackageName().startsWith("dev.jpull"))
                        .filter(used -> !mayUse(from, packageOf(used.getTargetClass())))
                        .forEach(used -> events.add(SimpleConditionEvent.violated(type, used.getDescription())));
            }
        };
    }

    private static String packageOf(JavaClass type) {
        String name = type.getPackageName();
        return name.equals("dev.jpull") ? "" : name.substring("dev.jpull.".length());
    }

    private static boolean mayUse(String from, String to) {
        return from.equals(to)
                || floor(to) < floor(from)
                || ARROWS.getOrDefault(from, Set.of()).contains(to);
    }

    private static int floor(String name) {
        for (int i = 0; i < FLOORS.size(); i++) {
            if (FLOORS.get(i).contains(name)) {
                return i;
            }
        }
        throw new IllegalStateException("the package " + name + " has no floor");
    }

    @Test
    void theEngineDoesNotUseTestInfrastructure() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.jpull.testdata..")
                .check(CORE.that(DescribedPredicate.describe(
                        "of the engine", type -> !type.getPackageName().startsWith("dev.jpull.testdata"))));
    }

    @Test
    void eachLibraryHasOnePlace() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.jpull.http..", "dev.jpull.registry..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("okhttp3..", "okio..")
                .check(engine());
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.jpull.hosts", "dev.jpull.toml")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.tomlj..")
                .check(engine());
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.jpull.yaml")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.snakeyaml..")
                .check(engine());
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.jpull.json")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("tools.jackson..")
                .check(engine());
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.jpull.http")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bouncycastle..")
                .check(engine());
    }

    @Test
    void theModuleExportsThesePackagesOnly() throws IOException, URISyntaxException {
        Path classes = Path.of(ImagePuller.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (InputStream in = Files.newInputStream(classes.resolve("module-info.class"))) {
            assertThat(ModuleDescriptor.read(in).exports())
                    .allMatch(export -> !export.isQualified())
                    .extracting(ModuleDescriptor.Exports::source)
                    .containsExactlyInAnyOrderElementsOf(EXPORTED);
        }
    }

    @Test
    void thePublicFaceStaysSmall() {
        assertThat(engine().stream()
                        .filter(type -> isExported(type) && type.isTopLevelClass())
                        .map(JavaClass::getName)
                        .sorted())
                .hasSizeBetween(MOST_EXPORTED_TYPES / 2, MOST_EXPORTED_TYPES);
    }

    @Test
    void theRootPackageHasApiTypesOnly() {
        assertThat(engine().stream()
                        .filter(type -> type.getPackageName().equals("dev.jpull") && type.isTopLevelClass())
                        .filter(type -> !type.getModifiers().contains(JavaModifier.PUBLIC))
                        .filter(type -> !type.getSimpleName().equals("package-info"))
                        .map(JavaClass::getName))
                .isEmpty();
    }

    @Test
    void noExportedSignatureShowsATypeThatIsNotExported() {
        classes()
                .that(DescribedPredicate.describe("are exported", ArchitectureTest::isExported))
                .should(showExportedTypesOnly())
                .check(engine());
    }

    private static boolean isExported(JavaClass type) {
        return EXPORTED.contains(type.getPackageName())
                && type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(ArchitectureTest::isExported).orElse(true);
    }

    private static JavaClasses engine() {
        return CORE.that(DescribedPredicate.describe(
                "of the engine", type -> !type.getPackageName().startsWith("dev.jpull.testdata")));
    }

    private static ArchCondition<JavaClass> showExportedTypesOnly() {
        return new ArchCondition<>("show only types of the JDK and exported ones") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                type.getSuperclass().ifPresent(shown -> check(type.getName(), type, shown, events));
                type.getInterfaces().forEach(shown -> check(type.getName(), type, shown, events));
                for (JavaField field : type.getFields()) {
                    if (isVisible(field)) {
                        check(field.getFullName(), type, field.getType(), events);
                    }
                }
                for (JavaCodeUnit unit : type.getCodeUnits()) {
                    if (isVisible(unit)) {
                        check(unit.getFullName(), type, unit.getReturnType(), events);
                        unit.getParameterTypes().forEach(shown -> check(unit.getFullName(), type, shown, events));
                        unit.getTypeParameters().forEach(shown -> check(unit.getFullName(), type, shown, events));
                        unit.getExceptionTypes().forEach(shown -> check(unit.getFullName(), type, shown, events));
                    }
                }
            }

            private void check(String where, JavaClass owner, JavaType shown, ConditionEvents events) {
                shown.getAllInvolvedRawTypes().stream()
                        .map(JavaClass::getBaseComponentType)
                        .filter(used -> !isShowable(used))
                        .forEach(used ->
                                events.add(SimpleConditionEvent.violated(owner, where + " shows " + used.getName())));
            }
        };
    }

    private static boolean isVisible(JavaMember member) {
        return member.getModifiers().contains(JavaModifier.PUBLIC)
                || member.getModifiers().contains(JavaModifier.PROTECTED);
    }

    private static boolean isShowable(JavaClass type) {
        return type.isPrimitive()
                || type.getPackageName().startsWith("java.")
                || type.getPackageName().startsWith("javax.net.") // of java.base too
                || isExported(type);
    }
}
