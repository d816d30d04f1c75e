// SPDX-License-Identifier: Apache-2.0
package dev.jpull.containers;

import dev.jpull.finding.SourcePosition;

/**
 * What a short name stands for.
 *
 * @param repository the repository in full; empty when an earlier alias is taken back
 * @param position where it is written
 */
record Alias(String repository, SourcePosition position) {}
