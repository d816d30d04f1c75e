// SPDX-License-Identifier: Apache-2.0
/** Shows progress: bars on a terminal, lines for logs, JSON for programs. */
@NullMarked
package dev.jpull.cli.progress;

import org.jspecify.annotations.NullMarked;
