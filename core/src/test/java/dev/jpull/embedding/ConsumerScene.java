// SPDX-License-Identifier: Apache-2.0
package dev.jpull.embedding;

/** The registry of one build, what happens before the build runs, and what has to be true afterwards. */
interface ConsumerScene extends AutoCloseable {
    /** Prepares the build. */
    void before() throws Exception;

    /** Checks what it did. */
    void after() throws Exception;

    @Override
    void close();
}
