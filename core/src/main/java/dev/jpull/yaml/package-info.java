// SPDX-License-Identifier: Apache-2.0
/** YAML: documents as nodes with positions, within limits. */
@NullMarked
package dev.jpull.yaml;

import org.jspecify.annotations.NullMarked;
