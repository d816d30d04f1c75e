// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.address.Authority;
import dev.jpull.error.ConfigurationException;
import dev.jpull.file.Reason;
import dev.jpull.finding.SourcePosition;
import dev.jpull.image.ImageReference;
import dev.jpull.lint.Findings;
import dev.jpull.text.ForeignText;
import dev.jpull.toml.TomlFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A directory with one sub-directory for each registry, such as {@code /etc/containerd/certs.d} (docs/containerd.md
 * section 2). It is read anew for every pull. Safe for use by several threads.
 *
 * @param root the directory
 */
public record HostsDirectory(Path root) {
    private static final int MAX_FILE_SIZE = 1 << 20;
    /** How many names of other entries a message has. */
    private static final int MAX_NAMES = 5;

    private static final String USUAL_NAME = "certs.d";
    public static final String DEFAULT = "_default";
    public static final String FILE = "hosts.toml";
    private static final Pattern PORT_FORM = Pattern.compile("(.+)_([0-9]{1,5})_");
    private static final String READABLE = "make it a regular file of UTF-8 text that this user may read";

    /** The sub-directories that may configure a namespace, in the order in which they are looked for. */
    public static List<String> candidateNames(String namespace, boolean windows) {
        List<String> names = new ArrayList<>();
        Authority authority = Authority.of(namespace);
        if (authority.hasPort()) { // an IPv6 address without one has colons too (Q-DIR-2)
            String underscored = authority.host() + "_" + authority.port() + "_";
            names.add(windows ? underscored.replace(":", "") : underscored);
        }
        names.add(windows ? namespace.replace(":", "") : namespace);
        names.add(DEFAULT);
        return names;
    }

    /**
     * The namespaces that have a directory, and {@link HostConfiguration#ALL} when there is a default one.
     *
     * @throws ConfigurationException if the directory cannot be listed
     */
    public Set<String> namespaces() {
        Set<String> namespaces = new TreeSet<>();
        try (Stream<Path> entries = Files.list(root)) {
            entries.filter(Files::isDirectory)
                    .map(entry -> namespaceOf(String.valueOf(entry.getFileName())))
                    .forEach(namespaces::add);
        } catch (IOException e) {
            throw unlisted(e);
        } catch (UncheckedIOException e) {
            throw unlisted(Objects.requireNonNull(e.getCause()));
        }
        return namespaces;
    }

