// SPDX-License-Identifier: Apache-2.0
/** Bounded, strict reading of JSON that came from elsewhere. */
@NullMarked
package dev.jpull.json;

import org.jspecify.annotations.NullMarked;
