// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.error.ReferenceException;
import dev.jpull.lockfile.LockRules;
import dev.jpull.pull.OperationWindow.Outcome;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Calls for many images, some of which run at a time. When one fails, the others go on.
 *
 * @param engine runs the calls
 */
public record ManyCalls(PullEngine engine) {
    /** How many images are worked on at the same time; each has a thread. */
    private static final int IN_FLIGHT = 8;

    /**
     * Resolves references; those that mean the same image are resolved once.
     *
     * @return how each one ended, in the order of the references
     */
    public List<Outcome<Resolution>> resolve(List<CallOptions> wanted) {
        List<String> names =
                wanted.stream().map(each -> engine.nameOf(each.image())).toList();
        Map<String, CallOptions> distinct = new LinkedHashMap<>();
        IntStream.range(0, wanted.size()).forEach(i -> distinct.putIfAbsent(names.get(i), wanted.get(i)));
        List<Outcome<Resolution>> outcomes = run(
                "the resolution of " + distinct.size() + " images",
                distinct.values().stream()
                        .<Supplier<Operation<Resolution>>>map(each -> () -> engine.resolve(each))
                        .toList());
        Map<String, Outcome<Resolution>> byName = new LinkedHashMap<>();
        distinct.keySet().forEach(name -> byName.put(name, outcomes.get(byName.size())));
        return names.stream().map(byName::get).toList();
    }

    /**
     * Pulls what the tags of images stand for now, and writes that into the lock file.
     *
     * @return how each one ended, in the order of the requests
     * @throws ReferenceException if one of them is to send no request
     */
    public List<Outcome<PulledContent>> updateLock(List<CallOptions> wanted) {
        if (wanted.stream().anyMatch(each -> each.terms().offline())) {
            throw new ReferenceException("an update of the lock file asks hosts, which no offline request may do");
        }
        return run(
                "the update of the lock file",
                wanted.stream()
                        .map(each -> each.with(LockRules.Mode.UPDATED))
                        .<Supplier<Operation<PulledContent>>>map(each -> () -> engine.pull(each))
                        .toList());
    }

    private <T> List<Outcome<T>> run(String what, List<Supplier<Operation<T>>> starts) {
        return engine.start(what, cancellation -> new OperationWindow(IN_FLIGHT, true, cancellation).run(starts))
                .await();
    }
}
