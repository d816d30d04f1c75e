// SPDX-License-Identifier: Apache-2.0
/** TOML: tables with positions, whose mistakes become findings. */
@NullMarked
package dev.jpull.toml;

import org.jspecify.annotations.NullMarked;
