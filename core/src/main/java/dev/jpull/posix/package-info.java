// SPDX-License-Identifier: Apache-2.0
/**
 * System calls of Linux that the JDK lacks. Each takes one name relative to an open directory and follows no link, so that
 * nothing that another process does to the tree can lead it elsewhere. Names are bytes, as the kernel has them.
 */
@NullMarked
package dev.jpull.posix;

import org.jspecify.annotations.NullMarked;
