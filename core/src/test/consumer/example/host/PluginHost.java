// SPDX-License-Identifier: Apache-2.0
package example.host;

import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.lang.reflect.Constructor;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;

/**
 * A build tool in miniature: loads a plugin with a class loader of its own, uses it on a pooled thread, throws it away, and does so
 * again and again. Then it looks for what is left of it. Each finding is a line of the output. The arguments are the class path of
 * the plugin, one entry a line of a file; the class of the plugin; its input; and how often it is loaded.
 */
public final class PluginHost {
    /** Of how many plugins at most the metaspace is measured together. */
    private static final int LARGEST_ROUND = 10;

    /** How many times it is measured at least, unless the plugin is loaded less often. */
    private static final int ROUNDS = 4;

    /** What the runtime itself may add to the metaspace, from the second round on. */
    private static final double GROWTH = 1.03;

    private static final long LIMIT_SECONDS = 2;
    private static final long PATIENT_LIMIT_SECONDS = 90;

    private final ExecutorService pool = Executors.newFixedThreadPool(2);
    private final List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    private final URL[] classPath;
    private final String plugin;
    private final String input;

    /** Whether to wait for the thread of JNA, which ends when it has been idle for half a minute, or when it is interrupted. */
    private final boolean patient;

    /** How many class loaders an earlier wait was in vain for. */
    private long known;

    private PluginHost(URL[] classPath, String plugin, String input, boolean patient) {
        this.classPath = classPath;
        this.plugin = plugin;
        this.input = input;
        this.patient = patient;
    }

    public static void main(String[] arguments) throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            urls.add(Path.of(line).toUri().toURL());
        }
        new PluginHost(urls.toArray(URL[]::new), arguments[1], arguments[2], Boolean.parseBoolean(arguments[4]))
                .run(Integer.parseInt(arguments[3]));
    }

    private void run(int times) throws Exception {
        useRuntime();
        HostState before = HostState.now();
        List<Long> metaspace = new ArrayList<>();
        int round = Math.max(1, Math.min(LARGEST_ROUND, times / ROUNDS));
        for (int i = 0; i < times; i++) {
            loaders.add(pool.submit(this::use).get());
            if (i % round == round - 1) {
                awaitCollection();
                metaspace.add(Measure.metaspace());
            }
        }
        awaitCollection();
        HostState.now().changesSince(before).forEach(System.out::println);
        long loadersLeft = kept();
        if (loadersLeft > 0) {
            System.out.println("class loaders left: " + loadersLeft);
        }
        Measure.instances().forEach((name, count) -> System.out.println("instances left: " + count + " " + name));
        // The first round has what the runtime makes once, too: it counts only when there is one more.
        long start = metaspace.size() > 2 ? metaspace.get(1) : metaspace.size() == 2 ? metaspace.get(0) : Long.MAX_VALUE;
        if (start < Long.MAX_VALUE && metaspace.get(metaspace.size() - 1) > start * GROWTH) {
            System.out.println("metaspace has grown: " + metaspace);
        }
        pool.shutdown();
    }

    /** What the runtime makes once for the process, whatever uses it first. */
    private void useRuntime() throws Exception {
        SSLContext.getDefault().createSSLEngine();
        new ProcessBuilder("true").start().waitFor();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            new Socket(server.getInetAddress(), server.getLocalPort()).close(); // keeps a descriptor for closing others
        }
        pool.submit(() -> {}).get();
        pool.submit(() -> {}).get();
        ManagementFactory.getPlatformMBeanServer().queryNames(null, null);
        Measure.instances();
    }

    /** Loads the plugin, uses it as a build tool does, and forgets it. */
    private WeakReference<ClassLoader> use() throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader own = thread.getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
            thread.setContextClassLoader(loader);
            @SuppressWarnings("unchecked")
            UnaryOperator<String> loaded = (UnaryOperator<String>)
                    loader.loadClass(plugin).getConstructor().newInstance();
            System.out.println(loaded.apply(input));
            return new WeakReference<>(loader);
        } finally {
            thread.setContextClassLoader(own);
        }
    }

    private record Value(Runnable content) {}

    /**
     * Lets the runtime forget the newest plugin: before Java 19 it has a strong reference to the type that a record had whose methods
     * were made last.
     */
    private static void makeRecordMethods() throws Exception {
        URL[] own = {PluginHost.class.getProtectionDomain().getCodeSource().getLocation()};
        try (URLClassLoader loader = new URLClassLoader(own, ClassLoader.getPlatformClassLoader())) {
            Constructor<?> constructor =
                    loader.loadClass(Value.class.getName()).getDeclaredConstructor(Runnable.class);
            constructor.setAccessible(true);
            Object value = constructor.newInstance((Runnable) () -> {});
            Objects.requireNonNull(value.hashCode() + " " + value.equals(value) + " " + value);
        }
    }

    private long kept() {
        return loaders.stream().filter(loader -> loader.get() != null).count();
    }

    private void awaitCollection() throws Exception {
        makeRecordMethods();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(patient ? PATIENT_LIMIT_SECONDS : LIMIT_SECONDS);
        do {
            if (!patient) {
                Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().equals("JNA Cleaner"))
                        .forEach(Thread::interrupt);
            }
            System.gc();
            if (kept() <= known) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        } while (deadline - System.nanoTime() > 0);
        known = kept();
    }
}
