// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.image.Descriptor;
import dev.jpull.image.ImageDocument;
import dev.jpull.resolve.Documents;
import dev.jpull.resolve.PullPlan;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads the documents of an image, several of them with the threads of a pool.
 *
 * @param documents reads one of them
 * @param tasks runs the reads at the same time
 */
record PooledDocuments(Documents documents, PooledTasks tasks) implements PullPlan.DocumentReader {
    @Override
    public List<ImageDocument> read(List<Descriptor> descriptors) {
        return tasks.run(descriptors.stream()
                .map(descriptor -> (Supplier<ImageDocument>) () -> documents.read(descriptor))
                .toList());
    }

    @Override
    public List<Optional<ImageDocument>> readIfThere(List<Descriptor> descriptors) {
        return tasks.run(descriptors.stream()
                .map(descriptor -> (Supplier<Optional<ImageDocument>>) () -> documents.readIfThere(descriptor))
                .toList());
    }
}
