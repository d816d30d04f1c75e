// SPDX-License-Identifier: Apache-2.0
/** Conversion of registry configuration from any dialect into others, with proof that both mean the same. */
@NullMarked
package dev.jpull.convert;

import org.jspecify.annotations.NullMarked;
