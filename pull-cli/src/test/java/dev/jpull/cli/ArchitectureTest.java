// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The command uses the library as others do, and test infrastructure for the demo alone. */
class ArchitectureTest {
    @Test
    void onlyTheDemoUsesTestInfrastructureAndNothingUsesInternals() {
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
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.jpull.address..",
                        "dev.jpull.diagnose..",
                        "dev.jpull.hosts..",
                        "dev.jpull.http..",
                        "dev.jpull.json..",
                        "dev.jpull.pull..",
                        "dev.jpull.registry..",
                        "dev.jpull.resolve..",
                        "dev.jpull.store..",
                        "dev.jpull.transfer..")
                .check(classes);
    }
}
