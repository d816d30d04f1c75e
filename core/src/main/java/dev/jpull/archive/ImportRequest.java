// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.manifest.PlatformMatcher;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * How an archive is imported.
 *
 * @param name the name of the image, or a repository for its tag; null for the names that the archive gives
 * @param matcher the platforms that are wanted of an index
 * @param keepsExisting whether an image of the store keeps its name, so that an archive with another image of that name is refused
 * @param progress takes how many bytes of the uncompressed archive were read, now and then; called by the thread that imports
 */
public record ImportRequest(
        @Nullable String name, PlatformMatcher matcher, boolean keepsExisting, LongConsumer progress) {}
