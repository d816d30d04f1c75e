// SPDX-License-Identifier: Apache-2.0
package dev.jpull.containers;

import dev.jpull.error.ConfigurationException;
import dev.jpull.file.EnvironmentPath;
import dev.jpull.file.HomeDirectory;
import dev.jpull.file.Presence;
import dev.jpull.text.ForeignText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of one configuration.
 *
 * @param main the registries.conf, which needs not be there when there are drop-in directories
 * @param dropIns directories with further files {@code *.conf}, in the order in which they are read; a later file counts more
 * @param certificates directories with certificates for hosts; the first that has one for a host counts
 * @param aliasCache the short names that the user has chosen before, or null
 */
public record ContainersFiles(
        Path main,
        List<Path> dropIns,
        List<Path> certificates,
        @Nullable Path aliasCache) {
    /** The name of the file. */
    public static final String NAME = "registries.conf";

    /** The name of a directory with drop-in files. */
    public static final String DROP_INS = "registries.conf.d";

    private static final String CERTIFICATES = "certs.d";
    private static final int MAX_CERTIFICATE_HOSTS = 10_000;

    /** Copies the lists. */
    public ContainersFiles {
        dropIns = List.copyOf(dropIns);
        certificates = List.copyOf(certificates);
    }

    /**
     * A file with what is beside it: {@code registries.conf.d} and {@code certs.d}. Nothing else of the machine is read, so that
     * the configuration of another node means the same here. A drop-in file is read alone.
     *
     * @param path the file, or a directory that has it or its drop-in files
     * @throws ConfigurationException if there is nothing at the path
     */
    public static ContainersFiles beside(Path path) {
        Path main = existing(path);
        if (Files.isDirectory(path)) {
            main = path.endsWith(DROP_INS) ? path.resolveSibling(NAME) : path.resolve(NAME);
        }
        Path directory = main.toAbsolutePath().getParent();
        if (directory == null || directory.endsWith(DROP_INS)) {
            return new ContainersFiles(main, List.of(), List.of(), null);
        }
        return new ContainersFiles(
                main, List.of(main.resolveSibling(DROP_INS)), List.of(main.resolveSibling(CERTIFICATES)), null);
    }

    /**
     * What the programs of this machine read (containers-registries.conf(5), containers-certs.d(5)):
     * {@code $CONTAINERS_REGISTRIES_CONF}, or the file of the user, which keeps the files of the system out, or that of the system.
     *
     * @param root the root directory, {@code /} but in tests
     * @param environment the variables to go by
     * @throws ConfigurationException if the variable names a file that is not there
     */
    public static ContainersFiles ofMachine(Path root, Map<String, String> environment) {
        Path home = HomeDirectory.of(environment);
        Path user = home.resolve(".config/containers");
        Path system = root.resolve("etc/containers");
        List<Path> certificates =
                List.of(user.resolve(CERTIFICATES), system.resolve(CERTIFICATES), root.resolve("etc/docker/certs.d"));
        Path cache = "root".equals(System.getProperty("user.name"))
                ? root.resolve("var/cache")
                : HomeDirectory.xdg(environment, "XDG_CACHE_HOME", ".cache");
        Path aliases = cache.resolve("containers/short-name-aliases.conf");
        String named = environment.getOrDefault("CONTAINERS_REGISTRIES_CONF", "");
        Path own = user.resolve(NAME);
        if (named.isEmpty() && (Presence.mayBe(own) || Files.isSymbolicLink(own))) { // a broken link is reported
            return new ContainersFiles(own, List.of(user.resolve(DROP_INS)), certificates, aliases);
        }
        return new ContainersFiles(
                named.isEmpty()
                        ? system.resolve(NAME)
                        : existing(EnvironmentPath.of("CONTAINERS_REGISTRIES_CONF", named)),
                List.of(system.resolve(DROP_INS), user.resolve(DROP_INS)),
                certificates,
                aliases);
    }

    /** With a wrong path, every pull would go to the registries themselves. */
    private static Path existing(Path path) {
        if (!Files.exists(path)) {
            throw new ConfigurationException(
                    ForeignText.line(path.toString()) + " does not exist, or cannot be seen by this user");
        }
        return path;
    }

    /**
     * The hosts that have a directory with certificates.
     *
     * @throws ConfigurationException if the directories cannot be listed
     */
    Set<String> certificateHosts() {
        Set<String> hosts = new TreeSet<>();
        for (Path directory : certificates) {
            if (!Files.isDirectory(directory)) {
                continue;
            }
            try (Stream<Path> entries = Files.list(directory)) {
                entries.filter(Files::isDirectory)
                        .limit(MAX_CERTIFICATE_HOSTS)
                        .forEach(entry -> hosts.add(String.valueOf(entry.getFileName())));
            } catch (UncheckedIOException | IOException e) {
                throw new ConfigurationException(
                        ForeignText.line(directory + " cannot be listed: " + e.getMessage()), e);
            }
        }
        return hosts;
    }

    /** The directory with the certificates for a host, or null. */
    @Nullable
    Path certificatesOf(String host) {
        for (Path directory : certificates) {
            Path own = directory.resolve(host);
            if (Files.exists(own)) {
                return own;
            }
        }
        return null;
    }
}
