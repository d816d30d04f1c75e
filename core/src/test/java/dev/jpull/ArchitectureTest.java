// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;
import java.util.stream.Stream;
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
            "dev.jpull.hosts",
            "dev.jpull.image",
            "dev.jpull.secret");

    @Test
    void packagesUseLowerFloorsOnly() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("facade")
                .definedBy("dev.jpull")
                .layer("resolve")
                .definedBy("dev.jpull.resolve")
                .layer("transfer")
                .definedBy("dev.jpull.transfer")
                .layer("registry")
                .definedBy("dev.jpull.registry")
                .layer("store")
                .definedBy("dev.jpull.store")
                .layer("http")
                .definedBy("dev.jpull.http")
                .layer("hosts")
                .definedBy("dev.jpull.hosts")
                .layer("credentials")
                .definedBy("dev.jpull.credentials")
                .layer("image")
                .definedBy("dev.jpull.image")
                .layer("event")
                .definedBy("dev.jpull.event")
                .layer("json")
                .definedBy("dev.jpull.json")
                .layer("error")
                .definedBy("dev.jpull.error")
                .layer("secret")
                .definedBy("dev.jpull.secret")
                .layer("file")
                .definedBy("dev.jpull.file")
                .whereLayer("facade")
                .mayOnlyAccessLayers(
                        "resolve",
                        "transfer",
                        "registry",
                        "store",
                        "http",
                        "hosts",
                        "credentials",
                        "image",
                        "event",
                        "error",
                        "secret",
                        "file")
                .whereLayer("resolve")
                .mayOnlyAccessLayers("registry", "store", "http", "hosts", "image", "event", "json", "error", "secret")
                .whereLayer("transfer")
                .mayOnlyAccessLayers("registry", "store", "http", "hosts", "image", "event", "json", "error", "secret")
                .whereLayer("registry")
                .mayOnlyAccessLayers("http", "hosts", "credentials", "image", "event", "json", "error", "secret")
                .whereLayer("store")
                .mayOnlyAccessLayers("image", "json", "error", "secret", "file")
                .whereLayer("http")
                .mayOnlyAccessLayers("hosts", "credentials", "image", "json", "error", "secret", "file")
                .whereLayer("hosts")
                .mayOnlyAccessLayers("image", "json", "error", "secret", "file")
                .whereLayer("credentials")
                .mayOnlyAccessLayers("image", "json", "error", "secret", "file")
                .whereLayer("image")
                .mayOnlyAccessLayers("json", "error", "secret")
                .whereLayer("event")
                .mayOnlyAccessLayers("image", "error", "secret")
                .whereLayer("json")
                .mayOnlyAccessLayers("secret")
                .whereLayer("error")
                .mayOnlyAccessLayers("secret")
                .whereLayer("secret")
                .mayNotAccessAnyLayer()
                .whereLayer("file")
                .mayOnlyAccessLayers("secret")
                .check(CORE);
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
                .resideOutsideOfPackage("dev.jpull.hosts")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.tomlj..")
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
    void thePublicApiShowsNoForeignTypes() {
        classes()
                .that()
                .arePublic()
                .and(DescribedPredicate.describe(
                        "are exported", (JavaClass type) -> EXPORTED.contains(type.getPackageName())))
                .should(showOnlyOwnTypes())
                .check(engine());
    }

    private static JavaClasses engine() {
        return CORE.that(DescribedPredicate.describe(
                "of the engine", type -> !type.getPackageName().startsWith("dev.jpull.testdata")));
    }

    private static ArchCondition<JavaClass> showOnlyOwnTypes() {
        return new ArchCondition<>("show only types of the JDK and of jpull") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (JavaMethod method : type.getMethods()) {
                    if (method.getModifiers().contains(JavaModifier.PUBLIC)) {
                        Stream.concat(Stream.of(method.getRawReturnType()), method.getRawParameterTypes().stream())
                                .filter(used ->
                                        isForeign(used.getBaseComponentType().getPackageName()))
                                .forEach(used -> events.add(SimpleConditionEvent.violated(
                                        method, method.getFullName() + " shows " + used.getName())));
                    }
                }
            }
        };
    }

    private static boolean isForeign(String packageName) {
        return !packageName.isEmpty() && !packageName.startsWith("java.") && !packageName.startsWith("dev.jpull");
    }
}
