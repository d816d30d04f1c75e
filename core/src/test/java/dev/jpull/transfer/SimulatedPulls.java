// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.store.ByteRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
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
    private static final long LIMIT = Duration.ofMinutes(5).toNanos();

    /** The average pause after the first refusal. */
    private static final long PAUSE = Duration.ofMillis(187).toNanos();

    private final SimulatedHost host;
    private final long step;
    private final SlotScheduler slots;
    private final ConnectionBudget connections;
    private final List<Stream> streams = new ArrayList<>();
    private final Map<SimulatedHost.Response, Stream> receivers = new HashMap<>();
    private final List<Download> downloads = new ArrayList<>();
    private boolean changed;
    private long now;
    private long backOffUntil;
    private int running;

    /** One blob that is downloaded. */
    private final class Download {
        private final SlotScheduler.Share share;
        private final DownloadSlot slot;
        private final SegmentPlan plan;
        private final long size;

        private Download(SlotScheduler.Share share, DownloadSlot slot, long size) {
            this.share = share;
            this.slot = slot;
            this.size = size;
            this.plan = new SegmentPlan(List.of(new ByteRange(0, size)), connections.shareOf(slots.tasks()), () -> now);
        }

        /** Starts segment workers, as far as there is room. */
        private void offer() {
            while (!(connections.isAutomatic() && slot.isQueued()) && plan.hasRoom(connections.takesEarlyParts(HOST))) {
                ConnectionBudget.Permit permit = connections.enterBeside(HOST);
                Segment piece = permit == null ? null : plan.takeOrSplit();
                if (piece == null) {
                    if (permit != null) {
                        permit.giveBack();
                    }
                    return;
                }
                streams.add(new Stream(this, piece, permit));
            }
        }
    }

    /** The thread of a download, or of one of its segment workers. */
    private final class Stream {
        private final Download download;
        private final boolean worker;
        private ConnectionBudget.@Nullable Permit permit;
        private @Nullable Segment segment;
        private SimulatedHost.@Nullable Response response;
        private long end;
        private boolean answered;
        private boolean ended;

        private Stream(Download download, @Nullable Segment first, ConnectionBudget.@Nullable Permit worker) {
            this.download = download;
            this.segment = first;
            this.permit = worker;
            this.worker = worker != null;
        }

        /** Does what can be done without waiting. */
        private void run() {
            if (response == null) {
                send();
            } else if (response.isAnswered(now) && response.isRefused()) {
                refused(response);
            } else if (response.isAnswered(now) && !answered) {
                answered = true;
                permit().answered(Duration.ofNanos(host.roundTrip()));
                if (end < download.size || worker) {
                    permit().servedRange();
                }
            }
        }

        private void send() {
            if (segment == null) {
                segment = download.plan.takeOrSplit();
            }
            if (segment != null && permit == null && now >= backOffUntil) {
                permit = connections.enterIfFree(HOST);
            }
            if (segment != null && !worker && download.plan.isOver(segment)) {
                download.plan.leave(segment);
                segment = null;
                if (permit != null) {
                    leave();
                }
            }
            if (segment != null && permit != null && now >= backOffUntil) {
                long start = download.plan.position(segment);
                end = start > 0 || connections.servesRanges(HOST) ? download.plan.end(segment) : download.size;
                response = host.request(end - start, now);
                receivers.put(response, this);
            } else if (segment == null && download.plan.isDone()) {
                ended = true;
                running--;
                downloads.remove(download);
                download.share.release(download.slot);
            }
        }

        private void refused(SimulatedHost.Response refusal) {
            backOffUntil = Math.max(backOffUntil, now + PAUSE);
            close(refusal);
            permit().refused();
            if (worker) {
                end();
            } else {
                leave();
            }
        }

        private void received(SimulatedHost.Response from, int bytes) {
            Segment filled = Objects.requireNonNull(segment, "segment");
            download.plan.extend(filled, end);
            int own = download.plan.claim(filled, bytes);
            download.plan.extend(filled, end);
            own += download.plan.claim(filled, bytes - own);
            connections.received(HOST, own);
            if (own < bytes || download.plan.position(filled) == download.plan.end(filled)) {
                close(from);
                download.plan.leave(filled);
                segment = null;
                if (!worker) {
                    leave();
                } else if (!connections.isCrowded(HOST)) {
                    segment = download.plan.takeOrSplit();
                }
                if (worker && segment == null) {
                    end();
                }
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
            ended = true;
            leave();
        }

        private void leave() {
            ConnectionBudget.Permit left = permit();
            permit = null;
            left.close();
        }

        private ConnectionBudget.Permit permit() {
            return Objects.requireNonNull(permit, "permit");
        }
    }

    /**
     * Pulls.
     *
     * @param downloads how many downloads there are at once; 0 for as many as the host is worth
     * @param most how many connections there are at once
     */
    SimulatedPulls(SimulatedPath path, int downloads, int most) {
        this.host = new SimulatedHost(path);
        this.step = path.step();
        this.connections = new ConnectionBudget(most, most, downloads, () -> now);
        this.slots = new SlotScheduler(connections::downloads, () -> now);
        connections.addListener(() -> changed = true);
    }

    /** Another pull, of blobs with these sizes. */
    void add(List<Long> blobs) {
        SlotScheduler.Share share = slots.open();
        for (long size : blobs.stream().sorted(Comparator.reverseOrder()).toList()) {
            running++;
            share.add(slot -> {
                Download download = new Download(share, slot, size);
                downloads.add(download);
                streams.add(new Stream(download, null, null));
            });
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
            changed |= now % OFFER < step;
            while (changed) {
                changed = false;
                slots.dispatch();
                downloads.forEach(Download::offer);
            }
        }
        return Duration.ofNanos(now);
    }

    SimulatedHost host() {
        return host;
    }
}
