// SPDX-License-Identifier: Apache-2.0
/** Shows what happens: bars for people at a terminal, lines for logs, JSON for programs. */
@NullMarked
package dev.jpull.cli.progress;

import org.jspecify.annotations.NullMarked;
