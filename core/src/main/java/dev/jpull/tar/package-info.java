// SPDX-License-Identifier: Apache-2.0
/** Reads the entries of tar archives, and trusts none of their numbers and names. */
@NullMarked
package dev.jpull.tar;

import org.jspecify.annotations.NullMarked;
