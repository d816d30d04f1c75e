// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.PullException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host may know a password from an earlier pull, and repeat it before this pull has sent it. */
class HeldCredentialsTest {
    private static final String PASSWORD = "hunter2-password";
    private static final String PAIR =
            Base64.getEncoder().encodeToString(("robot:" + PASSWORD).getBytes(StandardCharsets.UTF_8));

    @TempDir
    Path temporary;

    @Test
    void whatASourceHoldsIsMaskedBeforeItIsUsed() throws IOException {
        byte[] body = ("{\"errors\":[{\"code\":\"DENIED\",\"message\":\"" + PASSWORD + " and " + PAIR + "\"}]}")
                .getBytes(StandardCharsets.UTF_8);
        try (RawServer host = RawServer.start(socket -> {
            BufferedReader request =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            while (!request.readLine().isEmpty()) {
                // the head of the request
            }
            socket.getOutputStream()
                    .write(("HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: " + body.length
                                    + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(body);
        })) {
            int port = ((InetSocketAddress) host.address()).getPort();
            Fixture fixture = new Fixture(temporary).hosts("server = \"http://127.0.0.1:" + port + "\"");
            CredentialSource source = CredentialSource.forHost("127.0.0.1:" + port, new Credential("robot", PASSWORD));
            try (ImagePuller puller = fixture.builder()
                    .credentials(CredentialSource.ANONYMOUS.orElse(source))
                    .environment(Map.of())
                    .build()) {
                PullException failure =
                        catchThrowableOfType(PullException.class, () -> puller.pull(Fixture.NAMESPACE + "/app:1"));
                assertThat(failure.getMessage() + failure.attempts())
                        .contains("DENIED")
                        .doesNotContain(PASSWORD)
                        .doesNotContain(PAIR);
            }
        }
    }
}
