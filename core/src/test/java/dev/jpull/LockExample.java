// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.error.LockException;
import dev.jpull.error.PullException;
import dev.jpull.image.LockChange;
import java.nio.file.Path;

/** The examples of docs/embedding.md for lock files. */
final class LockExample {
    private LockExample() {}

    static void pulls(Path project) {
        // begin
        try (ImagePuller puller = ImagePuller.builder()
                .lockFile(project.resolve("jpull.lock"))
                .locked(true) // enforced, as in CI; without, images that the file does not have are added
                .build()) {
            PulledImage image = puller.pull("busybox:1.36"); // in the store already: no request
            System.out.println(image.digest());
        } catch (LockException e) { // not in the file, or the tag has moved: the message says what to do
            System.err.println(e.getMessage());
        }
        // end
    }

    static void updates(ImagePuller puller) {
        // begin
        for (ImageOutcome<PulledImage> outcome : puller.updateLock()) { // or updateLock(requests)
            PulledImage image = outcome.result();
            LockChange change = image == null ? null : image.lockChange();
            System.out.println(outcome.image() + " " + (change == null ? outcome.failure() : change.state()));
        }
        // end
    }

    static void resolves(ImagePuller puller) {
        // begin
        for (ImageOutcome<ResolvedReference> outcome : puller.resolveAll("busybox:1.36", "alpine:3.20")) {
            PullException failure = outcome.failure(); // stops no other
            System.out.println(failure == null ? outcome.orThrow().digest() : failure.getMessage());
        }
        // end
    }
}
