// SPDX-License-Identifier: Apache-2.0
/** What the build makes of the options for shells and for readers: completion and a manual page. */
@NullMarked
package dev.jpull.cli.manual;

import org.jspecify.annotations.NullMarked;
