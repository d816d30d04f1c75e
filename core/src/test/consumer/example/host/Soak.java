// SPDX-License-Identifier: Apache-2.0
package example.host;

import dev.jpull.ImagePuller;
import dev.jpull.ImagePullerBuilder.Durability;
import dev.jpull.LocalStore;
import dev.jpull.PullRequest;
import dev.jpull.PulledImage;
import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.IntegrityException;
import dev.jpull.event.PullEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.management.JMException;

/**
 * Calls one puller thousands of times, and reports what of it grows: objects, heap, threads and descriptors, each compared with what
 * was there after a fifth of the calls. Of ten calls, six pull an image, two fail, and two are cancelled during a transfer. The
 * arguments are a directory with the configuration, how many calls are made, and whether results are kept on purpose.
 */
public final class Soak {
    /** How many images the registry has, which are pulled in turn. */
    private static final int IMAGES = 60;

    /** After how many calls the store is emptied, so that images are fetched again. */
    private static final int BATCH = 5 * IMAGES;

    private static final int AT_ONCE = 4;
    private static final String REPOSITORY = "registry.example/team/app";

    /** What caches of the library and of the runtime may still take. */
    private static final long FREE_INSTANCES = 200;

    private static final long FREE_BYTES = 1 << 20;
    private static final int KEPT_BYTES = 20_000;
    private static final int FREE_THREADS = 3;
    private static final int FREE_DESCRIPTORS = 6;

    /** What is kept on purpose, so that each finding of the check is seen once. */
    private final List<Object> kept = new ArrayList<>();

    private final Path directory;
    private final boolean keeps;
    private int pulled;
    private int failed;
    private int cancelled;

    private Soak(Path directory, boolean keeps) {
        this.directory = directory;
        this.keeps = keeps;
    }

    private record Sizes(Map<String, Long> instances, long heap, List<String> threads, long descriptors) {
        static Sizes now() throws JMException, IOException {
            try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
                return new Sizes(Measure.instances(), Measure.heap(), Measure.threads(), descriptors.count());
            }
        }

        private long all() {
            return instances.values().stream().mapToLong(Long::longValue).sum();
        }

        List<String> growthSince(Sizes before) {
            List<String> growth = new ArrayList<>();
            if (all() > before.all() + FREE_INSTANCES) {
                instances.forEach((name, count) -> {
                    long known = before.instances.getOrDefault(name, 0L);
                    if (count > known) {
                        growth.add("instances: " + name + " " + known + " " + count);
                    }
                });
            }
            if (heap > before.heap + FREE_BYTES) {
                growth.add("heap: " + before.heap + " " + heap);
            }
            if (threads.size() > before.threads.size() + FREE_THREADS) {
                growth.add("threads: " + before.threads + " " + threads);
            }
            if (descriptors > before.descriptors + FREE_DESCRIPTORS) {
                growth.add("descriptors: " + before.descriptors + " " + descriptors);
            }
            return growth;
        }
    }

    public static void main(String[] arguments) throws Exception {
        new Soak(Path.of(arguments[0]), Boolean.parseBoolean(arguments[2])).run(Integer.parseInt(arguments[1]));
    }

    private void run(int calls) throws Exception {
        try (ImagePuller puller = ImagePuller.builder()
                .environment(Map.of())
                .hostsDirectory(directory.resolve("certs.d"))
                .store(directory.resolve("store"))
                .durability(Durability.UNSYNCED)
                .build()) {
            Sizes early = null;
            for (int first = 0; first < calls; first += BATCH) {
                batch(puller, first, Math.min(calls, first + BATCH));
                if (early == null && first >= calls / 5) {
                    early = Sizes.now();
                }
            }
            System.out.println(pulled + " pulled, " + failed + " failed, " + cancelled + " cancelled");
            Sizes.now().growthSince(early).forEach(System.out::println);
        }
    }

    /** Makes some calls, a few at the same time, and empties the store. */
    private void batch(ImagePuller puller, int first, int end) {
        for (int i = first; i < end; i += AT_ONCE) {
            List<CompletableFuture<PulledImage>> running = IntStream.range(i, Math.min(end, i + AT_ONCE))
                    .mapToObj(number -> start(puller, number))
                    .toList();
            running.forEach(this::await);
        }
        LocalStore store = LocalStore.open(directory.resolve("store"));
        store.remove(store.images().stream().map(LocalStore.StoredImage::name).toList());
    }

    private CompletableFuture<PulledImage> start(ImagePuller puller, int number) {
        String tag =
                switch (number % 10) {
                    case 3 -> "absent";
                    case 6 -> "broken";
                    case 4, 8 -> "endless";
                    default -> String.valueOf(number % IMAGES);
                };
        if (!tag.equals("endless")) {
            return puller.pullAsync(PullRequest.of(REPOSITORY + ":" + tag));
        }
        CompletableFuture<Void> began = new CompletableFuture<>();
        CompletableFuture<PulledImage> pulling = puller.pullAsync(PullRequest.builder(REPOSITORY + ":" + tag)
                .listener(event -> {
                    if (event instanceof PullEvent.BlobStarted) {
                        began.complete(null);
                    }
                })
                .build());
        began.thenRun(() -> pulling.cancel(true));
        return pulling;
    }

    private void keep(PulledImage image) {
        kept.add(image);
        kept.add(new byte[KEPT_BYTES]);
        if (pulled % 10 == 0) {
            Thread thread = new Thread(Soak::waitForEver, "a kept thread");
            thread.setDaemon(true);
            thread.start();
            try {
                kept.add(FileChannel.open(Path.of("/dev/zero"), StandardOpenOption.READ));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static void waitForEver() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void await(CompletableFuture<PulledImage> pulling) {
        try {
            PulledImage image = pulling.join();
            if (keeps) {
                keep(image);
            }
            pulled++;
        } catch (CancellationException e) {
            cancelled++;
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof ImageNotFoundException || e.getCause() instanceof IntegrityException)) {
                throw e;
            }
            failed++;
        }
    }
}
