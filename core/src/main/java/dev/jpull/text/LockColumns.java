// SPDX-License-Identifier: Apache-2.0
package dev.jpull.text;

import java.util.regex.Pattern;

/** What a line of a lock file can have in its columns for the host and the platforms. */
public final class LockColumns {
    /** How many platforms a line has at most. */
    public static final int MAX_PLATFORMS = 256;

    private static final int MAX_HOST = 300;
    private static final int MAX_PLATFORM = 200;
    private static final Pattern HOST =
            Pattern.compile("https?://(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\])(?::[0-9]{1,5})?");
    private static final Pattern PLATFORM =
            Pattern.compile("[A-Za-z0-9_.-]+(?:\\([A-Za-z0-9_.%+-]*\\))?/[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)?");

    private LockColumns() {}

    /** Whether a text can be the host: an origin, such as {@code https://mirror.example}. */
    public static boolean isHost(String text) {
        return text.length() <= MAX_HOST && HOST.matcher(text).matches();
    }

    /** Whether a text can be a platform, such as {@code linux/arm64}. */
    public static boolean isPlatform(String text) {
        return text.length() <= MAX_PLATFORM && PLATFORM.matcher(text).matches();
    }
}
