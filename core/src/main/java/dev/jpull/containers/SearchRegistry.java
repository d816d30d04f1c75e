// SPDX-License-Identifier: Apache-2.0
package dev.jpull.containers;

import dev.jpull.finding.SourcePosition;

/**
 * A registry in which short names are looked for.
 *
 * @param host the host with an optional port
 * @param position where it is written
 */
record SearchRegistry(String host, SourcePosition position) {}
