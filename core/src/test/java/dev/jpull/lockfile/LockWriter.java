// SPDX-License-Identifier: Apache-2.0
package dev.jpull.lockfile;

import dev.jpull.image.Digest;
import dev.jpull.image.LockedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/** A process that writes many lines into a lock file. */
final class LockWriter {
    static final int LINES = 30;

    private LockWriter() {}

    static Process start(Path file, String repository) throws IOException {
        return java(LockWriter.class, file.toString(), repository).start();
    }

    static ProcessBuilder java(Class<?> program, String... args) {
        ProcessBuilder process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName());
        process.command().addAll(java.util.List.of(args));
        return process.redirectError(ProcessBuilder.Redirect.INHERIT);
    }

    public static void main(String[] args) {
        Lockfile file = new Lockfile(Path.of(args[0]));
        for (int i = 0; i < LINES; i++) {
            LockedImage image = new LockedImage(
                    "r.example/" + args[1] + ":" + i,
                    Digest.parse("sha256:" + "3".repeat(64)),
                    Instant.EPOCH,
                    "",
                    Map.of());
            file.change(image.name(), now -> image, () -> false);
        }
    }
}
