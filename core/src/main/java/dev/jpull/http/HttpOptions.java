// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.credentials.CredentialSource;
import dev.jpull.hosts.TlsSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import okhttp3.Interceptor;
import org.jspecify.annotations.Nullable;

/**
 * What goes for all endpoints of one engine.
 *
 * @param environment where proxies are configured
 * @param credentials where credentials come from
 * @param globalTls TLS settings that every host has, and that the targets of redirects get too
 * @param answerTimeout how long a host may be silent: before its answer, and in the middle of it
 * @param trace takes a line for every event of a connection, or null
 * @param interceptors stand before the network; tests put a scripted network here
 */
public record HttpOptions(
        Map<String, String> environment,
        CredentialSource credentials,
        TlsSettings globalTls,
        Duration answerTimeout,
        @Nullable Consumer<String> trace,
        List<Interceptor> interceptors) {
    /** How long a host may be silent when nothing is said. */
    public static final Duration DEFAULT_ANSWER_TIMEOUT = Duration.ofSeconds(30);

    /** Copies the collections. */
    public HttpOptions {
        environment = Map.copyOf(environment);
        interceptors = List.copyOf(interceptors);
    }

    /** Defaults, with the environment of this process and without credentials. */
    public static HttpOptions defaults() {
        return new HttpOptions(
                System.getenv(), CredentialSource.ANONYMOUS, TlsSettings.NONE, DEFAULT_ANSWER_TIMEOUT, null, List.of());
    }
}
