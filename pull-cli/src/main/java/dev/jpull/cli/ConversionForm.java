// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.HostsConversion.Form;
import dev.jpull.PrintableText;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads what a configuration is converted to. */
final class ConversionForm implements ITypeConverter<Form> {
    /** The words that are read, for the completion of the shell. */
    static final class Words implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of("hosts", "k3s", "k3s-hosts", "registries.conf").iterator();
        }
    }

    @Override
    public Form convert(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "hosts" -> Form.HOSTS;
            case "k3s" -> Form.K3S;
            case "k3s-hosts" -> Form.K3S_HOSTS;
            case "registries.conf" -> Form.REGISTRIES_CONF;
            default ->
                throw new TypeConversionException(
                        "\"" + PrintableText.line(text)
                                + "\" is no kind of configuration that can be written: write hosts, k3s, k3s-hosts or registries.conf");
        };
    }
}
