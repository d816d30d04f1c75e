// SPDX-License-Identifier: Apache-2.0
/**
 * What happens during a pull, as events in a defined order: a {@link dev.jpull.event.PullListener} gets them.
 *
 * @since 0.1.0
 */
@NullMarked
package dev.jpull.event;

import org.jspecify.annotations.NullMarked;
