// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.diagnose.FoundConfiguration.Kind;
import dev.jpull.error.ConfigurationException;
import dev.jpull.file.Reason;
import dev.jpull.finding.SourcePosition;
import dev.jpull.lint.Findings;
import dev.jpull.toml.TomlFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the registry configurations below a directory, such as a repository with the files of many nodes. Links are not
 * followed, and the directories of version control systems are left out. For use by one thread.
 */
public final class ConfigurationSearch {
    private static final int MAX_DEPTH = 40;
    private static final int MAX_ENTRIES = 200_000;
    private static final int MAX_TOML = 1 << 20;
    private static final Set<String> LEFT_OUT = Set.of(".git", ".hg", ".svn", ".jj", "node_modules");
    private static final Pattern CRI_TABLE =
            Pattern.compile("io\\.containerd\\.(grpc\\.v1\\.cri|cri\\.v1\\.images)|(?m)^\\s*\\[\\s*plugins\\.cri\\b");

    private final Path top;
    private final Findings findings;
    private final List<FoundConfiguration> found = new ArrayList<>();
    private int entries;

    /**
     * A search that has not begun.
     *
     * @param top where it begins
     * @param findings gets the directories that cannot be read
     */
    public ConfigurationSearch(Path top, Findings findings) {
        this.top = top;
        this.findings = findings;
    }

    /**
     * The configurations in the order of their paths.
     *
     * @throws ConfigurationException if there are too many files to look at, or no configuration is found
     */
    public List<FoundConfiguration> run() {
        visit(top, 0);
        if (found.isEmpty() && findings.all().isEmpty()) {
            throw new ConfigurationException("there is no registry configuration in " + top
                    + ": no directory with hosts.toml files, no config.toml with tables of the CRI plugin, no"
                    + " registries.yaml, registries.conf or daemon.json");
        }
        return List.copyOf(found);
    }

    private void visit(Path directory, int depth) {
        try {
            List<Path> children = HostsRootLint.entries(directory);
            count(children.size(), depth);
            boolean isRoot = HostsRootLint.isHostsRoot(directory);
            if (isRoot) {
                add(directory, Kind.HOSTS_DIRECTORY);
            } else if (HostsRootLint.isHostDirectory(directory)) {
                add(directory, Kind.HOST_DIRECTORY);
            }
            if (directory.endsWith(HostsRootLint.USUAL_NAME)) {
                return;
            }
            for (Path child : children) {
                if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
                    boolean isOfRoot = isRoot && HostsRootLint.isOfRegistry(child);
                    if (!isOfRoot && !LEFT_OUT.contains(String.valueOf(child.getFileName()))) {
                        visit(child, depth + 1);
                    }
                } else if (Files.isRegularFile(child, LinkOption.NOFOLLOW_LINKS)) {
                    Kind kind = kindOf(child);
                    if (kind != null) {
                        add(child, kind);
                    }
                }
            }
        } catch (IOException e) {
            findings.error(
                    "unreadable",
                    SourcePosition.of(directory),
                    "cannot be searched: " + Reason.of(e),
                    "",
                    "make it readable, or name the configurations to check");
        }
    }

    private void count(int more, int depth) {
        entries += more;
        if (entries > MAX_ENTRIES || depth > MAX_DEPTH) {
            throw new ConfigurationException(top + " has more than " + MAX_ENTRIES + " files, or more than " + MAX_DEPTH
                    + " directories inside each other: name the directories that have configurations");
        }
    }

    private void add(Path path, Kind kind) {
        found.add(new FoundConfiguration(path, kind, path.equals(top) ? null : top));
    }

    private static @Nullable Kind kindOf(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        Kind byName = ConfigurationKinds.byName(file);
        if (byName == Kind.HOSTS_TOML) {
            return null; // it is in the directory of a registry, which is found
        }
        boolean isDropIn = byName == Kind.REGISTRIES_CONF && !name.equals(ConfigurationKinds.REGISTRIES_CONF);
        if (isDropIn && Files.exists(file.resolveSibling("..").resolve(ConfigurationKinds.REGISTRIES_CONF))) {
            return null; // read with its main file
        }
        if (byName == Kind.CONFIG_TOML || byName == null && name.endsWith(".toml")) {
            return Files.size(file) <= MAX_TOML && hasCriTables(file) ? Kind.CONFIG_TOML : null;
        }
        return byName;
    }

    /** Many programs have a config.toml. */
    private static boolean hasCriTables(Path file) {
        try {
            return CRI_TABLE.matcher(TomlFile.readText(file, MAX_TOML)).find();
        } catch (IOException e) {
            return false; // no text, and so of another program, or not for this user
        }
    }
}
