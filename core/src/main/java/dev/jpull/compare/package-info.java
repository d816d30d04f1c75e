// SPDX-License-Identifier: Apache-2.0
/** Compares what two registry configurations mean: the hosts that are asked for sample images, with their settings. */
@NullMarked
package dev.jpull.compare;

import org.jspecify.annotations.NullMarked;
