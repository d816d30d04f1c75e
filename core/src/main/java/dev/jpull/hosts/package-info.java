// SPDX-License-Identifier: Apache-2.0
/** Registry host configuration, as containerd reads it: from a hosts directory to an ordered list of hosts. */
@NullMarked
package dev.jpull.hosts;

import org.jspecify.annotations.NullMarked;
