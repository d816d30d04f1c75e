// SPDX-License-Identifier: Apache-2.0
/** Random layers for property tests, and a model in memory of what must come out of them. */
@NullMarked
package dev.jpull.testdata.layers;

import org.jspecify.annotations.NullMarked;
