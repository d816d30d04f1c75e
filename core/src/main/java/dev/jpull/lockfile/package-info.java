// SPDX-License-Identifier: Apache-2.0
/** The lock file {@code jpull.lock}: which digest each image had, read strictly and changed safely by several processes. */
@NullMarked
package dev.jpull.lockfile;

import org.jspecify.annotations.NullMarked;
