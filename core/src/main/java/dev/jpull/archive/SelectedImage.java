// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.image.Descriptor;

/**
 * An image that is to be exported.
 *
 * @param name its name in the store; empty when it has none
 * @param root its manifest or index
 */
public record SelectedImage(String name, Descriptor root) {}
