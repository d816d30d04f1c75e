// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.http.Cancellation;
import dev.jpull.resolve.Referrers;
import dev.jpull.transfer.TransferPool;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Requests for small documents, several at a time with the threads that move content.
 *
 * @param pool the threads
 * @param cancellation ends the requests
 */
record PooledTasks(TransferPool pool, Cancellation cancellation) implements Referrers.Tasks {
    @Override
    public <T> List<T> run(List<Supplier<T>> tasks) {
        if (tasks.size() == 1) {
            return List.of(tasks.get(0).get());
        }
        List<TransferPool.Task<T>> pooled = new ArrayList<>();
        tasks.forEach(task -> pooled.add(slot -> task.get()));
        return pooled.isEmpty() ? List.of() : pool.runAll(pooled, cancellation);
    }
}
