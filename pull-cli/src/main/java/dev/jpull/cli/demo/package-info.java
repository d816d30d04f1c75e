// SPDX-License-Identifier: Apache-2.0
/** The main job against an embedded registry: the only part of the command that uses test infrastructure. */
@NullMarked
package dev.jpull.cli.demo;

import org.jspecify.annotations.NullMarked;
