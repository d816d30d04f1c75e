// SPDX-License-Identifier: Apache-2.0
package dev.jpull;
/** x */
public final class ImagePuller {
    private ImagePuller() {}
}
