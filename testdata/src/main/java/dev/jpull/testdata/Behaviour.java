// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a registry answers where it does not simply do its job. Immutable; each method gives a changed copy, so that faults
 * can be combined.
 *
 * @param status the status to answer with, or 0 for the ordinary one
 * @param headers headers that are added, or stand in for ordinary ones
 * @param body the body instead of the ordinary one, a byte a character, or null
 * @param delayMillis how long nothing is sent
 * @param cutAfter after how many bytes of the body the connection is closed, or -1
 * @param stallAfter after how many bytes of the body nothing more is sent, or -1
 * @param corruptAt the byte of the body that is changed, or -1
 * @param surplus how many bytes too many are sent, or too few when negative; Content-Length goes along with it
 * @param chunked whether the body is sent in chunks, without a length
 * @param ignoreRange whether the whole body is sent whatever is asked for
 * @param contentRange a wrong Content-Range, or null
 * @param bytesPerSecond how fast the body is sent, or 0 for as fast as possible
 * @param dropConnection whether the connection is closed instead of an answer
 */
public record Behaviour(
        int status,
        Map<String, String> headers,
        @Nullable String body,
        long delayMillis,
        long cutAfter,
        long stallAfter,
        long corruptAt,
        int surplus,
        boolean chunked,
        boolean ignoreRange,
        @Nullable String contentRange,
        long bytesPerSecond,
        boolean dropConnection) {
    /** Does its job. */
    public static final Behaviour ORDINARY =
            new Behaviour(0, Map.of(), null, 0, -1, -1, -1, 0, false, false, null, 0, false);

    /** Answers with a status and no content. */
    public static Behaviour status(int status) {
        return ORDINARY.withStatus(status);
    }

    /** Sends the asker elsewhere. */
    public static Behaviour redirect(String location) {
        return status(307).header("Location", location);
    }

    /** Answers with other content. */
    public static Behaviour body(String contentType, byte[] content) {
        return ORDINARY.withStatus(200).header("Content-Type", contentType).withBody(content);
    }

    /** Closes the connection after so many bytes of the body. */
    public static Behaviour cut(long bytes) {
        return new Behaviour(0, Map.of(), null, 0, bytes, -1, -1, 0, false, false, null, 0, false);
    }

    /** Falls silent after so many bytes of the body. */
    public static Behaviour stall(long bytes) {
        return new Behaviour(0, Map.of(), null, 0, -1, bytes, -1, 0, false, false, null, 0, false);
    }

    /** Changes one byte of the body. */
    public static Behaviour corrupt(long position) {
        return new Behaviour(0, Map.of(), null, 0, -1, -1, position, 0, false, false, null, 0, false);
    }

    /** Sends so many bytes too many, or too few. */
    public static Behaviour surplus(int bytes) {
        return new Behaviour(0, Map.of(), null, 0, -1, -1, -1, bytes, false, false, null, 0, false);
    }

    /** Closes the connection instead of an answer. */
    public static Behaviour drop() {
        return new Behaviour(0, Map.of(), null, 0, -1, -1, -1, 0, false, false, null, 0, true);
    }

    /** The same with a status. */
    public Behaviour withStatus(int value) {
        return new Behaviour(
                value,
                headers,
                body,
                delayMillis,
                cutAfter,
                stallAfter,
                corruptAt,
                surplus,
                chunked,
                ignoreRange,
                contentRange,
                bytesPerSecond,
                dropConnection);
    }

    /** The same with a header. */
    public Behaviour header(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Behaviour(
                status,
                more,
                body,
                delayMillis,
                cutAfter,
                stallAfter,
                corruptAt,
                surplus,
                chunked,
                ignoreRange,
                contentRange,
                bytesPerSecond,
                dropConnection);
    }

    /** The same with a body. */
    public Behaviour withBody(byte[] content) {
        String value = new String(content, StandardCharsets.ISO_8859_1);
        return new Behaviour(
                status,
                headers,
                value,
                delayMillis,
                cutAfter,
                stallAfter,
                corruptAt,
                surplus,
                chunked,
                ignoreRange,
                contentRange,
                bytesPerSecond,
                dropConnection);
    }

    /** The same after a while. */
    public Behaviour delayed(long millis) {
        return new Behaviour(
                status,
                headers,
                body,
                millis,
                cutAfter,
                stallAfter,
                corruptAt,
                surplus,
                chunked,
                ignoreRange,
                contentRange,
                bytesPerSecond,
                dropConnection);
    }

    /** The same without a length. */
    public Behaviour inChunks() {
        return new Behaviour(
                status,
                headers,
                body,
                delayMillis,
                cutAfter,
                stallAfter,
                corruptAt,
                surplus,
                true,
                ignoreRange,
                contentRange,
                bytesPerSecond,
                dropConnection);
    }

    /** The same, whatever range is asked for. */
    public Behaviour ignoringRange() {
        return new Behaviour(
                status,
                headers,
                body,
                delayMillis,
                cutAfter,
                stallAfter,
                corruptAt,
                surplus,
                chunked,
                true,
                contentRange,
                bytesPerSecond,
                dropConnection);
    }

    /** The same with a wrong Content-Range. */
    public Behaviour withContentRange(String value) {
        return new Behaviour(
                status,
                headers,
                body,
                delayMillis,
                cutAfter,
                stallAfter,
                corruptAt,
                surplus,
                chunked,
                ignoreRange,
                value,
                bytesPerSecond,
                dropConnection);
    }

    /** The same at so many bytes a second. */
    public Behaviour atRate(long value) {
        return new Behaviour(
                status,
                headers,
                body,
                delayMillis,
                cutAfter,
                stallAfter,
                corruptAt,
                surplus,
                chunked,
                ignoreRange,
                contentRange,
                value,
                dropConnection);
    }
}
