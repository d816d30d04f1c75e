// SPDX-License-Identifier: Apache-2.0
/** A value that must not be printed. */
@NullMarked
package dev.jpull.secret;

import org.jspecify.annotations.NullMarked;
