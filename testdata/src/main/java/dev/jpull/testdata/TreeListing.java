// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is in a directory, told by {@code find}, {@code sha256sum}, {@code stat} and {@code getfattr}, and so independent of
 * the code under test and of the locale of the JVM. Links are not followed.
 *
 * @param nodes what is there, by paths below the directory with odd bytes escaped ({@link RawText}); the directory itself is "."
 */
public record TreeListing(SortedMap<String, TreeNode> nodes) {
    private static final String FIELDS = "%y\\0%m\\0%U\\0%G\\0%s\\0%T@\\0%C@\\0%i\\0%n\\0%l\\0%P\\0";
    private static final int FIELD_COUNT = 11;

    /** Lists a directory. */
    public static TreeListing of(Path directory) throws IOException {
        String root = directory.toString();
        Map<String, String> hashes = pairs(root, " ", "-type", "f", "-exec", "sha256sum", "-z", "--", "{}", "+");
        Map<String, String> devices = pairs(
                root,
                " ",
                "(",
                "-type",
                "b",
                "-o",
                "-type",
                "c",
                ")",
                "-exec",
                "stat",
                "--printf",
                "%t:%T  %n\\0",
                "--",
                "{}",
                "+");
        Map<String, SortedMap<String, String>> xattrs = xattrs(root);
        List<byte[]> fields = split(run("find", root, "-printf", FIELDS), (byte) 0);
        SortedMap<String, TreeNode> nodes = new TreeMap<>();
        for (int i = 0; i + FIELD_COUNT <= fields.size(); i += FIELD_COUNT) {
            String path = RawText.of(fields.get(i + 10));
            nodes.put(
                    path.isEmpty() ? "." : path,
                    new TreeNode(
                            text(fields.get(i)).charAt(0),
                            Integer.parseInt(text(fields.get(i + 1)), 8),
                            Long.parseLong(text(fields.get(i + 2))),
                            Long.parseLong(text(fields.get(i + 3))),
                            Long.parseLong(text(fields.get(i + 4))),
                            text(fields.get(i + 5)),
                            text(fields.get(i + 6)),
                            Long.parseLong(text(fields.get(i + 7))),
                            Integer.parseInt(text(fields.get(i + 8))),
                            RawText.of(fields.get(i + 9)),
                            hashes.getOrDefault(path, ""),
                            devices.getOrDefault(path, ""),
                            xattrs.getOrDefault(path, Collections.emptySortedMap())));
        }
        return new TreeListing(nodes);
    }

    /** Whether extended attributes are part of a listing, for which getfattr is needed. */
    public static boolean hasXattrs() {
        return Files.isExecutable(Path.of("/usr/bin/getfattr"));
    }

    /** The part of the listing at and below a directory, by paths from there on. */
    public TreeListing below(String path) {
        SortedMap<String, TreeNode> part = new TreeMap<>();
        nodes.forEach((each, node) -> {
            if (each.equals(path)) {
                part.put(".", node);
            } else if (each.startsWith(path + "/")) {
                part.put(each.substring(path.length() + 1), node);
            }
        });
        return new TreeListing(part);
    }

    /**
     * The tree as one line for each name, without what depends on the user, the time and the machine: type, content, target,
     * hard links (every name after the first is {@code = FIRST}), and modes other than 644 for files and 755 for directories.
     */
    public SortedMap<String, String> shape() {
        SortedMap<String, String> shape = new TreeMap<>();
        Map<Long, String> first = new HashMap<>();
        nodes.forEach((path, node) -> {
            String other = node.type() == 'd' || node.links() == 1 ? null : first.putIfAbsent(node.inode(), path);
            String line = other != null ? Tree.hardLink(other) : line(node);
            if (!path.equals(".") || node.mode() != 0755) {
                shape.put(path, line);
            }
        });
        return shape;
    }

