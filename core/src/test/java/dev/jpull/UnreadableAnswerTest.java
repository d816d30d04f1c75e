// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.jpull.ScriptedHost.Answer;
import dev.jpull.ScriptedHost.Phase;
import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.PullException;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Answers on which the HTTP stack or a decoder gives up in a way of its own, or that go on for ever, in every phase of a pull: the
 * next host is asked, and without one the pull fails with the name of the host. What can be sent of an answer is bounded.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@Execution(ExecutionMode.CONCURRENT)
class UnreadableAnswerTest {
    private static final String IMAGE = Fixture.NAMESPACE + "/team/app:1";
    private static final TestImage CONTENT =
            new ImageFactory(61).index(List.of("linux/amd64"), new Layer(3_000, Compression.NONE));
    private static final Set<String> CONFIGS = CONTENT.blobs().entrySet().stream()
            .filter(blob -> blob.getValue()[0] == '{')
            .map(Map.Entry::getKey)
            .collect(Collectors.toUnmodifiableSet());

    /** Twice that is the time for a whole answer. */
    private static final String SOON = "response_timeout = \"300ms\"\n";

    /** What the buffers of the system take, beside what is read. */
    private static final long MOST = 16 << 20;

    @TempDir
    Path temporary;

    record Case(String name, Phase phase, boolean mirrored, Answer answer) {
        @Override
        public String toString() {
            return name + ", " + phase + (mirrored ? ", another host follows" : ", alone");
        }
    }

    private static Answer raw(String answer) {
        return (out, content, type) -> ScriptedHost.write(out, answer);
    }

    private static Answer headed(String... headers) {
        return (out, content, type) -> {
            ScriptedHost.write(out, "HTTP/1.1 200 OK\r\n" + String.join("\r\n", headers) + "\r\n\r\n");
            if (content != null) {
                out.write(content);
            }
        };
    }

    /** Text for ever, after a beginning. */
    private static Answer endless(String beginning, String more) {
        byte[] piece = more.repeat(1 + 8_192 / more.length()).getBytes(StandardCharsets.ISO_8859_1);
        return (out, content, type) -> {
            ScriptedHost.write(out, beginning);
            while (true) {
                out.write(piece);
            }
        };
    }

    /** A byte now and then, for ever. */
    private static Answer drip(String beginning, String more) {
        return (out, content, type) -> {
            ScriptedHost.write(out, beginning);
            while (true) {
                pauseOf(out);
                ScriptedHost.write(out, more);
            }
        };
    }

    private static void pauseOf(OutputStream out) throws IOException {
        try {
            Thread.sleep(20); // the host is slow; the test waits for nothing
        } catch (InterruptedException e) {
            throw new IOException(out.toString(), e);
        }
    }

    private static Map<String, Answer> answers() {
        Map<String, Answer> answers = new LinkedHashMap<>();
        String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        answers.put("a negative length", headed("Content-Length: -5"));
        answers.put("a length that is no number", headed("Content-Length: 0x10"));
        answers.put("a length beyond all numbers", headed("Content-Length: 99999999999999999999"));
        answers.put("status -12", raw("HTTP/1.1 -12 OK\r\nContent-Length: 0\r\n\r\n"));
        answers.put("status 99", raw("HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n"));
        answers.put("status 1000", raw("HTTP/1.1 1000 OK\r\nContent-Length: 0\r\n\r\n"));
        answers.put("no status", raw("HTTP/1.1 \r\n\r\n"));
        answers.put("no HTTP", raw("SSH-2.0-OpenSSH_9.2\r\n"));
        answers.put("204 with a body", raw("HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\nhello"));
        answers.put("101", raw("HTTP/1.1 101 Upgrade\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"));
        answers.put("3,000 codings", headed("Content-Encoding: " + "gzip,".repeat(3_000) + "gzip"));
        answers.put("a coding twice", headed("Content-Encoding: gzip", "Content-Encoding: gzip"));
        answers.put("an unknown coding", headed("Content-Encoding: br"));
        answers.put("gzip that is none", headed("Content-Encoding: gzip"));
        answers.put("zstd that is none", headed("Content-Encoding: zstd"));
        answers.put("deflate that is none", headed("Content-Encoding: deflate"));
        answers.put("a header that is no text", raw("HTTP/1.1 200 \u00ff\u00fe\r\n\u00ff\u00c3: \u00ff\r\n\r\n"));
        answers.put("a header without a name", raw("HTTP/1.1 200 OK\r\n: x\r\n\r\n"));
        answers.put("cookies", headed("Set-Cookie: a=b; Expires=\u00ff; Domain=..; Max-Age=99999999999999999999"));
        answers.put(
                "a redirect nowhere",
                raw("HTTP/1.1 302 F\r\nLocation: http://xn--a\u00ff.\u0130/\r\nContent-Length: 0\r\n\r\n"));
        answers.put("a redirect to itself", raw("HTTP/1.1 302 F\r\nLocation: ?\r\nContent-Length: 0\r\n\r\n"));
        answers.put("a chunk of negative size", raw(chunked + "-5\r\nhello\r\n0\r\n\r\n"));
        answers.put("a chunk of 2^64", raw(chunked + "ffffffffffffffff\r\nhello"));
        answers.put("an endless chunk extension", endless(chunked + "5;", "x"));
        answers.put("an endless chunk size", endless(chunked, "0"));
        answers.put("an endless end of a chunk", endless(chunked + "1\r\na", "x"));
        answers.put("endless trailers", endless(chunked + "0\r\n", "a: b\r\n"));
        answers.put("an endless header", endless("HTTP/1.1 200 OK\r\nX: ", "x"));
        answers.put("endless headers", endless("HTTP/1.1 200 OK\r\n", "X:\r\n"));
        answers.put("an endless status", endless("HTTP/1.1 200 ", "x"));
        answers.put("endless early hints", endless("", "HTTP/1.1 103 E\r\n\r\n"));
        answers.put("endless 100", endless("", "HTTP/1.1 100 C\r\n\r\n"));
        answers.put(
                "an endless name in a coding",
                endless("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\u001f\u008b\b\b\0\0\0\0\0\0", "x"));
        answers.put(
                "endless empty blocks in a coding",
                endless("HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\nx\u009c", "\0\0\0\u00ff\u00ff"));
        return answers;
    }

