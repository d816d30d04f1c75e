// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ImagePuller;
import dev.jpull.PrintableText;
import java.io.PrintWriter;
import java.lang.reflect.Proxy;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Ends the command in an orderly way when the process gets SIGINT, SIGTERM or SIGHUP: its puller is closed, so that partial blobs
 * are kept, and one line says so. The virtual machine sets the exit code, 128 and the number of the signal, and ignores a
 * signal that was ignored when the process started, as by {@code nohup}. A second signal ends the process at once.
 */
public final class Interruption {
    /** The remark about an interrupted pull. */
    static final String KEPT = "; fetched bytes are kept, and the next pull resumes";

    private static final Map<String, Integer> SIGNALS = Map.of("HUP", 129, "INT", 130, "TERM", 143);
    private static final long LIMIT_MILLIS = 5_000;
    private static final long REPORT_MILLIS = 2_000;

    private final Deque<Closing> open = new ConcurrentLinkedDeque<>();
    private final CountDownLatch reported = new CountDownLatch(1);
    private volatile boolean underWay;

    /** Of the command that is running. */
    public static Interruption of(CommandSpec spec) {
        return spec.root().userObject() instanceof PullCommand root ? root.interruption() : new Interruption();
    }

    /** A resource that is closed when the process ends; closing this ends the registration. */
    public static final class Closing implements AutoCloseable {
        private final Interruption interruption;
        private final AutoCloseable what;
        private final String remark;

        private Closing(Interruption interruption, AutoCloseable what, String remark) {
            this.interruption = interruption;
            this.what = what;
            this.remark = remark;
        }

        @Override
        public void close() {
            interruption.open.remove(this);
        }
    }

    /**
     * Closes something when the process is told to end, a puller first.
     *
     * @param what a puller, or another resource
     * @param remark the text that is printed then; may be empty
     */
    public Closing closing(AutoCloseable what, String remark) {
        Closing closing = new Closing(this, what, remark);
        open.push(closing);
        return closing;
    }

    /** Installs the shutdown hook. */
    Thread install(PrintWriter err) {
        Thread hook = new Thread(() -> end(err), "jpull-interruption");
        Runtime.getRuntime().addShutdownHook(hook);
        return hook;
    }

    /** Whether the process is ending: failures are consequences of that. */
    boolean isUnderWay() {
        return underWay;
    }

    /** The command has ended by itself; returns only when the process is not ending already. */
    void uninstall(Thread hook) {
        reported.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            waitForTheEnd();
        }
    }

    private static void waitForTheEnd() {
        try {
            Thread.currentThread().join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Runs while the machine shuts down. A blocked terminal or a puller that does not close delays the exit by a few seconds at most. */
    private void end(PrintWriter err) {
        underWay = true;
        Thread work = new Thread(() -> closeAndReport(err), "jpull-closing");
        work.setDaemon(true);
        work.start();
        endAtOnceNextTime();
        try {
            work.join(LIMIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeAndReport(PrintWriter err) {
        StringBuilder message = new StringBuilder("jpull: interrupted");
        boolean closed = close(message, true);
        try {
            // The command that was waiting for its puller fails now, and reports that in its own format.
            if (closed && !reported.await(REPORT_MILLIS, TimeUnit.MILLISECONDS)) {
                System.getLogger(Interruption.class.getName())
                        .log(System.Logger.Level.DEBUG, "the command has not ended in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close(message, false);
        err.println(message);
        err.flush();
    }

    /** Closes the pullers, or all other resources; returns whether there was one. */
    private boolean close(StringBuilder message, boolean pullers) {
        boolean any = false;
        for (Closing each : open) {
            if (each.what instanceof ImagePuller == pullers) {
                any = true;
                message.append(each.remark);
                try {
                    each.what.close();
                } catch (Exception e) {
                    message.append("; ").append(PrintableText.line(String.valueOf(e.getMessage())));
                }
            }
        }
        return any;
    }

    /**
     * A signal that arrives while the machine shuts down waits for the end of that, unless there is another handler. It is set
     * by reflection because the module that has it is optional, and the compiler allows no direct use.
     */
    private static void endAtOnceNextTime() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            for (Map.Entry<String, Integer> each : SIGNALS.entrySet()) {
                Object halt = Proxy.newProxyInstance(
                        Interruption.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, args) -> {
                            Runtime.getRuntime().halt(each.getValue());
                            return null;
                        });
                signal.getMethod("handle", signal, handler)
                        .invoke(null, signal.getConstructor(String.class).newInstance(each.getKey()), halt);
            }
        } catch (ReflectiveOperationException e) {
            System.getLogger(Interruption.class.getName())
                    .log(System.Logger.Level.DEBUG, "a second signal does not end the process at once", e);
        }
    }
}
