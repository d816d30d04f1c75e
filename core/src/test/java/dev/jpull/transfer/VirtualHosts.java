// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.http.Cancellation;
import dev.jpull.http.VirtualDeadline;
import dev.jpull.registry.Hedge;
import dev.jpull.registry.Sleeper;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import okhttp3.Call;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import okio.Okio;
import okio.Source;
import okio.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Hosts that serve blobs and manifests on a virtual clock: every delay of a host moves the clock, and nothing else does. What is due on the way,
 * such as a request to a second host, runs at its time on the same thread, so that a seed always gives the same course.
 */
final class VirtualHosts implements Interceptor, LongSupplier, Sleeper, Hedge.Clock {
    /** How long a host that is not the last may be silent in the middle of an answer, as for real connections. */
    private static final Duration STALL = Duration.ofSeconds(5);

    /** How long the head of an answer, and a whole manifest, may take as long as another host can be asked; and alone. */
    private static final Duration WHOLE = Duration.ofSeconds(15);

    private static final Duration WHOLE_ALONE = Duration.ofSeconds(60);

    private final Map<String, byte[]> blobs;
    private final Map<String, Script> hosts = new HashMap<>();
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>(Comparator.comparingLong(Alarm::at));
    private long now;

    /** How a host behaves. */
    interface Script {
        /** How the answer to a request begins. */
        Head head(Request request);

        /** What comes next of a body of which so much was sent. */
        Piece piece(long sent);
    }

    /**
     * How an answer begins.
     *
     * @param delay how long it takes
     * @param trickles whether a byte comes now and then meanwhile, so that the host is never silent
     * @param status the status, or 200 to send the content, or 0 to break the connection
     * @param ranges whether a range is honoured
     * @param corrupt whether a byte of the content is wrong
     */
    record Head(Duration delay, boolean trickles, int status, boolean ranges, boolean corrupt) {}

    /**
     * What comes next of a body.
     *
     * @param delay after how long
     * @param bytes how much, at least 1; 0 to break the connection
     */
    record Piece(Duration delay, int bytes) {}

    private record Alarm(long at, FutureTask<?> task) {}

    VirtualHosts(Map<String, byte[]> blobs) {
        this.blobs = new HashMap<>(blobs);
    }

    /** More content, by the tag or digest that names it. */
    void add(String name, byte[] content) {
        blobs.put(name, content);
    }

    void host(String name, Script script) {
        hosts.put(name, script);
    }

    @Override
    public long getAsLong() {
        return now;
    }

    @Override
    public void sleep(Duration duration, Cancellation cancellation) {
        advance(duration);
    }

    @Override
    public Future<?> after(Duration pause, Runnable way) {
        FutureTask<?> task = new FutureTask<>(way, null);
        alarms.add(new Alarm(now + pause.toNanos(), task));
        return task;
    }

    private void advance(Duration duration) {
        long end = now + duration.toNanos();
        while (!alarms.isEmpty() && alarms.peek().at() <= end) {
            Alarm next = alarms.remove();
            now = Math.max(now, next.at());
            next.task().run();
        }
        now = Math.max(now, end);
    }

    /**
     * A delay of a host, which ends early when the client gives up.
     *
     * @param deadline when the time for the whole exchange is up
     */
    private void delay(Call call, Duration delay, Duration limit, long deadline) throws IOException {
        Duration left = Duration.ofNanos(deadline - now);
        Duration shorter = delay.compareTo(limit) > 0 ? limit : delay;
        if (shorter.compareTo(left) > 0) {
            advance(left);
            throw VirtualDeadline.overdue(left);
        }
        advance(shorter);
        if (call.isCanceled()) {
            throw new IOException("Canceled");
        }
        if (delay.compareTo(limit) > 0) {
            throw new SocketTimeoutException("timeout");
        }
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        Request request = chain.request();
        Script script = Objects.requireNonNull(hosts.get(request.url().host()));
        Head head = script.head(request);
        Duration limit = Duration.ofMillis(chain.readTimeoutMillis());
        long deadline = now + (limit.compareTo(WHOLE) > 0 ? WHOLE_ALONE : WHOLE).toNanos();
        delay(chain.call(), head.delay(), head.trickles() ? Duration.ofDays(1) : limit, deadline);
        if (head.status() == 0) {
            throw new IOException("unexpected end of stream");
        }
        Response.Builder response = new Response.Builder()
                .request(request)
                .protocol(Protocol.HTTP_1_1)
                .message("");
        if (head.status() != 200) {
            return response.code(head.status())
                    .body(ResponseBody.create(new byte[0], null))
                    .build();
        }
        String path = request.url().encodedPath();
        byte[] content = Objects.requireNonNull(blobs.get(path.substring(path.lastIndexOf('/') + 1)));
        String range = request.header("Range");
        int start = 0;
        int end = content.length;
        if (range != null && head.ranges()) {
            int dash = range.indexOf('-');
            start = Integer.parseInt(range.substring("bytes=".length(), dash));
            end = dash == range.length() - 1 ? end : Integer.parseInt(range.substring(dash + 1)) + 1;
            response.header("Content-Range", "bytes " + start + "-" + (end - 1) + "/" + content.length);
        }
        response.header("Content-Length", String.valueOf(end - start));
        return response.code(start > 0 || end < content.length ? 206 : 200)
                .body(new Body(
                        new Content(
                                chain.call(),
                                script,
                                content,
                                start,
                                end,
                                head.corrupt(),
                                path.contains("/manifests/") ? deadline : Long.MAX_VALUE),
                        end - start))
                .build();
    }

    /** Content, as its host sends it. */
    private final class Content implements Source {
        private final Call call;
        private final Script script;
        private final byte[] content;
        private final int end;
        private final boolean corrupt;
        private final int start;
        private final long deadline;
        private int position;

        Content(Call call, Script script, byte[] content, int start, int end, boolean corrupt, long deadline) {
            this.deadline = deadline;
            this.call = call;
            this.script = script;
            this.content = content;
            this.start = start;
            this.position = start;
            this.end = end;
            this.corrupt = corrupt;
        }

        @Override
        public long read(Buffer sink, long byteCount) throws IOException {
            if (position == end) {
                return -1;
            }
            Piece piece = script.piece(position - start);
            delay(call, piece.delay(), STALL, deadline);
            if (piece.bytes() == 0) {
                throw new IOException("unexpected end of stream");
            }
            int length = Math.toIntExact(Math.min(Math.min(piece.bytes(), end - position), byteCount));
            if (corrupt && position == start) {
                sink.writeByte(~content[position]);
                length = 1;
            } else {
                sink.write(content, position, length);
            }
            position += length;
            return length;
        }

        @Override
        public Timeout timeout() {
            return new Timeout().timeout(1, TimeUnit.DAYS);
        }

        @Override
        public void close() {
            position = end;
        }
    }

    private static final class Body extends ResponseBody {
        private final BufferedSource source;
        private final long length;

        Body(Source source, long length) {
            this.source = Okio.buffer(source);
            this.length = length;
        }

        @Override
        public @Nullable MediaType contentType() {
            return null;
        }

        @Override
        public long contentLength() {
            return length;
        }

        @Override
        public BufferedSource source() {
            return source;
        }
    }
}
