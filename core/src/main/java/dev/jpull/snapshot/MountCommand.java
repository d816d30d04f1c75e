// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import dev.jpull.error.ReferenceException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The command that mounts a stack of snapshots.
 *
 * <p>The system takes the options of a mount in one page. Where the paths of the layers are too long for it, the command changes
 * to the directory of the snapshots first and names them from there.
 *
 * @param base the directory that the trees are in, absolute
 * @param trees the trees to mount, relative to it, the topmost first
 * @param userXattrs whether whiteouts are marked by {@code user.overlay.*} attributes
 * @param changes where changes go, which has directories {@code upper} and {@code work}; null for a mount that cannot be
 *     written to
 */
record MountCommand(
        Path base,
        List<String> trees,
        boolean userXattrs,
        @Nullable Path changes) {
    /** A page, without what {@code mount} adds: flags, quotes, and the NUL at the end. */
    private static final int MAX_OPTIONS = 4096 - 96;

    /** Copies the list. */
    MountCommand {
        trees = List.copyOf(trees);
    }

    /**
     * The program and its arguments.
     *
     * @param target where to mount, as an absolute path
     * @throws ReferenceException if there are too many layers for one mount
     */
    List<String> arguments(Path target) {
        if (trees.size() == 1 && changes == null) { // the overlay file system takes no single layer
            return List.of("mount", "-o", "bind,ro", text(base.resolve(trees.get(0))), text(target));
        }
        String options = options(
                trees.stream().map(tree -> base.resolve(tree).toString()).toList());
        if (length(options) <= MAX_OPTIONS) {
            return overlay(options, target);
        }
        String relative = options(trees);
        if (length(relative) > MAX_OPTIONS) {
            throw new ReferenceException("the image has " + trees.size()
                    + " layers, and their names do not fit into the options of one mount, which have "
                    + MAX_OPTIONS + " bytes: make native snapshots, with --snapshotter native");
        }
        List<String> command = new ArrayList<>(List.of("env", "--chdir=" + base));
        command.addAll(overlay(relative, target));
        return command;
    }

    private static List<String> overlay(String options, Path target) {
        return List.of("mount", "-t", "overlay", "-o", options, "overlay", text(target));
    }

    private String options(List<String> lower) {
        StringBuilder options = new StringBuilder(changes == null ? "ro," : "");
        if (userXattrs) {
            options.append("userxattr,");
        }
        options.append("lowerdir=");
        for (int i = 0; i < lower.size(); i++) {
            options.append(i == 0 ? "" : ":").append(escaped(lower.get(i)));
        }
        if (changes != null) {
            options.append(",upperdir=").append(escaped(changes.resolve("upper").toString()));
            options.append(",workdir=").append(escaped(changes.resolve("work").toString()));
        }
        return options.toString();
    }

    /** {@code mount} ends an option at a comma, and the file system a layer at a colon, unless a backslash precedes it. */
    private static String escaped(String path) {
        return path.replace("\\", "\\\\").replace(":", "\\:").replace(",", "\\,");
    }

    /** A path that {@code mount} does not take for an option. */
    private static String text(Path path) {
        String text = path.toString();
        return text.startsWith("-") ? "./" + text : text;
    }

    private static int length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
