// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ExportRequest;
import dev.jpull.ExportRequest.Format;
import dev.jpull.PrintableText;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the form of an export. */
final class ExportFormat implements ITypeConverter<Format> {
    @Override
    public Format convert(String text) {
        for (Format format : Format.values()) {
            if (ValueNames.of(format).equals(text.toLowerCase(Locale.ROOT))) {
                return format;
            }
        }
        throw new TypeConversionException(
                "\"" + PrintableText.line(text)
                        + "\" is not a form of an export: write oci-archive, docker-archive or oci (--json for a result as JSON)");
    }

    /** Gives the form to a request; a target that ends in a slash is a directory. */
    static void choose(CommandLine command, ExportRequest.Builder request, @Nullable Format format, String target) {
        boolean directory = target.endsWith("/");
        if (directory && format != null && format != Format.OCI) {
            throw new CommandLine.ParameterException(
                    command,
                    PrintableText.line(target) + " is a directory, but " + ValueNames.of(format)
                            + " is the form of a file: name a file, or write --format oci");
        }
        if (directory) {
            request.format(Format.OCI);
        } else if (format != null) {
            request.format(format);
        }
    }
}
