// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ImagePuller;
import dev.jpull.PrintableText;
import dev.jpull.PullRequest;
import dev.jpull.UnpackOptions;
import dev.jpull.UnpackedImage;
import dev.jpull.cli.progress.ByteCount;
import dev.jpull.cli.progress.Progress;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jpull unpack IMAGE DIR}: the root file system of an image as a directory. */
@Command(
        name = "unpack",
        sortOptions = false,
        description = {
            "Pulls an image, verifies its layers by their diff IDs, and unpacks them into a directory, which gets the root"
                    + " file system of the image.",
            "Files get the owners that the image gives them when jpull runs as root, and else the user that runs it."
        })
public final class UnpackCommand implements Callable<Integer> {
    private static final int MOST_EXAMPLES = 10;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            paramLabel = "IMAGE",
            description = "The image, such as busybox or registry.example:5000/app:1.")
    private String image = "";

    @Parameters(index = "1", paramLabel = "DIR", description = "The directory; it is made when it is not there.")
    private Path directory = Path.of("");

    @Option(
            names = "--only",
            paramLabel = "PATH",
            description = "Unpack this file or directory of the image, and not the rest; may be repeated.")
    private List<String> only = new ArrayList<>();

    @Option(
            names = "--uid",
            paramLabel = "UID",
            description = "Owner of all files, as a number (default with --gid: the user that runs jpull).")
    private @Nullable Long uid;

    @Option(
            names = "--gid",
            paramLabel = "GID",
            description = "Group of all files, as a number (default: the same as --uid).")
    private @Nullable Long gid;

    @Option(
            names = "--no-owner",
            description = "Leave the owners of files alone; set-user-ID and set-group-ID bits are left out.")
    private boolean noOwner;

    @Option(
            names = "--force",
            description =
                    "Unpack into a directory that is not empty: files of the image replace those of the same name.")
    private boolean force;

    @Mixin
    private TransferOptions transfer = new TransferOptions();

    @Mixin
    private LockOptions lock = new LockOptions();

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        CommandLine command = spec.commandLine();
        PrintWriter err = command.getErr();
        transfer.check(command);
        if (noOwner && (uid != null || gid != null)) {
            throw new CommandLine.ParameterException(command, "--no-owner excludes --uid and --gid");
        }
        if (transfer.platforms().size() > 1) {
            throw new CommandLine.ParameterException(
                    command, "an image is unpacked for one platform: give --platform once");
        }
        if (spec.root().userObject() instanceof PullCommand root) {
            root.warmUp().await();
        }
        UnpackOptions options = options();
        PullRequest.Builder request = PullRequest.builder(image).offline(transfer.isOffline());
        transfer.platforms().forEach(request::platform);
        long start = System.nanoTime();
        try (ImagePuller puller = lock.apply(
                                transfer.apply(registry.builder(List.of(image), output.isVerbose(), err), err))
                        .build();
                Interruption.Closing closing = Interruption.of(spec).closing(puller, Interruption.KEPT)) {
            UnpackedImage unpacked = puller.unpack(request.build(), directory, options);
            output.print(() -> ResultJson.unpacked(unpacked), out -> out.println(PullCommand.pinned(unpacked.image())));
            report(unpacked, System.nanoTime() - start, err);
        }
        return 0;
    }

    private UnpackOptions options() {
        UnpackOptions.Builder options = UnpackOptions.builder().force(force);
        only.forEach(options::only);
        if (noOwner) {
            options.owners(false);
        }
        if (uid != null) {
            options.uid(uid);
        }
        if (gid != null) {
            options.gid(gid);
        }
        return options.build();
    }

    private void report(UnpackedImage unpacked, long nanos, PrintWriter err) {
        List<String> missing = unpacked.notPossible();
        missing.stream().limit(MOST_EXAMPLES).forEach(line -> err.println("jpull: " + line));
        if (missing.size() > MOST_EXAMPLES) {
            err.println("jpull: " + (missing.size() - MOST_EXAMPLES)
                    + " more lines like these; --format json has all of them");
        }
        Progress shown = transfer.progress();
        if (shown != Progress.NONE && shown != Progress.JSON) {
            err.println(Summary.of(unpacked.image(), nanos));
            int layers = unpacked.image().layers().size();
            err.println("unpacked " + layers + (layers == 1 ? " layer" : " layers") + " with " + unpacked.entries()
                    + (unpacked.entries() == 1 ? " entry, " : " entries, ") + ByteCount.of(unpacked.bytes())
                    + " of files, into "
                    + PrintableText.line(unpacked.directory().toString()));
        }
    }
}
