// SPDX-License-Identifier: Apache-2.0
/** Many images in one run: which images lists mean, what has to be done for each, and what is removed. */
@NullMarked
package dev.jpull.sync;

import org.jspecify.annotations.NullMarked;
