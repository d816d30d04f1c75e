// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ImagePullerBuilder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of commands that pull as a lock file says. */
public final class LockOptions {
    private static final Path USUAL_FILE = Path.of("jpull.lock");

    @Option(
            names = "--lock",
            paramLabel = "FILE",
            description =
                    "Lock file: pull the images that it has by the digests in it, and add others to it (default with another"
                            + " option for lock files: jpull.lock).")
    private @Nullable Path file;

    @Option(
            names = "--locked",
            description =
                    "Refuse an image that is not in the lock file. A locked image of the store needs no request; for others the"
                            + " tag is asked for, and refused when it has another digest now. --max-age asks for tags of the"
                            + " store too. Do not write the file.")
    private boolean locked;

    @Option(
            names = "--max-age",
            paramLabel = "AGE",
            description =
                    "Ask for the tag again when its line in the lock file is older: 30m, 24h, 7d; and do not ask when it is younger.")
    private @Nullable String maxAge;

    /** Sets an option without a value, for {@link OrdinaryPull}; false for any other. */
    boolean setFlag(String name) {
        locked |= name.equals("--locked");
        return name.equals("--locked");
    }

    /** Sets an option with a value, for {@link OrdinaryPull}; false for any other. */
    boolean setValue(String name, String value) {
        if (name.equals("--lock")) {
            file = Path.of(value);
            return true;
        }
        return false;
    }

    /** The lock file. */
    Path file() {
        return file == null ? USUAL_FILE : file;
    }

    /** Gives the options to a builder. */
    ImagePullerBuilder apply(ImagePullerBuilder builder) {
        if (isGiven()) {
            builder.lockFile(file()).locked(locked);
        }
        if (maxAge != null) {
            builder.lockMaxAge(Age.parse("--max-age", maxAge));
        }
        return builder;
    }

    /** Whether a lock file is used. */
    boolean isGiven() {
        return file != null || locked || maxAge != null;
    }
}
