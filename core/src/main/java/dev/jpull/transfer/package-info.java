// SPDX-License-Identifier: Apache-2.0
/** Moves blobs into the store, several at a time. */
@NullMarked
package dev.jpull.transfer;

import org.jspecify.annotations.NullMarked;
