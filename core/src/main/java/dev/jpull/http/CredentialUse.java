// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.credentials.CredentialSource;
import java.util.Optional;

/**
 * What became of the credentials for a host that denies access.
 *
 * @param text whether they were sent, and where they come from, as a sentence part
 * @param remedy what to do
 */
public record CredentialUse(String text, String remedy) {
    static CredentialUse of(String host, CredentialSource credentials, boolean sent) {
        Optional<String> source = credentials.sourceFor(host);
        if (sent) {
            return new CredentialUse(
                    "the credentials for " + host
                            + source.map(from -> " (" + from + ")").orElse("") + " were sent, and do not grant access",
                    "log in again, or ask for access");
        }
        if (source.isPresent()) {
            return new CredentialUse(
                    "there are credentials for " + host + " (" + source.get() + "), but none were sent to it",
                    "see whether the host, or the token server that it names, asks for them");
        }
        return new CredentialUse(
                "it was asked without credentials: there are no credentials for " + host,
                credentials.adviceFor(host).orElse("log in with \"docker login " + host + "\""));
    }
}
