// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialRefusal;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.ConfigurationException;
import dev.jpull.error.PullException;
import dev.jpull.text.ForeignText;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A source of credentials that was given to the puller: every exception of it becomes a failure that names the source. The
 * message of the exception may be secret, and appears only in the cause.
 *
 * @param source the source
 */
public record GuardedCredentials(CredentialSource source) implements CredentialSource {
    private static final System.Logger LOGGER = System.getLogger(GuardedCredentials.class.getName());

    @Override
    public Optional<Credential> credentialFor(String host) {
        return guarded(host, () -> source.credentialFor(host));
    }

    @Override
    public Optional<Credential> credentialFor(String host, String repository) {
        return guarded(host, () -> source.credentialFor(host, repository));
    }

    @Override
    public Optional<Credential> renewed(CredentialRefusal refusal) {
        return guarded(refusal.host(), () -> source.renewed(refusal));
    }

    @Override
    public void close() {
        try {
            source.close();
        } catch (Throwable e) { // Kotlin code throws checked exceptions without a declaration
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "the credential source " + source.getClass().getName() + " failed to close",
                    e);
        }
    }

    @Override
    public Optional<String> sourceFor(String host) {
        return guarded(host, () -> source.sourceFor(host));
    }

    @Override
    public Optional<String> adviceFor(String host) {
        return guarded(host, () -> source.adviceFor(host));
    }

    @Override
    public List<Credential> held() {
        return guarded("all hosts", () -> Optional.ofNullable(source.held())).orElse(List.of());
    }

    @SuppressWarnings("OptionalAssignedToNull") // by a source that breaks its contract
    private <T> Optional<T> guarded(String host, Supplier<Optional<T>> question) {
        Optional<T> answer;
        try {
            answer = question.get();
        } catch (PullException e) {
            throw e;
        } catch (Throwable e) { // Kotlin code throws checked exceptions without a declaration
            throw new ConfigurationException(
                    named(host) + " threw " + e.getClass().getName()
                            + ": correct it, or leave it out; the cause of this failure has details",
                    e);
        }
        if (answer == null) {
            throw new ConfigurationException(named(host) + " returned null: it must return an empty Optional instead");
        }
        return answer;
    }

    private String named(String host) {
        return "the credential source " + source.getClass().getName() + ", asked for " + ForeignText.line(host) + ",";
    }
}
