// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The command uses the library as others do, and test infrastructure for the demo alone. */
class ArchitectureTest {
    private static final Set<String> EXPORTED = Set.of(
            "dev.jpull",
            "dev.jpull.credentials",
            "dev.jpull.error",
            "dev.jpull.event",
            "dev.jpull.finding",
            "dev.jpull.image",
            "dev.jpull.secret");

    @Test
    void onlyTheDemoUsesTestInfrastructureAndTheCommandUsesExportedPackagesOnly() {
        var classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.jpull.cli");
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.jpull.cli.demo")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.jpull.testdata..")
                .check(classes);
        classes()
                .should()
                .onlyDependOnClassesThat(
                        DescribedPredicate.describe("are exported, or of others", ArchitectureTest::mayBeUsed))
                .check(classes);
    }

    private static boolean mayBeUsed(JavaClass type) {
        String name = type.getBaseComponentType().getPackageName();
        return !name.startsWith("dev.jpull")
                || name.startsWith("dev.jpull.cli")
                || name.startsWith("dev.jpull.testdata")
                || EXPORTED.contains(name);
    }
}
