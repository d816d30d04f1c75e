// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.image.Digest;
import dev.jpull.resolve.PullPlan;
import dev.jpull.store.ImageStore;
import java.util.function.Consumer;

/** Looks for the image of a call in a store, without a request. */
@FunctionalInterface
interface StoreSearch {
    /**
     * The image, complete, and with what is done to its layers.
     *
     * @param root the digest that the image must have: another pull may give its name to another one at any time
     * @param planned gets the plan of the image once all of its blobs are seen to be there, before the work on its layers
     * @throws dev.jpull.error.ImageNotFoundException if it is not there, or not all that is wanted of it
     */
    PulledContent find(ImageStore store, Digest root, Consumer<PullPlan> planned);
}
