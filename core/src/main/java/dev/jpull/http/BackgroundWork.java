// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.internal.concurrent.TaskRunner;
import okhttp3.internal.connection.ConnectionListener;
import org.jspecify.annotations.Nullable;

/**
 * What OkHttp does beside the requests, such as connecting to several addresses of a host at once and closing idle connections,
 * on threads of the engine. By default OkHttp has threads for that which all clients of the process share, and which keep the
 * class loader of the library for a minute after the last request; they cannot be ended.
 *
 * <p>OkHttp lets its clients have a runner of their own for its own tests only, so that this class uses packages which the module
 * {@code okhttp3} does not export. On the class path that makes no difference. On the module path, without
 * {@code --add-exports okhttp3/okhttp3.internal.concurrent=dev.jpull,okhttp3/okhttp3.internal.connection=dev.jpull}, the shared
 * threads are used.
 */
final class BackgroundWork {
    private static final System.Logger LOGGER = System.getLogger(BackgroundWork.class.getName());

    private final TaskRunner.RealBackend backend;
    private final TaskRunner runner;

    private BackgroundWork(ThreadFactory threads) {
        this.backend = new TaskRunner.RealBackend(task -> {
            Thread thread = threads.newThread(task);
            thread.setName("jpull-http");
            thread.setDaemon(true);
            return thread;
        });
        this.runner = new TaskRunner(backend, TaskRunner.INSTANCE.getLogger$okhttp());
    }

    /**
     * Lets the clients that are made with a builder work on threads of the engine.
     *
     * @return what to stop in the end, or null when the module system forbids it, or another version of OkHttp has other internals
     */
    static @Nullable BackgroundWork install(
            OkHttpClient.Builder builder, ThreadFactory threads, int idleConnections, int idleSeconds) {
        try {
            BackgroundWork own = new BackgroundWork(threads);
            builder.taskRunner$okhttp(own.runner);
            builder.connectionPool(new ConnectionPool(
                    idleConnections,
                    idleSeconds,
                    TimeUnit.SECONDS,
                    own.runner,
                    ConnectionListener.Companion.getNONE()));
            return own;
        } catch (LinkageError e) {
            LOGGER.log(System.Logger.Level.DEBUG, "OkHttp's shared threads are used", e);
            builder.connectionPool(new ConnectionPool(idleConnections, idleSeconds, TimeUnit.SECONDS));
            return null;
        }
    }

    /** Ends the threads. No request may be made any more. */
    void stop() {
        backend.getExecutor().shutdownNow();
    }
}
