// SPDX-License-Identifier: Apache-2.0
package example.consumer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.jpull.ImagePuller;
import dev.jpull.PullRequest;
import dev.jpull.PulledImage;
import dev.jpull.error.ImageNotFoundException;
import dev.jpull.event.PullEvent;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/**
 * A program that embeds the library and brings its own Jackson 2 and, in another class loader, its own OkHttp 4. It has no
 * logging library. The arguments are a hosts directory, a store, a directory with the jars of OkHttp 4, and the URL of a blob.
 */
public final class Consumer {
    private static final String REPOSITORY = "registry.example/team/";

    private Consumer() {}

    public static void main(String[] arguments) throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        download(Path.of(arguments[2]), arguments[3]);
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        try (ImagePuller puller = ImagePuller.builder()
                .environment(Map.of())
                .hostsDirectory(Path.of(arguments[0]))
                .store(Path.of(arguments[1]))
                .listener(event -> {
                    if (event instanceof PullEvent.BlobStarted started
                            && started.header().image().endsWith("endless:1")) {
                        began.countDown();
                    }
                })
                .build()) {
            pull(puller);
            fail(puller);
            cancel(puller, began);
        }
        Set<Thread> after = new HashSet<>(Thread.getAllStackTraces().keySet());
        after.removeAll(before);
        System.out.println("threads: " + after.stream().map(Thread::getName).sorted().distinct().toList());
        System.out.println("okhttp 4: " + download(Path.of(arguments[2]), arguments[3]) + " bytes");
    }

    private static void pull(ImagePuller puller) throws IOException {
        PulledImage image = puller.pull(REPOSITORY + "app:1");
        System.out.println("pulled: " + image.digest() + " " + image.chainId());
        try (InputStream layer = image.layers().get(0).open()) {
            System.out.println("layer: " + layer.readAllBytes().length + " bytes");
        }
        Path blobs = Path.of(puller.store().toString(), "blobs", "sha256");
        JsonNode manifest = new ObjectMapper()
                .readTree(blobs.resolve(image.digest().toString().substring("sha256:".length()))
                        .toFile());
        System.out.println("jackson 2: schema version " + manifest.path("schemaVersion").asInt());
    }

    private static void fail(ImagePuller puller) {
        try {
            throw new AssertionError(puller.pull(REPOSITORY + "absent:1").toString());
        } catch (ImageNotFoundException e) {
            System.out.println("failed: " + e.attempts().size() + " attempt");
        }
    }

    private static void cancel(ImagePuller puller, CountDownLatch began) throws InterruptedException {
        CompletableFuture<PulledImage> pulling = puller.pullAsync(PullRequest.of(REPOSITORY + "endless:1"));
        began.await();
        pulling.cancel(true);
        try {
            throw new AssertionError(pulling.join().toString());
        } catch (CancellationException e) {
            System.out.println("cancelled");
        }
    }

    /** Fetches a URL with OkHttp 4, which is beside the class loader of this program. */
    private static int download(Path jars, String url) throws Exception {
        List<URL> urls = new ArrayList<>();
        try (Stream<Path> files = Files.list(jars)) {
            for (Path file : files.toList()) {
                urls.add(file.toUri().toURL());
            }
        }
        // The platform class loader would find the packages of OkHttp 5 where that is a module.
        try (URLClassLoader loader = new URLClassLoader(urls.toArray(URL[]::new), null)) {
            Object version = loader.loadClass("okhttp3.OkHttp").getField("VERSION").get(null);
            if (!version.toString().startsWith("4.")) {
                throw new AssertionError("OkHttp " + version);
            }
            Class<?> clientType = loader.loadClass("okhttp3.OkHttpClient");
            Class<?> requestType = loader.loadClass("okhttp3.Request");
            Class<?> builderType = loader.loadClass("okhttp3.Request$Builder");
            Object builder = builderType.getConstructor().newInstance();
            builderType.getMethod("url", String.class).invoke(builder, url);
            Object request = builderType.getMethod("build").invoke(builder);
            Object call = clientType
                    .getMethod("newCall", requestType)
                    .invoke(clientType.getConstructor().newInstance(), request);
            Object response =
                    loader.loadClass("okhttp3.Call").getMethod("execute").invoke(call);
            Object body = response.getClass().getMethod("body").invoke(response);
            byte[] bytes = (byte[])
                    loader.loadClass("okhttp3.ResponseBody").getMethod("bytes").invoke(body);
            return bytes.length;
        }
    }
}
