// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.jpull.credentials.Credential;
import dev.jpull.hosts.ContainerdHosts;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.hosts.TlsSettings;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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

    /** The password that the token server refuses. */
    private final Credential refused = new Credential("user", "old-password");

    private final AtomicReference<Credential> given = new AtomicReference<>();

    /** The bodies of the requests for tokens. */
    private final Queue<String> tokenRequests = new ConcurrentLinkedQueue<>();

    private HttpClients clients;
    private HttpEndpoint endpoint;

    @BeforeEach
    void start() throws IOException {
        Files.writeString(
                Files.createDirectory(temporary.resolve("registry.example")).resolve("hosts.toml"),
                "server = \"http://registry.example\"");
        clients = new HttpClients(new HttpOptions(
                Map.of(),
                null,
                host -> Optional.ofNullable(given.get()),
                TlsSettings.NONE,
                TlsEngine.RUNTIME,
                HttpOptions.DEFAULT_ANSWER_TIMEOUT,
                HttpOptions.DEFAULT_STALL_TIMEOUT,
                Set.of(),
                null,
                false,
                HttpOptions.Network.SYSTEM,
                null,
                null,
                List.of(this::answer)));
        endpoint = clients.endpoint(new ContainerdHosts(List.of(temporary), HostDefaults.NONE)
                .hostsFor("registry.example")
                .hosts()
                .get(0));
    }

    @AfterEach
    void stop() {
        released.countDown();
        clients.close();
    }

    @Test
    void aRequestDoesNotWaitForTheTokenOfAnotherScope() throws Exception {
        CompletableFuture<Integer> slow = started(SLOW);
        asked.await();
        CompletableFuture<Integer> fast = started(FAST);
        assertThat(fast.get(10, TimeUnit.SECONDS)).isEqualTo(200);
        assertThat(slow).isNotDone();
        released.countDown();
        assertThat(slow.get()).isEqualTo(200);
    }

    @Test
    void aRefusedCredentialFailsTheRequestsThatWaitWithTheSameOne() throws Exception {
        given.set(refused);
        CompletableFuture<Integer> first = started(SLOW);
        asked.await();
        CompletableFuture<Integer> second = waiting(new Cancellation());
        released.countDown();
        assertThat(failureOf(first)).isInstanceOf(AuthenticationException.class);
        assertThat(failureOf(second)).isInstanceOf(AuthenticationException.class);
        assertThat(passwordsSent("old-password"))
                .as("sent once, in each form of a token request")
                .hasSize(2);
    }

    @Test
    void aCredentialThatWasNotAcceptedYetIsSentByOneFetchAtATime() throws Exception {
        given.set(refused);
        CompletableFuture<Integer> first = started(SLOW);
        asked.await();
        CompletableFuture<Integer> other = waiting(FAST, new Cancellation());
        assertThat(tokenRequests).as("the other scope waits").hasSize(1);
        released.countDown();
        assertThat(failureOf(first)).isInstanceOf(AuthenticationException.class);
        assertThat(other.get(10, TimeUnit.SECONDS)).isEqualTo(200);
        assertThat(passwordsSent("old-password"))
                .as("sent for one scope, in each form of a token request")
                .hasSize(2);
    }

    @Test
    void aRequestThatWaitsWithAnotherCredentialFetchesByItself() throws Exception {
        given.set(refused);
        CompletableFuture<Integer> first = started(SLOW);
        asked.await();
        given.set(new Credential("user", "new-password"));
        CompletableFuture<Integer> second = waiting(new Cancellation());
        assertThat(passwordsSent("new-password")).isEmpty();
        released.countDown();
        assertThat(failureOf(first)).isInstanceOf(AuthenticationException.class);
        assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo(200);
        assertThat(passwordsSent("new-password")).hasSize(1);
    }

    @Test
    void aRequestThatWaitsEndsWithItsOwnDeadline() throws Exception {
        given.set(refused);
        CompletableFuture<Integer> first = started(SLOW);
        asked.await();
        Cancellation shorter = new Cancellation();
        CompletableFuture<Integer> second = waiting(shorter);
        shorter.cancelAfter(Duration.ofMillis(1));
        assertThat(failureOf(second)).isInstanceOf(InterruptedIOException.class);
        assertThat(first).isNotDone();
        released.countDown();
        assertThat(failureOf(first)).isInstanceOf(AuthenticationException.class);
    }

    /** A request on a thread of its own: the common pool may have one thread, which a waiting request would hold. */
    private CompletableFuture<Integer> started(String scope) {
        return CompletableFuture.supplyAsync(() -> status(scope, new Cancellation()), AuthorizerTest::onThreadOfItsOwn);
    }

    private static void onThreadOfItsOwn(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
    }

    /** A request that waits for the token of the other when this returns. */
    private CompletableFuture<Integer> waiting(Cancellation cancellation) throws InterruptedException {
        return waiting(SLOW, cancellation);
    }

    private CompletableFuture<Integer> waiting(String scope, Cancellation cancellation) throws InterruptedException {
        CompletableFuture<Integer> status = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                status.complete(status(scope, cancellation));
            } catch (Throwable e) {
                status.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (Stream.of(thread.getStackTrace())
                .noneMatch(frame -> frame.getMethodName().equals("awaitOrStop"))) {
            assertThat(thread.isAlive() && System.nanoTime() < end)
                    .as("the request waits: " + status)
                    .isTrue();
            Thread.sleep(1);
        }
        return status;
    }

    private static Throwable failureOf(CompletableFuture<Integer> request) {
        ExecutionException failure =
                catchThrowableOfType(ExecutionException.class, () -> request.get(10, TimeUnit.SECONDS));
        Throwable cause = failure.getCause();
        return Objects.requireNonNull(cause instanceof UncheckedIOException unchecked ? unchecked.getCause() : cause);
    }

    private List<String> passwordsSent(String password) {
        return tokenRequests.stream().filter(body -> body.contains(password)).toList();
    }

    private int status(String scope, Cancellation cancellation) {
        RegistryCall call = new RegistryCall(
                "GET",
                endpoint.base().newBuilder().encodedPath("/v2/" + scope).build(),
                "*/*",
                null,
                "team/app",
                false);
        try (HttpResponse response = endpoint.execute(call, cancellation)) {
            return response.status();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Response answer(Interceptor.Chain chain) throws IOException {
        String path = chain.request().url().encodedPath();
        if (path.equals("/token")) {
            String secret = secretOf(chain.request());
            tokenRequests.add(secret);
            if (!chain.request().url().queryParameterValues("scope").contains(FAST)
                    && !secret.contains("new-password")) {
                asked.countDown();
                try {
                    released.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            return secret.contains("old-password")
                    ? response(chain, 401, "").build()
                    : response(chain, 200, "{\"token\":\"t\"}").build();
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

    /** The form of a request for a token, or the credentials in its header. */
    private static String secretOf(Request request) throws IOException {
        String header = request.header("Authorization");
        if (header != null) {
            byte[] pair = Base64.getDecoder().decode(header.substring("Basic ".length()));
            return new String(pair, StandardCharsets.UTF_8);
        }
        Buffer body = new Buffer();
        if (request.body() != null) {
            request.body().writeTo(body);
        }
        return body.readUtf8();
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
