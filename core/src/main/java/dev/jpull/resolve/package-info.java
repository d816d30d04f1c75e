// SPDX-License-Identifier: Apache-2.0
/** From a reference to the graph of an image. */
@NullMarked
package dev.jpull.resolve;

import org.jspecify.annotations.NullMarked;
