// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import javax.net.ssl.SSLHandshakeException;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.junit.jupiter.api.Test;

class ExchangeTest {
    @Test
    void theAlertOfAHostThatEndedTheConnectionBeforeTheRequestIsTheReason() {
        IOException writing = new SocketException("Broken pipe");
        writing.addSuppressed(new SSLHandshakeException("Received fatal alert: bad_certificate"));
        IOException failure = failureOf(writing);
        assertThat(TransportFailure.of(failure).text()).isEqualTo("the host requires a client certificate");
    }

    @Test
    void withoutAnAlertTheBrokenConnectionIsTheReason() {
        IOException writing = new SocketException("Broken pipe");
        writing.addSuppressed(new SocketException("Connection reset"));
        assertThat(failureOf(writing)).isSameAs(writing);
    }

    private static IOException failureOf(IOException failure) {
        OkHttpClient client = new OkHttpClient.Builder()
                .addInterceptor(chain -> {
                    throw failure;
                })
                .build();
        Exchange exchange = new Exchange(new Cancellation(), Duration.ofSeconds(10), new ReadAllowance());
        try {
            return catchThrowableOfType(
                    IOException.class,
                    () -> exchange.execute(client.newCall(new Request.Builder()
                            .url("https://registry.example")
                            .build())));
        } finally {
            exchange.end();
        }
    }
}
