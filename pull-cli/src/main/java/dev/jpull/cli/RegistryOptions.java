// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ImagePuller;
import dev.jpull.ImagePullerBuilder;
import dev.jpull.StandardLocations;
import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.credentials.DockerConfig;
import dev.jpull.error.ReferenceException;
import dev.jpull.hosts.ClientKeyPair;
import dev.jpull.hosts.TlsSettings;
import dev.jpull.image.ImageReference;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How registries are reached; the names and meanings are those of {@code ctr images pull}. */
public final class RegistryOptions {
    @Option(
            names = "--hosts-dir",
            paramLabel = "DIR",
            description =
                    "Directory with registry host configuration; may be repeated (default: /etc/containerd/certs.d,"
                            + " /etc/docker/certs.d, and the same names below the user's configuration directory).")
    private List<Path> hostsDirectories = new ArrayList<>();

    @Option(
            names = "--config",
            paramLabel = "CONFIG.TOML",
            description = "containerd's configuration, whose CRI tables say what --hosts-dir says otherwise.")
    private @Nullable Path config;

    @Option(
            names = {"-k", "--skip-verify"},
            description = "Do not check the certificates of hosts whose configuration does not say otherwise.")
    private boolean skipVerify;

    @Option(names = "--plain-http", description = "Reach registries that are not configured by plain HTTP.")
    private boolean plainHttp;

    @Option(
            names = "--no-upstream",
            description = "Never ask a registry itself where the configuration names only mirrors of it.")
    private boolean noUpstream;

    @Option(
            names = {"-u", "--user"},
            paramLabel = "USER[:PASSWORD]",
            description = "Credentials for the registry in the reference; without a password, it is asked for.")
    private @Nullable String user;

    @Option(
            names = "--refresh",
            paramLabel = "TOKEN",
            description = "Identity token for the registry in the reference.")
    private @Nullable String refresh;

    @Option(
            names = "--tlscacert",
            paramLabel = "FILE",
            description = "Certificate authorities to trust instead of the system's.")
    private @Nullable Path tlsCaCert;

    @Option(names = "--tlscert", paramLabel = "FILE", description = "Client certificate; needs --tlskey.")
    private @Nullable Path tlsCert;

    @Option(names = "--tlskey", paramLabel = "FILE", description = "Key of the client certificate.")
    private @Nullable Path tlsKey;

    @Option(names = "--http-trace", description = "Show every event of every connection on standard error.")
    private boolean httpTrace;

    /** A builder that follows the options. */
    ImagePullerBuilder builder(List<String> images, boolean verbose, PrintWriter err) {
        ImagePullerBuilder builder =
                ImagePuller.builder().plainHttp(plainHttp).upstream(!noUpstream).credentials(credentials(images));
        if (config != null) {
            if (!hostsDirectories.isEmpty()) {
                throw new ReferenceException(
                        "--config and --hosts-dir exclude each other: the file names its directories itself");
            }
            builder.criConfig(config);
        }
        for (Path directory : hostsDirectories) {
            if (!Files.exists(directory)) {
                throw new ReferenceException("--hosts-dir " + directory + " does not exist");
            }
            builder.hostsDirectory(directory);
        }
        TlsSettings tls = tls();
        if (tls != null) {
            builder.tls(tls);
        }
        if (httpTrace) {
            builder.httpTrace(line -> err.println("trace: " + line));
        }
        if (verbose) {
            List<Path> used = hostsDirectories.isEmpty()
                    ? new StandardLocations(System.getenv()).hostsDirectories()
                    : hostsDirectories;
            err.println("host configuration: " + (config != null ? config : used.isEmpty() ? "none" : used));
        }
        return builder;
    }

    private @Nullable TlsSettings tls() {
        if ((tlsCert == null) != (tlsKey == null)) {
            throw new ReferenceException("--tlscert and --tlskey belong together: give both");
        }
        if (!skipVerify && tlsCaCert == null && tlsCert == null) {
            return null;
        }
        return new TlsSettings(
                tlsCaCert == null ? List.of() : List.of(tlsCaCert),
                tlsCaCert != null,
                tlsCert == null || tlsKey == null ? List.of() : List.of(new ClientKeyPair(tlsCert, tlsKey)),
                skipVerify ? Boolean.TRUE : null);
    }

    /** Credentials of the command line go to the registry in the reference and to no mirror. */
    private CredentialSource credentials(List<String> images) {
        CredentialSource docker = DockerConfig.ofUser(System.getenv());
        Credential given = given();
        if (given == null) {
            return docker;
        }
        Set<String> registries = new HashSet<>();
        for (String image : images) {
            String domain = ImageReference.parse(image).domain();
            registries.add(domain.equals(ImageReference.DOCKER_HUB) ? "registry-1.docker.io" : domain);
        }
        CredentialSource own = host -> registries.contains(host) ? Optional.of(given) : Optional.empty();
        return own.orElse(docker);
    }

    private @Nullable Credential given() {
        if (user == null) {
            return refresh == null ? null : Credential.identityToken(refresh);
        }
        int colon = user.indexOf(':');
        String name = colon > 0 ? user.substring(0, colon) : user;
        String password = colon > 0 ? user.substring(colon + 1) : "";
        return new Credential(name, password.isEmpty() ? prompt(name) : password);
    }

    @SuppressWarnings("SystemConsoleNull") // null on the older runtimes that are supported
    private static String prompt(String name) {
        Console console = System.console();
        char[] typed = console == null ? null : console.readPassword("Password for %s: ", name);
        if (typed == null || typed.length == 0) {
            throw new ReferenceException("--user " + name
                    + " has no password, and there is no terminal to ask for it: write --user " + name + ":PASSWORD");
        }
        return new String(typed);
    }
}
