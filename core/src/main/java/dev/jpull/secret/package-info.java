// SPDX-License-Identifier: Apache-2.0
/** Texts that must not be seen, and texts that must be made harmless before they are seen. */
@NullMarked
package dev.jpull.secret;

import org.jspecify.annotations.NullMarked;
