// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.net.ProtocolException;

/**
 * How much a thread may receive from a host before the HTTP stack has made something of it: a header block, or a piece of a
 * body. OkHttp limits header blocks and trailers itself (256 KiB), but collects the lines between the chunks of a body without
 * a limit. The bytes are counted at the socket, below TLS. Safe for use by several threads.
 */
final class ReadAllowance {
    /** Above the limit of OkHttp for header blocks, with room for what is read ahead. */
    static final int BYTES = 512 << 10;

    /** For one engine. An array of the runtime, so that a thread of another owner keeps no class of this library. */
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<int[]> left = new ThreadLocal<>();

    /** The calling thread begins a step. */
    void grant() {
        int[] mine = left.get();
        if (mine == null) {
            mine = new int[1];
            left.set(mine);
        }
        mine[0] = BYTES;
    }

    /** The calling thread has received bytes. */
    void spend(int bytes) throws ProtocolException {
        int[] mine = left.get();
        if (mine != null && bytes > 0) {
            mine[0] -= bytes;
            if (mine[0] < 0) {
                throw new UnreadableResponseException("more than " + BYTES + " bytes came without any content in them");
            }
        }
    }
}
