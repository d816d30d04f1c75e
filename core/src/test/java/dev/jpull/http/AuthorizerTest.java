// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.credentials.CredentialSource;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.hosts.TlsSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One repository whose challenges name two scopes, and a token server that is slow for one of them. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class AuthorizerTest {
    private static final String SLOW = "repository:team/app:pull";
    private static final String FAST = "repository:team/base:pull";

    @TempDir
    Path temporary;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    @Test
    void aRequestDoesNotWaitForTheTokenOfAnotherScope() throws Exception {
        Files.writeString(
                Files.createDirectory(temporary.resolve("registry.example")).resolve("hosts.toml"),
                "server = \"http://registry.example\"");
        HttpOptions options = new HttpOptions(
                Map.of(),
                CredentialSource.ANONYMOUS,
                TlsSettings.NONE,
                HttpOptions.DEFAULT_ANSWER_TIMEOUT,
                HttpOptions.DEFAULT_STALL_TIMEOUT,
                Set.of(),
                null,
                false,
                HttpOptions.Network.SYSTEM,
                null,
                null,
                List.of(this::answer));
        try (HttpClients clients = new HttpClients(options)) {
            HttpEndpoint endpoint = clients.endpoint(new HostConfiguration(List.of(temporary), HostDefaults.NONE)
                    .hostsFor("registry.example")
                    .hosts()
                    .get(0));
            CompletableFuture<Integer> slow = CompletableFuture.supplyAsync(() -> status(endpoint, SLOW));
            asked.await();
            CompletableFuture<Integer> fast = CompletableFuture.supplyAsync(() -> status(endpoint, FAST));
            try {
                assertThat(fast.get(10, TimeUnit.SECONDS)).isEqualTo(200);
                assertThat(slow).isNotDone();
            } finally {
                released.countDown();
            }
            assertThat(slow.get()).isEqualTo(200);
        }
    }

    private static int status(HttpEndpoint endpoint, String scope) {
        RegistryCall call = new RegistryCall(
                "GET",
                endpoint.base().newBuilder().encodedPath("/v2/" + scope).build(),
                "*/*",
                null,
                "team/app",
                false);
        try (HttpResponse response = endpoint.execute(call, new Cancellation())) {
            return response.status();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Response answer(Interceptor.Chain chain) throws IOException {
        String path = chain.request().url().encodedPath();
        if (path.equals("/token")) {
            List<String> scopes = chain.request().url().queryParameterValues("scope").stream()
                    .map(String::valueOf)
                    .toList();
            if (!scopes.contains(FAST)) {
                asked.countDown();
                try {
                    released.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            return response(chain, 200, "{\"token\":\"t" + scopes.size() + "\"}")
                    .build();
        }
        if (chain.request().header("Authorization") != null) {
            return response(chain, 200, "").build();
        }
        String scope = path.substring("/v2/".length());
        return response(chain, 401, "")
                .header(
                        "WWW-Authenticate",
                        "Bearer realm=\"http://registry.example/token\",service=\"s\",scope=\"" + scope + "\"")
                .build();
    }

    private static Response.Builder response(Interceptor.Chain chain, int status, String body) {
        return new Response.Builder()
                .request(chain.request())
                .protocol(Protocol.HTTP_1_1)
                .code(status)
                .message("")
                .body(ResponseBody.create(body, MediaType.get("application/json")));
    }
}
