// SPDX-License-Identifier: Apache-2.0
/**
 * The failures of a call: each {@link dev.jpull.error.PullException} has a kind, a message that says what failed and what to do, and the
 * attempts that were made.
 *
 * @since 0.1.0
 */
@NullMarked
package dev.jpull.error;

import org.jspecify.annotations.NullMarked;
