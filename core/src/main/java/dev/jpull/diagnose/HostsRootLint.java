// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.address.DockerHub;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.HostsDirectory;
import dev.jpull.image.ImageReference;
import dev.jpull.lint.Findings;
import dev.jpull.lint.Spelling;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds names in a hosts directory that no lookup finds (docs/containerd.md section 2). */
final class HostsRootLint {
    /** The name that most hosts directories have. */
    static final String USUAL_NAME = "certs.d";

    private static final Pattern CERTIFICATE = Pattern.compile(".*\\.(crt|cert|key|pem)");
    private static final Pattern PORT_FORM = Pattern.compile("(.+)_([0-9]{1,5})_");
    private static final Pattern HALF_PORT_FORM = Pattern.compile("(.+)_([0-9]{2,5})");
    private static final Pattern BACKUP =
            Pattern.compile("_.*|.*(~|\\.bak|\\.orig|\\.old|\\.save|\\.disabled|\\.dpkg-.*|\\.rpm.*)");

    private final Path root;
    private final Predicate<Path> left;
    private final Findings findings;

    /**
     * A review of a hosts directory.
     *
     * @param left what is not there to be looked into, such as the target of a link to a file of this machine
     */
    HostsRootLint(Path root, Predicate<Path> left, Findings findings) {
        this.root = root;
        this.left = left;
        this.findings = findings;
    }

