// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.LocalStore;
import dev.jpull.PrintableText;
import dev.jpull.cli.progress.HarmlessWriter;
import dev.jpull.cli.progress.Terminal;
import dev.jpull.error.IntegrityException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageDetails;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jpull store inspect IMAGE}: all that the store knows about one image. */
@Command(
        name = "inspect",
        sortOptions = false,
        description = "Shows an image or artifact of the store: platforms, configuration, layers, history, referrers.")
public final class StoreInspectCommand implements Callable<Integer> {
    /** A document of an image. */
    enum Raw {
        MANIFEST,
        CONFIG,
        INDEX
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "IMAGE",
            description = "The image: its name, its digest, or the first digits of the digest, at least four.")
    private String image = "";

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Option(
            names = "--platform",
            paramLabel = "PLATFORM",
            description = "Platform to show, such as linux/arm64; may be repeated (default: all in JSON; as text, the"
                    + " details of this machine's, else of the first one in the store).")
    private List<String> platforms = new ArrayList<>();

    @Option(
            names = "--raw",
            paramLabel = "manifest|config|index",
            description = "Print the bytes of this document instead, as they are; control characters are escaped on a"
                    + " terminal alone.")
    private @Nullable Raw raw;

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        Raw wanted = raw;
        if (wanted != null && output.isJson()) {
            throw new ParameterException(
                    spec.commandLine(), "--raw prints a document as it is: leave out --format json");
        }
        LocalStore local = store.open();
        ImageDetails details = local.inspect(image, platforms);
        if (wanted != null) {
            Digest digest = document(details, wanted).digest();
            printRaw(digest, local.document(digest));
        } else {
            output.print(
                    () -> InspectJson.of(details), out -> new InspectText(out, !platforms.isEmpty()).print(details));
        }
        return 0;
    }

    private Descriptor document(ImageDetails details, Raw wanted) {
        if (wanted == Raw.INDEX) {
            if (!details.root().mediaType().isIndex()) {
                throw new ParameterException(
                        spec.commandLine(),
                        PrintableText.line(image) + " is one manifest without an index: write --raw manifest");
            }
            return details.root();
        }
        ImageDetails.Manifest shown = InspectText.preferred(details);
        if (shown == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "no manifest of " + PrintableText.line(image) + " is in the store: write --raw index");
        }
        if (wanted == Raw.MANIFEST) {
            return shown.descriptor();
        }
        Descriptor config = shown.config();
        if (config == null) {
            throw new ParameterException(
                    spec.commandLine(), "the manifest " + shown.descriptor().digest() + " has no configuration");
        }
        return config;
    }

    private void printRaw(Digest digest, byte[] content) {
        PrintWriter out = output.out();
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IntegrityException(
                    digest + " is no text in UTF-8: read its file below blobs in the store instead", e);
        }
        // A program gets what it asked for; a terminal would obey what an image says.
        PrintWriter to = Terminal.isStandardOutput() ? out : HarmlessWriter.raw(out);
        to.write(text);
        to.flush();
    }
}
