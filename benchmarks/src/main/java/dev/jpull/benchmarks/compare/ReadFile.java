// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import dev.jpull.ImagePuller;
import dev.jpull.PullRequest;
import java.io.IOException;
import java.nio.file.Path;

/** Prints one file of an image that is in a store: the arguments are the store, the image and the path. */
public final class ReadFile {
    private ReadFile() {}

    /** Prints the file. */
    public static void main(String[] args) throws IOException {
        try (ImagePuller puller = ImagePuller.builder().store(Path.of(args[0])).build()) {
            byte[] content = puller.pull(
                            PullRequest.builder(args[1]).offline(true).build())
                    .read(args[2])
                    .orElseThrow(() -> new IOException("the image has no " + args[2]));
            System.out.write(content);
            System.out.flush();
        }
    }
}
