// SPDX-License-Identifier: Apache-2.0
/** Findings: what a check of host configuration reports, with the place in a file. */
@NullMarked
package dev.jpull.finding;

import org.jspecify.annotations.NullMarked;
