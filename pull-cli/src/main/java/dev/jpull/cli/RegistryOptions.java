// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ImagePuller;
import dev.jpull.ImagePullerBuilder;
import dev.jpull.PrintableText;
import dev.jpull.RegistryConfiguration;
import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.ReferenceException;
import dev.jpull.image.ImageReference;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** The options for requests to registries; names and meanings are those of {@code ctr images pull}. */
public final class RegistryOptions {
    private static final int MAX_PASSWORD = 64 << 10;

    @Option(
            names = "--hosts-dir",
            paramLabel = "DIR",
            description =
                    "Directory with registry host configuration; may be repeated (default: the registry configuration of"
                            + " this machine: the hosts directories of containerd, else the file of k3s, RKE2, podman or"
                            + " docker; -v prints which).")
    private List<Path> hostsDirectories = new ArrayList<>();

    @Option(
            names = "--config",
            paramLabel = "FILE|DIR",
            description = "Registry configuration of a container runtime instead of --hosts-dir: a hosts directory,"
                    + " config.toml of containerd, registries.yaml of k3s or RKE2, registries.conf of podman, or"
                    + " daemon.json of docker.")
    private @Nullable Path config;

    @Option(
            names = {"-k", "--skip-verify"},
            description = "Do not verify certificates, unless the configuration of a host says otherwise.")
    private boolean skipVerify;

    @Option(names = "--plain-http", description = "Use plain HTTP for registries without configuration.")
    private boolean plainHttp;

    @Option(
            names = "--no-upstream",
            description = "Never contact a registry itself when the configuration names only its mirrors.")
    private boolean noUpstream;

    @Option(
            names = {"-u", "--user"},
            paramLabel = "USER[:PASSWORD]",
            description = "Credentials for the registry in the reference; prompts for a missing password.")
    private @Nullable String user;

    @Option(
            names = "--refresh",
            paramLabel = "TOKEN",
            description = "Identity token for the registry in the reference.")
    private @Nullable String refresh;

