// SPDX-License-Identifier: Apache-2.0
/** The JSON documents of the OCI image specification: index, manifest and configuration. Not exported. */
@NullMarked
package dev.jpull.manifest;

import org.jspecify.annotations.NullMarked;
