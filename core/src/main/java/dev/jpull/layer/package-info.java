// SPDX-License-Identifier: Apache-2.0
/** Layers of images: what their content is compared with, and what is made of it. */
@NullMarked
package dev.jpull.layer;

import org.jspecify.annotations.NullMarked;
