// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where an image is pulled from.
 *
 * @param host the host and its port
 * @param ca the authority that signed its certificate; nothing when it does not speak TLS
 * @param inside the words before a command that reaches it: those that enter a namespace, or none
 * @param statuses a file with a line for each request, its status, when the host refuses some
 */
record Target(String host, Optional<Path> ca, List<String> inside, Optional<Path> statuses) {
    /** A target without TLS. */
    static Target plain(String host, List<String> inside) {
        return new Target(host, Optional.empty(), inside, Optional.empty());
    }
}