    /** The entries of a directory in the order of their names. */
    static List<Path> entries(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** The registry that a directory is for. */
    static String namespaceOf(Path directory) {
        String name = String.valueOf(directory.toAbsolutePath().normalize().getFileName());
        Matcher port = PORT_FORM.matcher(name);
        return port.matches() ? port.group(1) + ":" + port.group(2) : name;
    }

    /** Whether a directory is that of one registry rather than one with a directory for each. */
    static boolean isHostDirectory(Path directory) throws IOException {
        return !isHostsRoot(directory)
                && (Files.exists(directory.resolve(HostsDirectory.FILE))
                        || isNameOfRegistry(directory) && hasOwnFiles(directory));
    }

    /** Whether a directory has a directory for each registry, as far as their names and files tell. */
    static boolean isHostsRoot(Path directory) throws IOException {
        if (directory.toAbsolutePath().normalize().endsWith(USUAL_NAME)) {
            return true;
        }
        for (Path entry : entries(directory)) {
            if (Files.isDirectory(entry) && isOfRegistry(entry)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a directory inside of another one is that of a registry. */
    static boolean isOfRegistry(Path directory) throws IOException {
        if (Files.exists(directory.resolve(HostsDirectory.FILE))) {
            return true;
        }
        return isNameOfRegistry(directory) && (entries(directory).isEmpty() || hasOwnFiles(directory));
    }

    /** Directories such as conf.d look like it, and are not meant. */
    private static boolean isNameOfRegistry(Path directory) {
        String name = String.valueOf(directory.toAbsolutePath().normalize().getFileName());
        boolean other = name.startsWith(".") || name.endsWith(".d");
        return name.equals(HostsDirectory.DEFAULT) || !other && isDomain(namespaceOf(directory));
    }

    /** Whether there are files, and nothing but files, of which some look like those of a registry. */
    private static boolean hasOwnFiles(Path directory) throws IOException {
        List<Path> entries = entries(directory);
        return entries.stream().noneMatch(Files::isDirectory)
                && entries.stream()
                        .map(entry -> String.valueOf(entry.getFileName()))
                        .anyMatch(name -> resemblesHostsToml(name)
                                || CERTIFICATE.matcher(name).matches());
    }

    /**
     * Whether a file is in the directory of a registry inside of a hosts directory: one named certs.d, or one that has the directory
     * of another registry.
     */
    static boolean isInRoot(Path file) throws IOException {
        Path directory = file.toAbsolutePath().normalize().getParent();
        return directory != null && isDirectoryInRoot(directory);
    }

    /** The same for a directory. */
    static boolean isDirectoryInRoot(Path directory) throws IOException {
        Path root = directory.toAbsolutePath().normalize().getParent();
        if (root == null) {
            return false;
        }
        if (root.endsWith(USUAL_NAME)) {
            return true;
        }
        for (Path entry : entries(root)) {
            if (isNameOfRegistry(entry) && Files.exists(entry.resolve(HostsDirectory.FILE))) {
                return true;
            }
        }
        return false;
    }

    void review() throws IOException {
        List<Path> entries = entries(root);
        boolean hasDefault = entries.stream().anyMatch(entry -> entry.endsWith(HostsDirectory.DEFAULT));
        reviewLetterCase(entries);
        for (Path entry : entries) {
            String name = String.valueOf(entry.getFileName());
            if (left.test(entry) || BACKUP.matcher(name).matches() && !looksLikeDefault(name)) {
                continue;
            }
            if (Files.isDirectory(entry)) {
                reviewDirectory(entry, name, hasDefault);
            } else {
                reviewFile(entry, name);
            }
        }
    }

    /** Reviews one directory of a registry. */
    void review(Path directory) throws IOException {
        reviewDirectory(
                directory, String.valueOf(directory.getFileName()), Files.exists(root.resolve(HostsDirectory.DEFAULT)));
    }

    private void reviewDirectory(Path entry, String name, boolean hasDefault) throws IOException {
        SourcePosition position = SourcePosition.of(entry);
        if (!PortLint.review(namespaceOf(entry), position, findings)) {
            reviewName(position, name);
        }
        Matcher port = PORT_FORM.matcher(name);
        if (port.matches()) {
            String other = port.group(1) + ":" + port.group(2);
            if (Files.exists(root.resolve(other))) {
                findings.warning(
                        "both-port-forms",
                        SourcePosition.of(root.resolve(other)),
                        "it is never read, because " + entry + " is found first",
                        "does the same",
                        "merge the two, and keep " + name);
            }
        }
        if (entries(entry).isEmpty() && hasDefault && !name.equals(HostsDirectory.DEFAULT)) {
            findings.warning(
                    "hides-default",
                    position,
                    "the directory is empty, and still keeps " + HostsDirectory.DEFAULT + " from being used for "
                            + name,
                    "does the same",
                    "remove it, or put a hosts.toml into it");
        }
        reviewFiles(entry);
    }

    /**
     * Names that no reference has: references are normalised before the lookup (docs/containerd.md section
     * 1.2).
     */
    private void reviewName(SourcePosition position, String name) {
        if (name.equals(HostsDirectory.DEFAULT)) {
            return;
        }
        String namespace = namespaceOf(Path.of(name));
        Matcher half = HALF_PORT_FORM.matcher(name);
        if (looksLikeDefault(name)) {
            unreachable(position, "the directory for all registries has another name", "rename it to _default");
        } else if (namespace.equals(DockerHub.INDEX_HOST)) {
            unreachable(position, "references to index.docker.io are looked up as docker.io", "rename it to docker.io");
        } else if (namespace.equals(DockerHub.API_HOST)) {
            findings.warning(
                    "unreachable-directory",
                    position,
                    "images of Docker Hub are looked up as docker.io, and not here",
                    "does the same",
                    "rename it to docker.io, unless references really begin with registry-1.docker.io/");
        } else if (half.matches() && !PORT_FORM.matcher(name).matches() && isDomain(half.group(1))) {
            unreachable(
                    position,
                    "no reference is looked up by this name: the form for a port ends with an underscore",
                    "rename it to " + name + "_");
        } else if (!isDomain(namespace)) {
            unreachable(position, "no reference has such a registry", remedyFor(namespace));
        }
    }

    private static String remedyFor(String namespace) {
        if (namespace.matches("[a-z0-9-]+")) {
            return "a name without a dot is never a registry, unless it has a port: rename it to " + namespace
                    + ":PORT, or to its full name";
        }
        return "name it as references name the registry, such as registry.example:5000, without scheme and path";
    }

    private void unreachable(SourcePosition position, String message, String remedy) {
        findings.warning("unreachable-directory", position, message, "never looks at it", remedy);
    }

    /** Whether a reference can have this registry. */
    static boolean isDomain(String namespace) {
        return ImageReference.isRegistry(namespace);
    }

    private static boolean looksLikeDefault(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return !name.equals(HostsDirectory.DEFAULT)
                && (lower.equals("default")
                        || lower.startsWith("_")
                                && !Spelling.suggestion(lower, List.of(HostsDirectory.DEFAULT))
                                        .isEmpty());
    }

    private void reviewFile(Path entry, String name) {
        SourcePosition position = SourcePosition.of(entry);
        if (Files.isSymbolicLink(entry) && !Files.exists(entry, new LinkOption[0])) {
            findings.warning(
                    "dangling-link",
                    position,
                    "the target of the link does not exist, so that there is no configuration for " + name,
                    "does the same",
                    "correct the link");
        } else if (name.equals(HostsDirectory.FILE) || resemblesHostsToml(name)) {
            findings.warning(
                    "misplaced-file",
                    position,
                    "it is not in the directory of a registry",
                    "never looks at it",
                    "move it to a directory that is named as the registry, or to " + HostsDirectory.DEFAULT);
        } else if (isDomain(name)
                && !name.endsWith(".toml")
                && !name.matches("README.*|.*\\.(md|txt|ya?ml|json|sh|pem|crt|cert|key)")) {
            findings.error(
                    "not-a-directory",
                    position,
                    "it is a file, but a directory with a hosts.toml is expected",
                    "fails every pull from " + name,
                    "make it a directory with a hosts.toml inside");
        }
    }

    /** Names of hosts mean the same in any letter case, and are looked up exactly as a reference writes them (Q-DIR-3). */
    private void reviewLetterCase(List<Path> entries) {
        LetterCase.twins(entries.stream()
                        .filter(Files::isDirectory)
                        .map(entry -> String.valueOf(entry.getFileName()))
                        .toList())
                .forEach((name, other) ->
                        LetterCase.report(name, other, SourcePosition.of(root.resolve(name)), findings));
    }

    /** Files in the directory of a registry that nothing reads. */
    void reviewFiles(Path directory) throws IOException {
        boolean hasFile = Files.exists(directory.resolve(HostsDirectory.FILE));
        for (Path entry : entries(directory)) {
            String name = String.valueOf(entry.getFileName());
            if (Files.isDirectory(entry)
                    || name.equals(HostsDirectory.FILE)
                    || BACKUP.matcher(name).matches()) {
                continue;
            }
            if (hasFile && name.equalsIgnoreCase(HostsDirectory.FILE)) {
                LetterCase.report(name, HostsDirectory.FILE, SourcePosition.of(entry), findings);
            } else if (!hasFile && resemblesHostsToml(name)) {
                findings.warning(
                        "near-miss-file",
                        SourcePosition.of(entry),
                        "nothing reads a file of this name",
                        "never looks at it, and asks the registry itself",
                        "rename it to hosts.toml");
            } else if (!hasFile) {
                reviewCertificateFile(directory, entry, name);
            }
        }
    }

    private void reviewCertificateFile(Path directory, Path entry, String name) {
        String base = name.replaceFirst("\\.[^.]*$", "");
        if (name.endsWith(".key") && !Files.exists(directory.resolve(base + ".cert"))) {
            boolean misnamed = Files.exists(directory.resolve(base + ".crt"));
            findings.warning(
                    "unread-file",
                    SourcePosition.of(entry),
                    "a key without a .cert file of the same name is not used",
                    Findings.IGNORED,
                    misnamed
                            ? "rename " + base + ".crt to " + base + ".cert: a .crt file is taken for a CA"
                            : "put the certificate beside it as " + base + ".cert");
        } else if (name.endsWith(".pem")) {
            findings.warning(
                    "unread-file",
                    SourcePosition.of(entry),
                    "in a directory without hosts.toml only .crt (CA), .cert and .key (client) are read",
                    Findings.IGNORED,
                    "rename it to .crt, or name it with ca in a hosts.toml");
        }
    }

    /** Whether a file has a name that is almost hosts.toml. */
    static boolean resemblesHostsToml(Path file) {
        return resemblesHostsToml(String.valueOf(file.getFileName()));
    }

    private static boolean resemblesHostsToml(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        boolean toml = lower.endsWith(".toml") && !lower.equals("config.toml");
        return toml || lower.startsWith("hosts.") || lower.equals("hosts");
    }
}
