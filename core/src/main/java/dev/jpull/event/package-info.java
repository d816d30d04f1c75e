// SPDX-License-Identifier: Apache-2.0
/** What happens during a pull, as a stream of events. */
@NullMarked
package dev.jpull.event;

import org.jspecify.annotations.NullMarked;
