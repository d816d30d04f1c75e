// SPDX-License-Identifier: Apache-2.0
package dev.jpull.list;

import dev.jpull.error.ConfigurationException;
import dev.jpull.file.Reason;
import dev.jpull.file.RegularFile;
import dev.jpull.text.ForeignText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Reads lists of images: text with a reference a line, or YAML. YAML is told by the ending {@code .yaml} or {@code .yml}, and in
 * other files by its first line.
 */
public final class ListFiles {
    /** How many bytes a list may have. */
    private static final int MAX_SIZE = 4 << 20;

    /** How many entries a list may have. */
    private static final int MAX_ENTRIES = 20_000;

    private static final Pattern YAML_NAME = Pattern.compile("(?i).*\\.ya?ml");
    private static final Pattern TEXT_NAME = Pattern.compile("(?i).*\\.(?:txt|list)");
    private static final Pattern YAML_START =
            Pattern.compile("(?:---|%YAML|\\{|- |images[ \\t]*:|defaults[ \\t]*:|[a-z]+:[ \\t]).*|[a-z]+:|-");

    private ListFiles() {}

    /**
     * Reads a file.
     *
     * @throws ConfigurationException if it cannot be read, or has a mistake
     */
    public static List<ListEntry> read(Path file) {
        try {
            return parse(file, RegularFile.read(file, MAX_SIZE));
        } catch (RegularFile.TooLargeException e) {
            throw tooLarge(file);
        } catch (RegularFile.NotRegularException e) {
            throw new ConfigurationException(
                    "the list " + file + " cannot be read: " + ForeignText.line(Reason.of(e))
                            + ": name a file, or pipe the list into standard input and name it -",
                    e);
        } catch (IOException e) {
            throw new ConfigurationException(
                    "the list " + file + " cannot be read: " + ForeignText.line(Reason.of(e))
                            + ": name a file with a list of images",
                    e);
        }
    }

    /**
     * Reads a stream to its end.
     *
     * @param name stands for the file in messages
     * @throws ConfigurationException if it cannot be read, or has a mistake
     */
    public static List<ListEntry> read(InputStream in, Path name) {
        try {
            return parse(name, RegularFile.read(in, name, MAX_SIZE));
        } catch (RegularFile.TooLargeException e) {
            throw tooLarge(name);
        } catch (IOException e) {
            throw new ConfigurationException(
                    "the list " + name + " cannot be read: " + ForeignText.line(Reason.of(e)), e);
        }
    }

    private static ConfigurationException tooLarge(Path file) {
        return new ConfigurationException(
                "the list " + file + " has more than " + MAX_SIZE + " bytes, which is the limit: split it");
    }

    private static List<ListEntry> parse(Path file, byte[] content) {
        Problems problems = new Problems(file);
        String text = decoded(content, problems);
        List<ListEntry> entries =
                isYaml(file, text) ? new YamlList(problems).read(text) : TextList.read(text, problems);
        problems.refuse();
        if (entries.size() > MAX_ENTRIES) {
            throw problems.fatal(
                    entries.get(MAX_ENTRIES).position(),
                    "the list has more than " + MAX_ENTRIES + " entries",
                    "split it into several files");
        }
        return entries;
    }

    private static String decoded(byte[] content, Problems problems) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw problems.fatal(problems.at(0, 0), "it is not UTF-8 text", "save it as UTF-8");
        }
    }

    private static boolean isYaml(Path file, String text) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (YAML_NAME.matcher(name).matches()) {
            return true;
        }
        return !TEXT_NAME.matcher(name).matches()
                && text.lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                        .findFirst()
                        .filter(line -> YAML_START.matcher(line).matches())
                        .isPresent();
    }
}
