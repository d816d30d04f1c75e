// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.finding.Finding;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The files of findings as programs that show them in a repository want them: relative to the working directory, which is
 * that of the repository.
 *
 * @param workingDirectory the absolute working directory
 */
record FindingPlaces(Path workingDirectory) {
    private static final String UNRESERVED = "-._~/";

    /** The file of a finding, with {@code /} between names; absolute when it is elsewhere, null for a built-in default. */
    @Nullable
    String pathOf(Finding finding) {
        Path file = absolute(finding);
        if (file == null) {
            return null;
        }
        String path = (isInside(file) ? workingDirectory.relativize(file) : file).toString();
        return path.isEmpty() ? "." : path.replace(file.getFileSystem().getSeparator(), "/");
    }

    /** The same as a URI reference, relative or of the scheme {@code file}; null for a built-in default. */
    @Nullable
    String uriOf(Finding finding) {
        Path file = absolute(finding);
        if (file == null) {
            return null;
        }
        String encoded = encode(String.valueOf(pathOf(finding)));
        return isInside(file) ? encoded : "file://" + (encoded.startsWith("/") ? "" : "/") + encoded;
    }

    /** Whether the file of a finding is below the working directory. */
    boolean isRelative(Finding finding) {
        Path file = absolute(finding);
        return file != null && isInside(file);
    }

    private boolean isInside(Path file) {
        return file.startsWith(workingDirectory);
    }

    private @Nullable Path absolute(Finding finding) {
        Path file = finding.position().file();
        return file == null ? null : workingDirectory.resolve(file).normalize();
    }

    /** Everything but unreserved characters is escaped; a colon too, which would end a scheme. */
    private static String encode(String path) {
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = c < 128 && (Character.isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0);
            encoded.writeBytes(
                    (plain ? String.valueOf(c) : String.format("%%%02X", (int) c)).getBytes(StandardCharsets.US_ASCII));
        }
        return encoded.toString(StandardCharsets.US_ASCII);
    }
}
