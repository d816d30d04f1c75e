// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.HostsConversion;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code jpull hosts convert CONFIG.TOML DIR}: deprecated mirrors, TLS settings and headers as a hosts directory. */
@Command(
        name = "convert",
        sortOptions = false,
        description =
                "Converts the deprecated mirrors, TLS settings and headers of a containerd config.toml to an equivalent"
                        + " hosts directory. Prints the files; writes them only with --write.")
public final class ConvertCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "CONFIG.TOML", description = "The configuration file of containerd.")
    private Path config = Path.of("");

    @Parameters(index = "1", paramLabel = "DIR", description = "The hosts directory.")
    private Path directory = Path.of("");

    @Option(names = "--write", description = "Write the files; existing files are not overwritten.")
    private boolean write;

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        HostsConversion conversion = HostsConversion.of(config);
        if (write) {
            conversion.write(directory);
        }
        output.print(() -> ResultJson.conversion(conversion, directory, write), out -> print(conversion, out));
        return 0;
    }

    private void print(HostsConversion conversion, PrintWriter out) {
        if (conversion.files().isEmpty()) {
            out.println("nothing to convert: " + config + " has no mirrors, TLS settings or headers");
            return;
        }
        conversion.shownFiles().forEach((file, text) -> {
            out.println("# " + (write ? "written: " : "") + directory.resolve(file));
            text.lines().forEach(out::println);
        });
        FindingReport report = new FindingReport(out);
        conversion.findings().forEach(report::print);
        out.println("These files give every registry the same endpoints as " + config + "; jpull compared them.");
        if (!write) {
            out.println("Nothing was written; add --write to write the files.");
        }
        out.println("Then, in " + config + ", remove mirrors, configs.*.tls and headers, and set config_path = \""
                + directory.toAbsolutePath().normalize() + "\".");
    }
}