    private static String line(TreeNode node) {
        return switch (node.type()) {
            case 'd' -> Tree.directory(node.mode());
            case 'f' -> Tree.file(node.sha256(), node.mode());
            case 'l' -> Tree.symlink(node.target());
            case 'c', 'b' -> node.type() + " " + node.device();
            default -> String.valueOf(node.type());
        };
    }

    /** The tree as one line for each name with all that a layer can set: also owners, times to the nanosecond, attributes. */
    public SortedMap<String, String> full() {
        SortedMap<String, String> full = new TreeMap<>();
        Map<Long, String> first = new HashMap<>();
        nodes.forEach((path, node) -> {
            String name =
                    node.type() == 'd' || node.links() == 1 ? path : first.computeIfAbsent(node.inode(), i -> path);
            full.put(
                    path,
                    String.join(
                            " ",
                            String.valueOf(node.type()),
                            Integer.toOctalString(node.mode()),
                            node.uid() + ":" + node.gid(),
                            node.type() == 'd' ? "-" : String.valueOf(node.size()),
                            node.modified(),
                            node.target() + node.sha256() + node.device(),
                            name.equals(path) ? "" : "= " + name,
                            node.xattrs().toString()));
        });
        return full;
    }

    /** Every fact there is, so that two listings of an untouched directory are equal and any touch makes them differ. */
    public SortedMap<String, String> identity() {
        SortedMap<String, String> identity = new TreeMap<>();
        nodes.forEach((path, node) -> identity.put(path, node.toString()));
        return identity;
    }

    private static Map<String, String> pairs(String root, String separator, String... search) throws IOException {
        List<String> command = new ArrayList<>(List.of("find", root));
        command.addAll(List.of(search));
        Map<String, String> values = new HashMap<>();
        for (byte[] pair : split(run(command.toArray(String[]::new)), (byte) 0)) {
            String text = text(pair);
            int end = text.indexOf(separator);
            String path = text.substring(Math.min(text.length(), end + 2 + root.length() + 1));
            values.put(RawText.of(path.getBytes(StandardCharsets.ISO_8859_1)), text.substring(0, end));
        }
        return values;
    }

    private static Map<String, SortedMap<String, String>> xattrs(String root) throws IOException {
        if (!hasXattrs()) {
            return Map.of();
        }
        byte[] output = run("getfattr", "-R", "-P", "-h", "-d", "-m", "-", "-e", "hex", "--absolute-names", root);
        Map<String, SortedMap<String, String>> values = new HashMap<>();
        String path = "";
        for (byte[] bytes : split(output, (byte) '\n')) {
            String line = text(bytes);
            if (line.startsWith("# file: ")) {
                String name = unescaped(line.substring("# file: ".length()));
                path = name.equals(root) ? "" : RawText.of(RawTar.latin(name.substring(root.length() + 1)));
            } else if (!line.isEmpty()) {
                values.computeIfAbsent(path, each -> new TreeMap<>())
                        .put(line.replaceFirst("=.*", ""), line.replaceFirst("[^=]*=?", ""));
            }
        }
        return values;
    }

    /** getfattr prints odd bytes of names as three octal digits. */
    private static String unescaped(String name) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) == '\\') {
                text.append((char) Integer.parseInt(name.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                text.append(name.charAt(i));
            }
        }
        return text.toString();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static List<byte[]> split(byte[] bytes, byte separator) {
        List<byte[]> parts = new ArrayList<>();
        ByteArrayOutputStream part = new ByteArrayOutputStream();
        for (byte b : bytes) {
            if (b == separator) {
                parts.add(part.toByteArray());
                part.reset();
            } else {
                part.write(b);
            }
        }
        return parts;
    }

    /** What cannot be read is left out by the programs, and missing in the listing then. */
    private static byte[] run(String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("LC_ALL", "C");
        try (var output = builder.start().getInputStream()) {
            return output.readAllBytes();
        }
    }
}
