// SPDX-License-Identifier: Apache-2.0
/** One pull, from the reference to the named image, and the engine that runs pulls. */
@NullMarked
package dev.jpull.pull;

import org.jspecify.annotations.NullMarked;
