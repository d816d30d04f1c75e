// SPDX-License-Identifier: Apache-2.0
/**
 * Reads the entries of tar archives, and trusts none of their numbers and names. What is a header, what is data, and which record
 * counts, is decided as in Go's {@code archive/tar}, so that containerd and this package find the same entries.
 *
 * <p>commons-compress (1.28) checks the sums of header blocks. Its other parts are not used, because they differ from Go and GNU tar:
 *
 * <ul>
 *   <li>an octal field that starts with a NUL is 0, whatever digits follow; of a size, that makes data into headers
 *   <li>a number in base 256 loses the bits of its first byte, so that one beyond 63 bits is another number and no failure
 *   <li>names that are not in the expected charset lose bytes
 *   <li>an octal field with a NUL in the middle, and GNU headers with the prefix that Go before 1.8 wrote, are refused
 *   <li>entries with a wrong checksum are returned, and those of unknown types are files
 *   <li>a single block of zeros ends the archive, and what follows is not reported
 * </ul>
 */
@NullMarked
package dev.jpull.tar;

import org.jspecify.annotations.NullMarked;
