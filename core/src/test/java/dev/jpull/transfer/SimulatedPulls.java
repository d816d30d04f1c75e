// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.store.ByteRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Pulls from one {@link SimulatedHost}: the scheduler, the connection budget and the segment plans of the real pulls, with the
 * threads between them as events on a virtual clock. For use by one thread.
 */
final class SimulatedPulls {
    private static final String HOST = "https://host.example";
    private static final long OFFER = Duration.ofMillis(100).toNanos();
    private static final long LIMIT = Duration.ofMinutes(10).toNanos();

    /** The average pause after the first refusal. */
    private static final long PAUSE = Duration.ofMillis(187).toNanos();

    private final SimulatedHost host;
    private final long step;
    private final SlotScheduler slots;
    private final ConnectionBudget connections;
    private final List<Stream> streams = new ArrayList<>();
    private final Map<SimulatedHost.Response, Stream> receivers = new HashMap<>();
    private long now;
    private long backOffUntil;
    private int running;

    /** One blob that is downloaded. */
    private final class Download {
        private final SlotScheduler.Share share;
        private final DownloadSlot slot;
        private final SegmentPlan plan;
        private long lastOffer;

        private Download(SlotScheduler.Share share, DownloadSlot slot, long size) {
            this.share = share;
            this.slot = slot;
            this.plan = new SegmentPlan(List.of(new ByteRange(0, size)), () -> now);
            this.lastOffer = now;
        }

        /** Starts segment workers, as far as there is room. */
        private void offer() {
            while (plan.hasRoom() && connections.enterIfFree(HOST)) {
                Segment piece = plan.takeOrSplit();
                if (piece == null) {
                    connections.leave(HOST);
                    return;
                }
                streams.add(new Stream(this, piece, true));
            }
        }
    }

    /** The thread of a download, or of one of its segment workers. */
    private final class Stream {
        private final Download download;
        private final boolean worker;
        private @Nullable Segment segment;
        private SimulatedHost.@Nullable Response response;
        private boolean answered;
        private boolean ended;

        private Stream(Download download, @Nullable Segment first, boolean worker) {
            this.download = download;
            this.segment = first;
            this.worker = worker;
        }

        /** Does what can be done without waiting. */
        private void run() {
            if (response == null) {
                send();
            } else if (response.isAnswered(now) && response.isRefused()) {
                refused(response);
            } else if (response.isAnswered(now) && !answered) {
                answered = true;
                if (!worker) {
                    connections.enter(HOST);
                }
            }
        }

        private void send() {
            if (segment == null) {
                segment = download.plan.takeOrSplit();
            }
            if (segment != null && now >= backOffUntil) {
                response = host.request(download.plan.end(segment) - download.plan.position(segment), now);
                receivers.put(response, this);
            } else if (segment == null && download.plan.isDone()) {
                ended = true;
                running--;
                download.share.release(download.slot);
            }
        }

        private void refused(SimulatedHost.Response refusal) {
            backOffUntil = Math.max(backOffUntil, now + PAUSE);
            close(refusal);
            if (worker) {
                connections.refused(HOST);
                end();
            }
        }

        private void received(SimulatedHost.Response from, int bytes) {
            Segment filled = Objects.requireNonNull(segment, "segment");
            int own = download.plan.claim(filled, bytes);
            connections.received(HOST, own);
            if (own < bytes || download.plan.position(filled) == download.plan.end(filled)) {
                close(from);
                download.plan.leave(filled);
                segment = null;
                if (!worker) {
                    connections.leave(HOST);
                } else if (!connections.isCrowded(HOST)) {
                    segment = download.plan.takeOrSplit();
                }
                if (worker && segment == null) {
                    end();
                }
            }
            if (now - download.lastOffer >= OFFER) {
                download.lastOffer = now;
                download.offer();
            }
        }

        private void close(SimulatedHost.Response closed) {
            closed.close();
            receivers.remove(closed);
            response = null;
            answered = false;
        }

        private void end() {
            if (segment != null) {
                download.plan.leave(segment);
            }
            connections.leave(HOST);
            ended = true;
        }
    }

    /**
     * Pulls.
     *
     * @param downloads how many downloads there are at once
     * @param most how many connections there are at once
     */
    SimulatedPulls(SimulatedPath path, int downloads, int most) {
        this.host = new SimulatedHost(path);
        this.step = path.step();
        this.slots = new SlotScheduler(downloads, () -> now);
        this.connections = new ConnectionBudget(most, most, () -> now);
    }

    /** Another pull, of blobs with these sizes. */
    void add(List<Long> blobs) {
        SlotScheduler.Share share = slots.open();
        for (long size : blobs) {
            running++;
            share.add(slot -> streams.add(new Stream(new Download(share, slot, size), null, false)));
        }
    }

    /** Runs all pulls to their ends. Returns how long that took. */
    Duration run() {
        while (running > 0) {
            if (now > LIMIT) {
                throw new AssertionError("does not end");
            }
            now += step;
            host.accept(now);
            List.copyOf(streams).forEach(Stream::run);
            for (SimulatedHost.Delivery delivery : host.send(now, step)) {
                Stream stream = receivers.get(delivery.response());
                if (stream != null && delivery.bytes() > 0) {
                    stream.received(delivery.response(), Math.toIntExact(delivery.bytes()));
                }
            }
            streams.removeIf(stream -> stream.ended);
        }
        return Duration.ofNanos(now);
    }

    SimulatedHost host() {
        return host;
    }
}
