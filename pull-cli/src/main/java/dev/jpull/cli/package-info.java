// SPDX-License-Identifier: Apache-2.0
/** The command {@code jpull}. */
@NullMarked
package dev.jpull.cli;

import org.jspecify.annotations.NullMarked;
