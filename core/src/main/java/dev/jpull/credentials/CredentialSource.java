// SPDX-License-Identifier: Apache-2.0
package dev.jpull.credentials;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Where credentials come from. A source is asked for the host that is contacted, never for another; the credential goes
 * to that host, or to its token server, and nowhere else. Must be safe for use by several threads. A request waits while its
 * source is asked, so that a source which asks a server bounds that wait itself.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface CredentialSource extends AutoCloseable {
    /** Has no credentials. */
    CredentialSource ANONYMOUS = host -> Optional.empty();

    /**
     * {@return the credential for a host, or empty when there is none}
     *
     * @param host the host with its port, as configured; {@code registry-1.docker.io} for Docker Hub
     */
    Optional<Credential> credentialFor(String host);

    /**
     * {@return the credential for a repository at a host, where a source distinguishes repositories}
     *
     * @param repository the repository, such as {@code library/busybox}
     * @param host the host with its port, as configured
     */
    default Optional<Credential> credentialFor(String host, String repository) {
        return credentialFor(host);
    }

    /**
     * {@return another credential instead of one that was refused, such as a new token of a cloud registry instead of one that has
     * expired; empty when there is none, which is the default} The request is sent again with the new credential, and content that
     * has been fetched so far is kept.
     *
     * <p>A source is asked once for each credential that was refused; requests that were refused with the same one wait for the
     * answer. An empty answer holds for a minute: for the credential, or after a 403 of a registry for the repository alone, because
     * most of them mean that the user may not read it. Without a credential that is accepted in between, a source is asked three
     * times in a row at most for credentials instead of one and the same, and again after a minute. A credential that was refused
     * before is not sent again; the last 256 credentials of a host are remembered. From then on the new credential is used wherever
     * {@link #credentialFor(String, String)} returns the refused one.
     *
     * <p>A source that is combined with others may be asked about a credential of another source: {@link
     * CredentialRefusal#refused()} tells.
     *
     * @param refusal what was refused, and how
     */
    default Optional<Credential> renewed(CredentialRefusal refusal) {
        Objects.requireNonNull(refusal, "refusal");
        return Optional.empty();
    }

    /**
     * Gives up what the source holds, such as connections and cached tokens; the default does nothing. Sources that were given to
     * the builder of a puller are closed with the puller, and after its last request; a source of a single pull is not. What
     * this method throws is logged.
     *
     * <p>A puller closes a source once that it was given, also for two uses. A source that is in several combinations, or was given to
     * several pullers, is closed with each of them: closing it again must do nothing.
     */
    @Override
    default void close() {}

    /**
     * {@return where the credential for a host would come from, by name; empty when there is none} Must not run programs or ask
     * people, and must not give away the credential.
     *
     * @param host the host with its port, as configured
     */
    default Optional<String> sourceFor(String host) {
        return credentialFor(host).map(known -> "given by the program");
    }

    /**
     * {@return what can be done so that there is a credential for a host, in the words of the program that asks for them: a part of
     * a sentence such as {@code give --user}, for the message about a host that denies access} Empty when there is nothing special
     * to do.
     *
     * @param host the host with its port, as configured
     */
    default Optional<String> adviceFor(String host) {
        return Optional.empty();
    }

    /**
     * {@return the credentials that the source has in memory, for all hosts: they are masked in what a host says even before one of
     * them is used} Must not run programs, read files or ask people; empty for a source that would have to.
     */
    default List<Credential> held() {
        return List.of();
    }

    /**
     * {@return this source, and the other one for hosts without a credential in this one}
     *
     * @param other is asked when this source has none
     */
    default CredentialSource orElse(CredentialSource other) {
        Objects.requireNonNull(other, "other");
        CredentialSource first = this;
        return new CredentialSource() {
            @Override
            public Optional<Credential> credentialFor(String host) {
                return first.credentialFor(host).or(() -> other.credentialFor(host));
            }

            @Override
            public Optional<Credential> credentialFor(String host, String repository) {
                return first.credentialFor(host, repository).or(() -> other.credentialFor(host, repository));
            }

            @Override
            public Optional<Credential> renewed(CredentialRefusal refusal) {
                return first.renewed(refusal).or(() -> other.renewed(refusal));
            }

            @Override
            public void close() {
                try {
                    first.close();
                } finally {
                    other.close();
                }
            }

            @Override
            public Optional<String> sourceFor(String host) {
                return first.sourceFor(host).or(() -> other.sourceFor(host));
            }

            @Override
            public Optional<String> adviceFor(String host) {
                return first.adviceFor(host).or(() -> other.adviceFor(host));
            }

            @Override
            public List<Credential> held() {
                List<Credential> both = new ArrayList<>(first.held());
                both.addAll(other.held());
                return both;
            }
        };
    }

    /**
     * {@return the credentials of the user: {@code $DOCKER_AUTH_CONFIG}, docker's config.json with its helpers, podman's auth.json}
     *
     * @param environment where the files are found
     */
    static CredentialSource ofUser(Map<String, String> environment) {
        Objects.requireNonNull(environment, "environment");
        return DockerConfig.ofUser(environment).orElse(PodmanAuth.ofUser(environment));
    }

    /**
     * {@return the credentials in a config.json of docker, and in the helpers that it names}
     *
     * @param file the file; read when credentials are asked for, and need not exist
     */
    static CredentialSource ofDockerConfig(Path file) {
        return new DockerConfig(Objects.requireNonNull(file, "file"));
    }

    /**
     * {@return the credentials in an auth.json of podman, which may be for single repositories}
     *
     * @param file the file; read when credentials are asked for, and need not exist
     */
    static CredentialSource ofPodmanAuth(Path file) {
        return new PodmanAuth(Objects.requireNonNull(file, "file"));
    }

    /**
     * {@return a source with one credential, for one host and no other}
     *
     * @param host the host with its port, as configured
     * @param credential the credential for that host
     */
    static CredentialSource forHost(String host, Credential credential) {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(credential, "credential");
        return new CredentialSource() {
            @Override
            public Optional<Credential> credentialFor(String asked) {
                return asked.equals(host) ? Optional.of(credential) : Optional.empty();
            }

            @Override
            public List<Credential> held() {
                return List.of(credential);
            }
        };
    }
}
