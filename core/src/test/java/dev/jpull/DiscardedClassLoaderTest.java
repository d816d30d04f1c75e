// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.File;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Build tools load plugins with class loaders that they throw away: a closed puller must not keep its own. */
class DiscardedClassLoaderTest {
    private static final int LOADERS = 6;
    private static final String IMAGE = Fixture.NAMESPACE + "/team/app:1";
    private static final TestImage CONTENT = new ImageFactory(2)
            .index(
                    List.of("linux/amd64", "linux/arm64"),
                    new Layer(18_000_000, Compression.NONE),
                    new Layer(60_000, Compression.GZIP));

    @TempDir
    Path temporary;

    @Test
    void aClosedPullerLeavesNoThreadAndNoClass() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        try (TestRegistry registry = TestRegistry.start().serve("team/app", "1", CONTENT)) {
            Fixture fixture = new Fixture(temporary);
            fixture.hosts("server = \"" + registry.origin() + "\"");
            for (int i = 0; i < LOADERS; i++) {
                Path store = temporary.resolve("store" + i);
                loaders.add(onThreadOfItsOwn(() -> new WeakReference<>(pullAndClose(fixture, store))));
            }
        }
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (!before.contains(thread) && isOfTheLibrary(thread.getName())) {
                thread.join(TimeUnit.SECONDS.toMillis(10)); // of Okio, which is told to end and cannot be waited for
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
        }
        // The runtime may keep the newest one for a while, in caches of its own that hold one entry.
        assertThat(loaders.subList(0, LOADERS - 1)).allSatisfy(loader -> assertCollected(loader));
    }

    /**
     * A fork-join pool that runs tests makes new threads while a test waits. They inherit the access control context of the waiting
     * thread, and with it the class loader.
     */
    private static <T> T onThreadOfItsOwn(Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task);
        thread.start();
        thread.join();
        return task.get();
    }

    private static boolean isOfTheLibrary(String thread) {
        return thread.startsWith("jpull") || thread.startsWith("OkHttp") || thread.startsWith("Okio");
    }

    private static void assertCollected(WeakReference<ClassLoader> loader) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (loader.get() != null && deadline - System.nanoTime() > 0) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(20);
        }
        assertThat(loader.get()).isNull();
    }

    private static ClassLoader pullAndClose(Fixture fixture, Path store) throws Exception {
        URLClassLoader loader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader());
        Class<?> pullerType = loader.loadClass("dev.jpull.ImagePuller");
        Object builder = pullerType.getMethod("builder").invoke(null);
        Class<?> builderType = builder.getClass();
        builderType.getMethod("environment", Map.class).invoke(builder, Map.of());
        builderType
                .getMethod("hostsDirectory", Path.class)
                .invoke(builder, fixture.directory().getParent());
        builderType.getMethod("store", Path.class).invoke(builder, store);
        Object puller = builderType.getMethod("build").invoke(builder);
        Object pulled = pullerType.getMethod("pull", String.class).invoke(puller, IMAGE);
        assertThat(pulled.getClass().getClassLoader()).isSameAs(loader);
        assertThat(pulled.toString()).contains(CONTENT.rootDigest());
        pullerType.getMethod("close").invoke(puller);
        loader.close();
        return loader;
    }

    private static URL[] classPath() throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            if (Files.exists(path)) {
                urls.add(path.toUri().toURL());
            }
        }
        return urls.toArray(URL[]::new);
    }
}