    /**
     * Refuses a directory that has something, but nothing for any registry: with a wrong path, every image would come from its
     * registry itself. An empty directory is what a node has before it is configured.
     *
     * @throws ConfigurationException if it is such a directory, or cannot be listed
     */
    public void requireRegistries() {
        List<String> others = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (isOfRegistry(name) && Files.isDirectory(entry)) {
                    return;
                }
                if (!name.startsWith(".") && others.size() < MAX_NAMES) { // .gitkeep keeps an empty directory
                    others.add(name);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw unlisted(Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw unlisted(e);
        }
        if (!others.isEmpty()) {
            Path usual = root.resolve(USUAL_NAME);
            throw new ConfigurationException(ForeignText.line(root + " is no hosts directory: it has "
                    + String.join(", ", others.stream().sorted().toList())
                    + (others.size() == MAX_NAMES ? " and more" : "")
                    + ", but no directory that is named as a registry, such as docker.io, or " + DEFAULT + "; name "
                    + (Files.isDirectory(usual)
                            ? usual.toString()
                            : "the directory that has them, or the file with the registry configuration")));
        }
    }

    /** Names such as conf.d look like the name of a registry, and are not meant. */
    private static boolean isOfRegistry(String name) {
        return name.equals(DEFAULT) || !name.endsWith(".d") && ImageReference.isRegistry(namespaceOf(name));
    }

    private ConfigurationException unlisted(IOException e) {
        return new ConfigurationException(
                ForeignText.line("cannot list the hosts directory " + root + ": " + Reason.of(e)), e);
    }

    /** The namespace that a sub-directory configures, by its name. */
    public static String namespaceOf(String name) {
        if (name.equals(DEFAULT)) {
            return HostConfiguration.ALL;
        }
        Matcher port = PORT_FORM.matcher(name);
        return port.matches() ? port.group(1) + ":" + port.group(2) : name;
    }

    /** The paths that may configure a namespace, in the order in which they are looked for. */
    List<Path> candidates(String namespace) {
        if (namespace.contains("/") || namespace.contains("\\") || namespace.startsWith(".")) {
            throw new ConfigurationException(
                    "\"" + namespace + "\" is not a registry host: it would lead out of " + root);
        }
        boolean windows = System.getProperty("os.name", "").startsWith("Windows");
        return candidateNames(namespace, windows).stream().map(root::resolve).toList();
    }

    /** The directory that configures a namespace, or empty when there is none. */
    public Optional<Path> find(String namespace) {
        if (Files.isRegularFile(root)) {
            throw new ConfigurationException(
                    root + " is a file, but a directory with one sub-directory for each registry is expected");
        }
        for (Path candidate : candidates(namespace)) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(candidate, BasicFileAttributes.class);
                if (!attributes.isDirectory()) {
                    throw new ConfigurationException(
                            candidate + " is a file, but a directory with the host configuration of \"" + namespace
                                    + "\" is expected there: make it a directory with a hosts.toml inside");
                }
                return Optional.of(candidate);
            } catch (NoSuchFileException e) {
                // Go on with the next candidate.
            } catch (IOException e) {
                throw new ConfigurationException(
                        "cannot look for the host configuration at " + candidate + ": " + Reason.of(e), e);
            }
        }
        return Optional.empty();
    }

    /**
     * What the directory of a namespace says: its hosts.toml, or else its certificate files (docs/containerd.md section
     * 2.1).
     */
    public static HostsFile load(Path directory) {
        Path file = directory.resolve(FILE);
        try {
            String text = TomlFile.readText(file, MAX_FILE_SIZE);
            return text.isEmpty()
                    ? certificates(directory)
                    : withFindingOfHiddenCertificates(directory, file, HostsToml.parse(file, directory, text));
        } catch (NoSuchFileException e) {
            return Files.isSymbolicLink(file)
                    ? unreadable(file, "the target of the link does not exist", "correct the link, or remove it")
                    : certificates(directory);
        } catch (IOException e) {
            return unreadable(file, "cannot be read: " + Reason.of(e), READABLE);
        }
    }

    private static HostsFile certificates(Path directory) {
        try {
            return new HostsFile(List.of(CertificateDirectory.load(directory)), List.of());
        } catch (IOException e) {
            return unreadable(
                    directory, "cannot be read: " + Reason.of(e), "make it a directory that can be read, of few files");
        }
    }

    private static HostsFile unreadable(Path file, String reason, String remedy) {
        Findings findings = new Findings();
        findings.error(
                "unreadable",
                SourcePosition.of(file),
                reason,
                Files.isRegularFile(file) ? Findings.FILE_DROPPED : "fails the pull",
                remedy);
        return new HostsFile(List.of(), findings.all());
    }

    /** An empty hosts.toml hides the certificate files in its directory (Q-LOAD-2). */
    private static HostsFile withFindingOfHiddenCertificates(Path directory, Path file, HostsFile read)
            throws IOException {
        HostEntry certificates = CertificateDirectory.load(directory);
        boolean usesTls = read.entries().stream().anyMatch(HostEntry::tlsConfigured);
        if (!certificates.tlsConfigured() || usesTls || read.entries().isEmpty()) {
            return read;
        }
        Findings findings = new Findings();
        findings.addAll(read.findings());
        findings.warning(
                "hidden-certificates",
                SourcePosition.of(file),
                "the certificate files in " + directory + " are not used, because there is a hosts.toml",
                "does the same",
                "name them with ca and client in hosts.toml, or remove hosts.toml");
        return new HostsFile(read.entries(), findings.all());
    }
}
