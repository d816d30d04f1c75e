// SPDX-License-Identifier: Apache-2.0
/** The registries.conf of podman, CRI-O, skopeo and buildah (containers-registries.conf(5)): hosts, short names, certificates. */
@NullMarked
package dev.jpull.containers;

import org.jspecify.annotations.NullMarked;
