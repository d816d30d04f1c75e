// SPDX-License-Identifier: Apache-2.0
/** Dialects: which program a registry configuration is for, and the configuration that follows from its files. */
@NullMarked
package dev.jpull.dialect;

import org.jspecify.annotations.NullMarked;
