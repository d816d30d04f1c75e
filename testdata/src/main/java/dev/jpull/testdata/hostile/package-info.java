// SPDX-License-Identifier: Apache-2.0
/**
 * Archives that mean harm, each from a known vulnerability or its class, with what must become of them. The table is
 * docs/hostile-archives.md.
 */
@NullMarked
package dev.jpull.testdata.hostile;

import org.jspecify.annotations.NullMarked;
