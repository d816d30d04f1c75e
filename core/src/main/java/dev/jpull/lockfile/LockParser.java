// SPDX-License-Identifier: Apache-2.0
package dev.jpull.lockfile;

import dev.jpull.error.LockException;
import dev.jpull.error.ReferenceException;
import dev.jpull.finding.SourcePosition;
import dev.jpull.image.Digest;
import dev.jpull.image.LockedImage;
import dev.jpull.lockfile.LockDocument.Line;
import dev.jpull.text.ForeignText;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads the content of a lock file. The first mistake ends it. For use by one thread. */
final class LockParser {
    /** How many images a lock file may have. */
    static final int MAX_LINES = 20_000;

    private static final int MAX_HEAD = 100;
    private static final int MAX_LENGTH = 64 << 10;
    private static final int MAX_SHOWN = 100;
    private static final int COLUMNS = 4;
    private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z");
    private static final Pattern CONFLICT = Pattern.compile("(?:<{7}|\\|{7}|={7}|>{7})(?: .*)?");

    private final Path file;
    private final StringBuilder head = new StringBuilder();
    private final SortedMap<String, Line> lines = new TreeMap<>();
    private int number;

    private LockParser(Path file) {
        this.file = file;
    }

    /**
     * Reads it. An empty file has no image.
     *
     * @param file its path, for messages
     * @throws LockException if something in it is wrong
     */
    static LockDocument parse(byte[] content, Path file) {
        return content.length == 0 ? LockDocument.EMPTY : new LockParser(file).parse(content);
    }

    private LockDocument parse(byte[] content) {
        String text = decoded(content);
        for (int at = 0; at < text.length(); ) {
            int end = text.indexOf('\n', at);
            int next = end < 0 ? text.length() : end + 1;
            number++;
            line(text.substring(at, next));
            at = next;
        }
        return new LockDocument(head.toString(), lines);
    }

    private String decoded(byte[] content) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new LockException(
                    position(0) + ": the lock file is not UTF-8 text: restore it, or delete it and lock again", e);
        }
    }

    private void line(String whole) {
        String line = withoutEnd(whole);
        if (line.length() > MAX_LENGTH) {
            throw wrong(
                    0, "the line has more than " + MAX_LENGTH + " characters", "restore it, or lock fewer platforms");
        }
        if (number == 1) {
            version(line);
        }
        if (CONFLICT.matcher(line).matches()) {
            throw wrong(
                    0,
                    shown(line) + " is left from a merge",
                    "keep one line of each image, and delete this one; or restore one side, and lock again");
        }
        if (line.startsWith("#")) {
            comment(line, whole);
        } else {
            add(image(line), whole);
        }
    }

    private void comment(String line, String whole) {
        if (!lines.isEmpty()) {
            throw wrong(0, "a comment stands behind the first image", "move it to the beginning of the file");
        }
        if (number > MAX_HEAD) {
            throw wrong(0, "there are more than " + MAX_HEAD + " lines of comments", "delete some");
        }
        if (!line.equals(ForeignText.message(line))) {
            throw wrong(0, shown(line) + " has control characters", "delete them");
        }
        head.append(whole);
    }

    private void version(String line) {
        if (!line.startsWith(LockDocument.FORMAT)) {
            throw wrong(
                    0,
                    shown(line) + " is not the first line of a lock file, which is \"" + LockDocument.FORMAT
                            + LockDocument.VERSION + "\"",
                    "name a lock file, or delete this file and lock again");
        }
        String version = line.substring(LockDocument.FORMAT.length());
        if (!version.equals(LockDocument.VERSION)) {
            throw wrong(
                    LockDocument.FORMAT.length() + 1,
                    "this program does not know version " + shown(version) + " of lock files, but only version "
                            + LockDocument.VERSION,
                    "use a newer jpull, or delete the file and lock again");
        }
    }

    private void add(LockedImage image, String whole) {
        if (lines.size() == MAX_LINES) {
            throw wrong(0, "the lock file has more than " + MAX_LINES + " images", "use several lock files");
        }
        boolean ended = whole.endsWith("\n");
        if (lines.put(image.name(), new Line(ended ? whole : whole + "\n", image)) != null) {
            throw wrong(0, "the image " + image.name() + " has two lines", "keep the right one, and delete the other");
        }
    }

    private LockedImage image(String line) {
        String[] columns = line.split(" ", -1);
        if (columns.length < COLUMNS) {
            throw wrong(
                    0,
                    shown(line) + " is not of the form IMAGE DIGEST DATE HOST PLATFORM=DIGEST..., with single blanks"
                            + " between them",
                    "restore the line, or delete it and lock the image again");
        }
        SortedMap<String, Digest> manifests = new TreeMap<>();
        int column = columns[0].length() + columns[1].length() + columns[2].length() + columns[3].length() + 5;
        for (int i = COLUMNS; i < columns.length; i++) {
            manifest(columns[i], column, manifests);
            column += columns[i].length() + 1;
        }
        Digest digest = digest(columns[1], columns[0].length() + 2);
        Instant date = date(columns[2], columns[0].length() + columns[1].length() + 3);
        try {
            return new LockedImage(
                    columns[0], digest, date, columns[3].equals(LockDocument.NO_HOST) ? "" : columns[3], manifests);
        } catch (ReferenceException e) {
            throw wrong(1, e);
        }
    }

    private void manifest(String text, int column, SortedMap<String, Digest> manifests) {
        int equals = text.indexOf('=');
        if (equals < 0) {
            throw wrong(
                    column,
                    shown(text) + " is not of the form PLATFORM=DIGEST",
                    "restore the line, or delete it and lock the image again");
        }
        String platform = text.substring(0, equals);
        if (manifests.put(platform, digest(text.substring(equals + 1), column + equals + 1)) != null) {
            throw wrong(
                    column,
                    "the platform " + shown(platform) + " is there twice",
                    "keep the right one, and delete the other");
        }
    }

    private Digest digest(String text, int column) {
        try {
            return Digest.parse(text);
        } catch (ReferenceException e) {
            throw wrong(column, e);
        }
    }

    private Instant date(String text, int column) {
        try {
            if (DATE.matcher(text).matches()) {
                return Instant.parse(text);
            }
        } catch (DateTimeException e) {
            throw wrong(column, new ReferenceException(shown(text) + " is not a date: " + e.getMessage(), e));
        }
        throw wrong(
                column,
                shown(text) + " is not a date such as 2026-01-31T12:00:00Z",
                "restore the line, or delete it and lock the image again");
    }

    private static String withoutEnd(String line) {
        int end = line.length();
        if (line.endsWith("\n")) {
            end--;
        }
        return line.substring(0, end > 0 && end < line.length() && line.charAt(end - 1) == '\r' ? end - 1 : end);
    }

    private static String shown(String text) {
        return "\"" + ForeignText.line(text, MAX_SHOWN) + "\"";
    }

    private LockException wrong(int column, ReferenceException e) {
        return new LockException(
                position(column) + ": " + ForeignText.line(String.valueOf(e.getMessage()))
                        + ": restore the line, or delete it and lock the image again",
                e);
    }

    private LockException wrong(int column, String message, String remedy) {
        return new LockException(position(column) + ": " + message + ": " + remedy);
    }

    private SourcePosition position(int column) {
        return new SourcePosition(file, number, column);
    }
}
