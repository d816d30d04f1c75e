// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.PrintableText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The version that the build wrote into the manifest of the jar; with {@code --verbose}, also what it runs with. */
public final class Version implements IVersionProvider {
    /** The archive of classes, or the reason for none, as the launcher passes it. */
    private static final String ARCHIVE = "jpull.archive";

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public String[] getVersion() {
        List<String> lines = new ArrayList<>();
        lines.add("jpull " + number() + ", Java " + System.getProperty("java.version"));
        if (spec != null && OutputOptions.isVerbose(spec)) {
            lines.add("Java: " + System.getProperty("java.runtime.version") + " at " + text("java.home", "?"));
            lines.add("archive of classes: " + text(ARCHIVE, "none: not started by the launcher"));
            lines.add("TLS: " + CommandTls.ofEnvironment().description());
        }
        // Picocli would take a percent sign for a directive.
        return lines.stream().map(line -> line.replace("%", "%%")).toArray(String[]::new);
    }

    /** The version, or a note that the classes are not those of a jar. */
    static String number() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }

    private static String text(String property, String otherwise) {
        return PrintableText.line(System.getProperty(property, otherwise));
    }
}
