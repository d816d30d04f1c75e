// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.ReferenceException;
import dev.jpull.lockfile.LockRules;
import dev.jpull.pull.OperationWindow.Outcome;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Calls for many images, some of which run at a time. When one fails, the others go on.
 *
 * @param engine runs the calls
 */
public record ManyCalls(PullEngine engine) {
    /** How many images are worked on at the same time; each has a thread. */
    private static final int IN_FLIGHT = 8;

    /**
     * What is asked for once.
     *
     * @param source stands for the source of credentials of the call
     */
    private record Question(
            String name, int source, @Nullable Duration deadline) {}

    /**
     * Resolves references; those that mean the same image, with the same source of credentials and the same deadline, are resolved
     * once.
     *
     * @return how each one ended, in the order of the references
     * @throws ReferenceException if one of them is to send no request
     */
    public List<Outcome<Resolution>> resolve(List<CallOptions> wanted) {
        wanted.forEach(each -> each.terms().requireOnline("a resolution"));
        // Another source may have other rights, also an equal one.
        IdentityHashMap<Object, Integer> sources = new IdentityHashMap<>();
        List<Question> questions = wanted.stream()
                .map(each -> new Question(
                        engine.nameOf(each.image()),
                        sources.computeIfAbsent(sourceOf(each.terms()), source -> sources.size()),
                        each.terms().deadline()))
                .toList();
        Map<Question, CallOptions> distinct = new LinkedHashMap<>();
        IntStream.range(0, wanted.size()).forEach(i -> distinct.putIfAbsent(questions.get(i), wanted.get(i)));
        List<Outcome<Resolution>> outcomes = run(
                "the resolution of " + distinct.size() + " images",
                distinct.values().stream()
                        .<Supplier<Operation<Resolution>>>map(each -> () -> engine.resolve(each))
                        .toList());
        Map<Question, Outcome<Resolution>> answers = new LinkedHashMap<>();
        distinct.keySet().forEach(question -> answers.put(question, outcomes.get(answers.size())));
        return questions.stream().map(answers::get).toList();
    }

    private static Object sourceOf(CallTerms terms) {
        CredentialSource own = terms.credentials();
        return own instanceof GuardedCredentials given
                ? given.source()
                : own == null ? CredentialSource.ANONYMOUS : own;
    }

    /**
     * Pulls what the tags of images stand for now, and writes that into the lock file.
     *
     * @return how each one ended, in the order of the requests
     * @throws ReferenceException if one of them is to send no request
     */
    public List<Outcome<PulledContent>> updateLock(List<CallOptions> wanted) {
        wanted.forEach(each -> each.terms().requireOnline("an update of the lock file"));
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
