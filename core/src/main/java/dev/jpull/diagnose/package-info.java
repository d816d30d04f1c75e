// SPDX-License-Identifier: Apache-2.0
/** Checks host configuration, explains what it means for an image, probes its endpoints, and converts old forms of it. */
@NullMarked
package dev.jpull.diagnose;

import org.jspecify.annotations.NullMarked;