    private static Map<String, Answer> slowAnswers() {
        Map<String, Answer> answers = new LinkedHashMap<>();
        answers.put("nothing at all", (out, content, type) -> drip("", "").send(out, content, type));
        answers.put("a status in drips", drip("HTTP/1.1 200 ", "x"));
        answers.put("headers in drips", drip("HTTP/1.1 200 OK\r\nX: ", "x"));
        answers.put("early hints in drips", drip("", "HTTP/1.1 103 E\r\n\r\n"));
        return answers;
    }

    private static Map<String, Answer> slowDocuments() {
        Map<String, Answer> answers = new LinkedHashMap<>();
        answers.put("a body in drips", drip("HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n", " "));
        answers.put("chunks in drips", drip("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n"));
        answers.put(
                "trailers in drips", drip("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "a: b\r\n"));
        answers.put(
                "blocks of nothing in drips",
                drip("HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\nx\u009c", "\0\0\0\u00ff\u00ff"));
        return answers;
    }

    private static Map<String, Answer> slowErrors() {
        Map<String, Answer> answers = new LinkedHashMap<>();
        for (String status : List.of("404 Not Found", "500 Oops", "403 No", "429 Later")) {
            answers.put(
                    "a text of " + status + " in drips",
                    drip("HTTP/1.1 " + status + "\r\nContent-Type: text/plain\r\nContent-Length: 9000\r\n\r\n", "x"));
        }
        return answers;
    }

    static Stream<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (boolean mirrored : List.of(true, false)) {
            for (Phase phase : List.of(Phase.TAG, Phase.MANIFEST, Phase.CONFIG, Phase.LAYER, Phase.TOKEN)) {
                answers().forEach((name, answer) -> cases.add(new Case(name, phase, mirrored, answer)));
                slowAnswers().forEach((name, answer) -> cases.add(new Case(name, phase, mirrored, answer)));
                if (phase != Phase.LAYER && phase != Phase.CONFIG) {
                    slowDocuments().forEach((name, answer) -> cases.add(new Case(name, phase, mirrored, answer)));
                }
            }
            for (Phase phase : List.of(Phase.ERROR_OF_A_TAG, Phase.ERROR_OF_A_BLOB)) {
                slowErrors().forEach((name, answer) -> cases.add(new Case(name, phase, mirrored, answer)));
            }
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void leadsToTheNextHostOrToAClearError(Case scenario) throws IOException {
        Fixture fixture = new Fixture(temporary);
        try (ScriptedHost host = new ScriptedHost(CONTENT, CONFIGS, scenario.phase(), scenario.answer());
                TestRegistry upstream = TestRegistry.start().serve("team/app", "1", CONTENT)) {
            fixture.hosts(
                    scenario.mirrored()
                            ? "server = \"" + upstream.origin() + "\""
                            : "server = \"" + host.origin() + "\"",
                    scenario.mirrored()
                            ? Fixture.host(host.origin(), "pull", "resolve") + "  [host.\"" + host.origin()
                                    + "\".jpull]\n" + SOON
                            : "[jpull]\n" + SOON);
            try (ImagePuller puller = fixture.builder()
                    .waits((pause, scope) -> {}, Duration.ofMillis(400))
                    .build()) {
                if (scenario.mirrored()) {
                    assertThat(puller.pull(IMAGE).chainId()).isNotNull();
                } else {
                    Throwable failure = catchThrowable(() -> puller.pull(IMAGE));
                    if (failure != null) {
                        assertThat(failure).isInstanceOf(PullException.class);
                        if (!(failure instanceof ImageNotFoundException)) {
                            assertThat(failure).hasMessageContaining(host.origin());
                        }
                    }
                }
            }
            assertThat(host.answers()).as("it was asked").isPositive();
            assertThat(host.sent()).isLessThan(MOST);
        }
    }

    /** The host answers well until the layers: those that are asked for at the same time wait for it, and no other. */
    @Test
    void aHostThatLetTheTimeForAnAnswerPassIsNotWaitedForAgain() throws IOException {
        TestImage large = new ImageFactory(62)
                .image(
                        "linux/amd64",
                        Stream.generate(() -> new Layer(500, Compression.NONE))
                                .limit(24)
                                .toArray(Layer[]::new));
        Answer drips = drip("HTTP/1.1 200 OK\r\nX: ", "x");
        Fixture fixture = new Fixture(temporary);
        try (ScriptedHost host = new ScriptedHost(large, Set.of(), Phase.LAYER, drips);
                TestRegistry upstream = TestRegistry.start().serve("team/app", "1", large)) {
            fixture.hosts(
                    "server = \"" + upstream.origin() + "\"",
                    Fixture.host(host.origin(), "pull", "resolve") + "  [host.\"" + host.origin() + "\".jpull]\n"
                            + SOON);
            try (ImagePuller puller =
                    fixture.builder().maxConcurrentDownloads(3).build()) {
                assertThat(puller.pull(IMAGE).fallbacks())
                        .anyMatch(attempt -> attempt.reason().contains("no complete answer within 600 ms"));
            }
            assertThat(host.answers()).isLessThanOrEqualTo(3);
        }
    }
}
