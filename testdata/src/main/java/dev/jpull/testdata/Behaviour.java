// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a registry answers where it does not simply do its job. Immutable to its users: each method gives a changed copy,
 * so that faults can be combined.
 */
public final class Behaviour {
    /** Does its job. */
    public static final Behaviour ORDINARY = new Behaviour();

    private int status;
    private Map<String, String> headers = Map.of();
    private @Nullable String body;
    private long delayMillis;
    private long cutAfter = -1;
    private long stallAfter = -1;
    private long corruptAt = -1;
    private int surplus;
    private boolean chunked;
    private boolean ignoreRange;
    private @Nullable String contentRange;
    private long bytesPerSecond;
    private boolean dropConnection;

    private Behaviour() {}

    private Behaviour(Behaviour original) {
        status = original.status;
        headers = original.headers;
        body = original.body;
        delayMillis = original.delayMillis;
        cutAfter = original.cutAfter;
        stallAfter = original.stallAfter;
        corruptAt = original.corruptAt;
        surplus = original.surplus;
        chunked = original.chunked;
        ignoreRange = original.ignoreRange;
        contentRange = original.contentRange;
        bytesPerSecond = original.bytesPerSecond;
        dropConnection = original.dropConnection;
    }

    private Behaviour with(Consumer<Behaviour> change) {
        Behaviour changed = new Behaviour(this);
        change.accept(changed);
        return changed;
    }

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
        return ORDINARY.with(copy -> copy.cutAfter = bytes);
    }

    /** Falls silent after so many bytes of the body. */
    public static Behaviour stall(long bytes) {
        return ORDINARY.with(copy -> copy.stallAfter = bytes);
    }

    /** Changes one byte of the body. */
    public static Behaviour corrupt(long position) {
        return ORDINARY.with(copy -> copy.corruptAt = position);
    }

    /** Sends so many bytes too many, or too few when negative; Content-Length goes along with it. */
    public static Behaviour surplus(int bytes) {
        return ORDINARY.with(copy -> copy.surplus = bytes);
    }

    /** Closes the connection instead of an answer. */
    public static Behaviour drop() {
        return ORDINARY.with(copy -> copy.dropConnection = true);
    }

    /** The same with a status. */
    public Behaviour withStatus(int value) {
        return with(copy -> copy.status = value);
    }

    /** The same with a header, which is added or stands in for an ordinary one. */
    public Behaviour header(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return with(copy -> copy.headers = Collections.unmodifiableMap(more));
    }

    /** The same with a body. */
    public Behaviour withBody(byte[] content) {
        return with(copy -> copy.body = new String(content, StandardCharsets.ISO_8859_1));
    }

    /** The same after a while. */
    public Behaviour delayed(long millis) {
        return with(copy -> copy.delayMillis = millis);
    }

    /** The same without a length, in chunks. */
    public Behaviour inChunks() {
        return with(copy -> copy.chunked = true);
    }

    /** The same, whatever range is asked for. */
    public Behaviour ignoringRange() {
        return with(copy -> copy.ignoreRange = true);
    }

    /** The same with a wrong Content-Range. */
    public Behaviour withContentRange(String value) {
        return with(copy -> copy.contentRange = value);
    }

    /** The same at so many bytes a second. */
    public Behaviour atRate(long value) {
        return with(copy -> copy.bytesPerSecond = value);
    }

    /** The status to answer with, or 0 for the ordinary one. */
    int status() {
        return status;
    }

    Map<String, String> headers() {
        return headers;
    }

    /** The body instead of the ordinary one, a byte a character, or null. */
    @Nullable
    String body() {
        return body;
    }

    long delayMillis() {
        return delayMillis;
    }

    /** After how many bytes the connection is closed, or -1. */
    long cutAfter() {
        return cutAfter;
    }

    /** After how many bytes nothing more is sent, or -1. */
    long stallAfter() {
        return stallAfter;
    }

    /** The byte that is changed, or -1. */
    long corruptAt() {
        return corruptAt;
    }

    int surplus() {
        return surplus;
    }

    boolean chunked() {
        return chunked;
    }

    boolean ignoreRange() {
        return ignoreRange;
    }

    @Nullable
    String contentRange() {
        return contentRange;
    }

    /** How fast the body is sent, or 0 for as fast as possible. */
    long bytesPerSecond() {
        return bytesPerSecond;
    }

    boolean dropConnection() {
        return dropConnection;
    }
}
