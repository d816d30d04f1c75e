// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.HostsDiff;
import dev.jpull.finding.SourcePosition;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code jpull hosts diff OLD NEW [IMAGE...]}: what a change of registry configuration changes for pulls. */
@Command(
        name = "diff",
        sortOptions = false,
        description = "Shows what changes for pulls when one registry configuration replaces another; sends no request."
                + " Exits with 1 when something changes, as diff does.")
public final class DiffCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "OLD", description = "The old configuration: a file or a directory.")
    private Path before = Path.of("");

    @Parameters(index = "1", paramLabel = "NEW", description = "The new configuration, of the same kind or another.")
    private Path after = Path.of("");

    @Parameters(
            index = "2..*",
            arity = "0..*",
            paramLabel = "IMAGE",
            description = "Images to compare, in addition to examples for each registry that is configured.")
    private List<String> images = new ArrayList<>();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        HostsDiff diff = HostsDiff.of(before, after, images);
        output.print(() -> DiffJson.write(diff), out -> print(diff, out));
        return diff.changes().isEmpty() ? 0 : ExitCode.DIFFERENT;
    }

    private static void print(HostsDiff diff, PrintWriter out) {
        String scope = "";
        for (HostsDiff.Change change : diff.changes()) {
            if (!change.scope().equals(scope)) {
                if (!scope.isEmpty()) {
                    out.println();
                }
                out.println(heading(change.scope()));
                scope = change.scope();
            }
            out.println((change.dangerous() ? "! " : "  ") + change.sign() + " " + change.message() + where(change)
                    + places(change));
        }
    }

    private static String heading(String scope) {
        if (scope.equals("*")) {
            return "* (all other registries)";
        }
        return scope.endsWith(":*") ? scope + " (its other ports)" : scope;
    }

    private static String where(HostsDiff.Change change) {
        List<String> images = change.images();
        if (images.isEmpty()) {
            return "";
        }
        String more = images.size() > 1 ? " and " + (images.size() - 1) + " more" : "";
        return "; for " + images.get(0) + more;
    }

    private static String places(HostsDiff.Change change) {
        String old = place(change.before());
        String now = place(change.after());
        return old.isEmpty() && now.isEmpty()
                ? ""
                : "  <- " + (old.isEmpty() ? "default" : old) + " -> " + (now.isEmpty() ? "default" : now);
    }

    private static String place(SourcePosition position) {
        return position.file() == null ? "" : position.toString();
    }
}