    @Option(names = "--password-stdin", description = "Read the password of --user from standard input.")
    private boolean passwordStdin;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "Read the password of --user from the first line of a file.")
    private @Nullable Path passwordFile;

    @Option(
            names = "--mirror-user",
            paramLabel = "HOST[=USER[:PASSWORD]]",
            description = "Credentials for a mirror, which gets those of --user only by this option, without USER; may"
                    + " be repeated.")
    private List<String> mirrorUsers = new ArrayList<>();

    @Option(
            names = "--trust-realm",
            paramLabel = "HOST[:PORT]",
            description = "Token server on another site than the registry that may receive passwords; may be repeated.")
    private List<String> trustedRealms = new ArrayList<>();

    @Option(
            names = "--allow-foreign-urls",
            description = "Fetch blobs that no host has from the URLs in their manifest.")
    private boolean foreignUrls;

    @Option(
            names = "--tlscacert",
            paramLabel = "FILE",
            description = "Certificate authorities to trust instead of the system's.")
    private @Nullable Path tlsCaCert;

    @Option(names = "--tlscert", paramLabel = "FILE", description = "Client certificate; needs --tlskey.")
    private @Nullable Path tlsCert;

    @Option(names = "--tlskey", paramLabel = "FILE", description = "Key of the client certificate.")
    private @Nullable Path tlsKey;

    @Option(
            names = "--http-dump",
            description = "Print every request and response on standard error: headers and JSON, no blobs, no secrets.")
    private boolean httpDump;

    @Option(names = "--http-trace", description = "Print every event of every connection on standard error.")
    private boolean httpTrace;

    /** Sets an option without a value, for {@link OrdinaryPull}; false for any other. */
    boolean setFlag(String name) {
        switch (name) {
            case "--skip-verify" -> skipVerify = true;
            case "--plain-http" -> plainHttp = true;
            case "--no-upstream" -> noUpstream = true;
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Sets an option with a value, for {@link OrdinaryPull}; false for any other. */
    boolean setValue(String name, String value) {
        switch (name) {
            case "--hosts-dir" -> hostsDirectories.add(Path.of(value));
            case "--config" -> config = Path.of(value);
            case "--user" -> user = value;
            case "--mirror-user" -> mirrorUsers.add(value);
            case "--tlscacert" -> tlsCaCert = Path.of(value);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** The names of the options of this class that are on the command line. */
    static List<String> givenTo(CommandLine command) {
        CommandSpec own = CommandSpec.forAnnotatedObject(new RegistryOptions());
        List<String> given = new ArrayList<>();
        for (OptionSpec option : command.getParseResult().matchedOptions()) {
            if (own.findOption(option.longestName()) != null) {
                given.add(option.longestName());
            }
        }
        return given;
    }

    /** A builder that follows the options. */
    ImagePullerBuilder builder(List<String> images, boolean verbose, PrintWriter err) {
        ImagePullerBuilder builder = ImagePuller.builder()
                .plainHttp(plainHttp)
                .upstream(!noUpstream)
                .shortNameChooser(new ShortNameQuestion(err));
        builder.userCredentials(CredentialSource.ofUser(System.getenv()));
        for (String realm : trustedRealms) {
            builder.trustRealm(host("--trust-realm", realm));
        }
        builder.foreignUrls(foreignUrls);
        if (config != null) {
            builder.configuration(config);
        }
        for (Path directory : hostsDirectories) {
            if (!Files.exists(directory)) {
                throw new ReferenceException("--hosts-dir " + directory + " does not exist");
            }
            builder.hostsDirectory(directory);
        }
        CommandTls tls = CommandTls.ofEnvironment();
        builder.tlsProvider(tls);
        addTls(builder);
        RegistryConfiguration configuration =
                builder.registryConfiguration(); // read once, and used by all that is built
        builder.credentials(credentials(images, builder));
        if (httpDump) {
            builder.httpDump(new DumpLines(err));
        }
        if (httpTrace) {
            builder.httpTrace(line -> err.println("trace: " + line));
        }
        if (verbose) {
            err.println("registry configuration: " + shown(configuration));
            err.println("TLS: " + tls.description());
        }
        return builder;
    }

    static String shown(RegistryConfiguration configuration) {
        if (configuration.paths().isEmpty()) {
            return "none (" + configuration.reason() + ")";
        }
        String paths = configuration.paths().stream()
                .map(path -> PrintableText.line(path.toString()))
                .collect(Collectors.joining(", "));
        return paths + " (" + configuration.dialect() + "; " + configuration.reason() + ")";
    }

    private void addTls(ImagePullerBuilder builder) {
        if ((tlsCert == null) != (tlsKey == null)) {
            throw new ReferenceException("--tlscert and --tlskey belong together: give both");
        }
        builder.skipVerify(skipVerify);
        if (tlsCaCert != null) {
            builder.certificateAuthority(tlsCaCert);
        }
        if (tlsCert != null && tlsKey != null) {
            builder.clientCertificate(tlsCert, tlsKey);
        }
    }

    /** A URL would match no host, and the option would have no effect. */
    private static String host(String option, String value) {
        if (value.indexOf('/') >= 0) {
            throw new ReferenceException(option + " " + PrintableText.line(value)
                    + " is not a host: write HOST or HOST:PORT, without scheme and path");
        }
        return value;
    }

    /** Credentials of the command line go to the registry in the reference, and to a mirror only when it is named. */
    private CredentialSource credentials(List<String> images, ImagePullerBuilder configured) {
        Map<String, CommandCredentials.Given> known = new HashMap<>();
        Set<String> registries = new TreeSet<>();
        Credential given = given();
        for (String image : images) {
            String name = given != null && ImageReference.isShort(image) ? fullName(image, configured) : image;
            String host = ImageReference.parse(name).apiHost();
            registries.add(host);
            if (given != null) {
                known.put(host, new CommandCredentials.Given(given, user == null ? "--refresh" : "--user"));
            }
        }
        for (String mirror : mirrorUsers) {
            int equals = mirror.indexOf('=');
            String host = host("--mirror-user", equals < 0 ? mirror : mirror.substring(0, equals));
            Credential credential =
                    equals < 0 ? given : complete(UserOption.parse(mirror.substring(equals + 1), ""), "--mirror-user");
            if (credential == null) {
                throw new ReferenceException("--mirror-user " + host
                        + " needs a user, and --user is not given: write --mirror-user " + host
                        + "=USER:PASSWORD");
            }
            if (host.isBlank()) {
                throw new ReferenceException("--mirror-user names no host: write HOST or HOST=USER:PASSWORD");
            }
            if (known.put(host, new CommandCredentials.Given(credential, "--mirror-user")) != null) {
                throw new ReferenceException("--mirror-user " + PrintableText.line(host)
                        + ": this host has credentials already; give them once");
            }
        }
        return new CommandCredentials(known, given != null, registries);
    }

    /** Credentials must not go to another registry than that of the image, which the configuration decides for a short name. */
    private static String fullName(String image, ImagePullerBuilder configured) {
        try (ImagePuller puller = configured.build()) {
            return puller.fullName(image);
        }
    }

    private @Nullable Credential given() {
        UserOption asked = UserOption.parse(user == null ? "" : user, refresh == null ? "" : refresh);
        if (passwordStdin || passwordFile != null) {
            if (!asked.needsPassword()) {
                throw new ReferenceException(
                        "--password-stdin and --password-file need --user USER without a password");
            }
            asked = asked.withPassword(passwordStdin ? passwordOf(System.in) : passwordOf(passwordFile));
        }
        return complete(asked, "--user");
    }

    private static @Nullable Credential complete(UserOption asked, String option) {
        if (asked.username().startsWith(":")) { // what follows is meant as a password, and is not repeated
            throw new ReferenceException(option + " names no user: write USER:PASSWORD");
        }
        UserOption whole = asked.needsPassword() ? asked.withPassword(prompt(asked.username(), option)) : asked;
        return whole.credential().orElse(null);
    }

    private static String passwordOf(@Nullable Path file) {
        if (file == null) {
            throw new IllegalStateException("no file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return passwordOf(in);
        } catch (IOException e) {
            throw new ReferenceException("--password-file " + file + " cannot be read: " + reason(e));
        }
    }

    private static String reason(IOException e) {
        return e instanceof NoSuchFileException ? "no such file" : String.valueOf(e.getMessage());
    }

    /** The first line. */
    private static String passwordOf(InputStream in) {
        try {
            String text = new String(in.readNBytes(MAX_PASSWORD), StandardCharsets.UTF_8);
            String line = text.lines().findFirst().orElse("");
            if (line.isEmpty()) {
                throw new ReferenceException("the password is empty");
            }
            return line;
        } catch (IOException e) {
            throw new ReferenceException("the password cannot be read: " + e.getMessage());
        }
    }

    @SuppressWarnings("SystemConsoleNull") // null on the older runtimes that are supported
    private static String prompt(String name, String option) {
        Console console = System.console();
        char[] typed = console == null ? null : console.readPassword("Password for %s: ", name);
        if (typed == null || typed.length == 0) {
            throw new ReferenceException(option + " " + name
                    + " has no password, and there is no terminal for a prompt: write " + name
                    + ":PASSWORD, or use --password-stdin or --password-file");
        }
        return new String(typed);
    }
}
