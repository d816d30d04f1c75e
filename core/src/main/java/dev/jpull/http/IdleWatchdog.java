// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.lang.reflect.Field;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import okio.AsyncTimeout;

/**
 * Okio's watchdog: one thread for all timeouts of a class loader, which ends a minute after the last of them and keeps the class
 * loader until then. Build tools throw class loaders away with every build, so that these threads and classes add up.
 *
 * <p>Okio offers nothing to end it earlier. While no timeout is running, the watchdog ends when its idle marker is gone, and the
 * next timeout, of another user of Okio for instance, starts another one: this class takes the marker away. On the module path
 * Okio is not open for that, and the watchdog stays for its minute.
 */
final class IdleWatchdog {
    private static final System.Logger LOGGER = System.getLogger(IdleWatchdog.class.getName());

    private IdleWatchdog() {}

    /** Ends the watchdog if it has nothing to do, and if the class loader is one that can be thrown away. */
    static void end() {
        if (ClassLoader.getSystemClassLoader().equals(IdleWatchdog.class.getClassLoader())) {
            return; // it stays as long as the process: reflection would cost more than the thread
        }
        try {
            ReentrantLock lock = (ReentrantLock) field("lock").get(null);
            Condition changed = (Condition) field("condition").get(null);
            Object queue = field("queue").get(null);
            Field marker = field("idleSentinel");
            lock.lock();
            try {
                if (queue.getClass().getMethod("first").invoke(queue) == null) {
                    marker.set(null, null);
                    changed.signalAll();
                }
            } finally {
                lock.unlock();
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "Okio's watchdog ends by itself, in a minute", e);
        }
    }

    private static Field field(String name) throws NoSuchFieldException {
        Field field = AsyncTimeout.class.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }
}
