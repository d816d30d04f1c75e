// SPDX-License-Identifier: Apache-2.0
/** The failures of a pull: exceptions with human-readable messages, attempts and remedies. */
@NullMarked
package dev.jpull.error;

import org.jspecify.annotations.NullMarked;
