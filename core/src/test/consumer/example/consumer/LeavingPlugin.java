// SPDX-License-Identifier: Apache-2.0
package example.consumer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.management.ManagementFactory;
import java.net.ProxySelector;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.Provider;
import java.security.Security;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.StandardMBean;

/** A plugin that leaves something behind, which the input names, so that the check for that is checked. */
public final class LeavingPlugin implements UnaryOperator<String> {
    /** How many classes take some megabytes. */
    private static final int CLASSES = 500;

    private static final ThreadLocal<Object> LOCAL = new ThreadLocal<>();

    @Override
    public String apply(String input) {
        try {
            leave(input.split(" ", 2)[0]);
            return "left";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JMException | IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private void leave(String what) throws IOException, JMException, IllegalAccessException {
        switch (what) {
            case "thread" -> {
                Thread thread = new Thread(LeavingPlugin::waitForEver, "a kept thread");
                thread.setDaemon(true);
                thread.start();
            }
            case "hook" -> Runtime.getRuntime().addShutdownHook(new Thread(LOCAL::remove, "a kept hook"));
            case "thread-local" -> LOCAL.set(this);
            case "loader" -> System.getProperties().put("a kept loader", this);
            case "provider" -> Security.addProvider(new KeptProvider());
            case "proxy-selector" -> ProxySelector.setDefault(ProxySelector.of(null));
            case "url-handlers" -> URL.setURLStreamHandlerFactory(protocol -> null);
            case "bean" ->
                ManagementFactory.getPlatformMBeanServer()
                        .registerMBean(
                                new StandardMBean((Runnable) LOCAL::remove, Runnable.class),
                                new ObjectName("example:name=kept"));
            case "descriptor" ->
                System.getProperties()
                        .put("a kept channel", FileChannel.open(Path.of("/dev/zero"), StandardOpenOption.READ));
            case "process" ->
                // It reads its input, and ends with this process.
                System.getProperties().put("a kept process", new ProcessBuilder("cat").start());
            case "metaspace" -> {
                byte[] code;
                try (InputStream in = getClass().getResourceAsStream("LeavingPlugin.class")) {
                    code = Objects.requireNonNull(in).readAllBytes();
                }
                for (int i = 0; i < CLASSES; i++) {
                    MethodHandles.lookup().defineHiddenClass(code, false, MethodHandles.Lookup.ClassOption.STRONG);
                }
                System.getProperties().put(this, "a kept plugin"); // and its class loader
            }
            case "temporary-file" -> Path.of(System.getProperty("java.io.tmpdir"), "kept").toFile().createNewFile();
            default -> throw new IllegalArgumentException(what);
        }
    }

    private static void waitForEver() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class KeptProvider extends Provider {
        private static final long serialVersionUID = 1L;

        KeptProvider() {
            super("Kept", "1", "is registered and does nothing");
        }
    }
}
