// SPDX-License-Identifier: Apache-2.0
/** The registries.yaml of k3s and RKE2, and the hosts that their containerd makes of it (docs/dialects.md). */
@NullMarked
package dev.jpull.k3s;

import org.jspecify.annotations.NullMarked;
