// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ExportRequest.Compression;
import dev.jpull.PrintableText;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads how an archive is compressed. */
final class ExportCompression implements ITypeConverter<Compression> {
    @Override
    public Compression convert(String text) {
        for (Compression compression : Compression.values()) {
            if (ValueNames.of(compression).equals(text.toLowerCase(Locale.ROOT))) {
                return compression;
            }
        }
        throw new TypeConversionException(
                "\"" + PrintableText.line(text) + "\" is no compression of an archive: write none, gzip or zstd");
    }
}
