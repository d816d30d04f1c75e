// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The programs that the integration tests need, installed when they are missing and this is root on Debian. */
public final class DebianPackages {
    private DebianPackages() {}

    /** Requires programs that have the names of their packages. */
    public static synchronized void require(String... programs) {
        List<String> missing = missing(programs);
        if (missing.isEmpty()) {
            return;
        }
        if (!System.getProperty("user.name").equals("root") || !isOnPath("apt-get")) {
            throw new IllegalStateException("the integration tests need " + String.join(", ", missing)
                    + ": install them with \"apt-get install " + String.join(" ", missing)
                    + "\", or run the tests as root on Debian");
        }
        run("apt-get", "update");
        List<String> install = new ArrayList<>(List.of("apt-get", "install", "-y", "--no-install-recommends"));
        install.addAll(missing);
        run(install.toArray(String[]::new));
        if (!missing(programs).isEmpty()) {
            throw new IllegalStateException("installed " + missing + ", but it is still not on the PATH");
        }
    }

    private static List<String> missing(String... programs) {
        return Arrays.stream(programs).filter(program -> !isOnPath(program)).toList();
    }

    private static boolean isOnPath(String program) {
        for (String directory : System.getenv().getOrDefault("PATH", "/usr/bin").split(":")) {
            if (Files.isExecutable(Path.of(directory, program))) {
                return true;
            }
        }
        return Files.isExecutable(Path.of("/usr/sbin", program));
    }

    private static void run(String... command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + " failed:\n" + output);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
