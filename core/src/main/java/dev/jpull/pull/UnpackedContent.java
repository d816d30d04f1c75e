// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.layer.UnpackReport;
import java.nio.file.Path;

/**
 * An image that was pulled and unpacked.
 *
 * @param image the image, which is in the store
 * @param directory where it was unpacked
 * @param report what was written, and what was not possible
 */
public record UnpackedContent(PulledContent image, Path directory, UnpackReport report) {}
