// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.progress;

import dev.jpull.error.Attempt;
import dev.jpull.event.PullEvent;
import dev.jpull.event.PullListener;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Machine-readable progress: one JSON object a line. Fields may be added, never renamed. */
final class JsonLines implements PullListener {
    private static final JsonMapper MAPPER = new JsonMapper();

    private final PrintWriter out;

    JsonLines(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void onEvent(PullEvent event) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("event", event.name());
        json.put("time", event.time().toString());
        json.put("pull", event.pull());
        json.put("image", event.image());
        addDetails(json, event);
        out.println(MAPPER.writeValueAsString(json));
        out.flush();
    }

    private static void addDetails(Map<String, Object> json, PullEvent event) {
        if (event instanceof PullEvent.Warning warning) {
            json.put("text", warning.text());
        } else if (event instanceof PullEvent.Fallback fallback) {
            addAttempt(json, fallback.attempt());
        } else if (event instanceof PullEvent.Resolved resolved) {
            json.put("digest", resolved.digest().toString());
            json.put("mediaType", resolved.mediaType().value());
            json.put("host", resolved.host());
        } else if (event instanceof PullEvent.PullPlanned planned) {
            json.put("blobs", planned.blobs());
            json.put("total", planned.bytes());
            json.put("bytesPresent", planned.presentBytes());
        } else if (event instanceof PullEvent.BlobPresent present) {
            addBytes(json, present.digest(), present.total(), present.total());
        } else if (event instanceof PullEvent.BlobQueued queued) {
            addBytes(json, queued.digest(), queued.bytes(), queued.total());
            json.put("mediaType", queued.mediaType().value());
        } else if (event instanceof PullEvent.BlobStarted started) {
            addBytes(json, started.digest(), started.bytes(), started.total());
            json.put("host", started.host());
        } else if (event instanceof PullEvent.BlobProgress progress) {
            addBytes(json, progress.digest(), progress.bytes(), progress.total());
        } else if (event instanceof PullEvent.BlobRetry retry) {
            addBytes(json, retry.digest(), retry.bytes(), retry.total());
            addAttempt(json, retry.attempt());
            json.put("pauseMillis", retry.pause().toMillis());
        } else if (event instanceof PullEvent.BlobCompleted completed) {
            addBytes(json, completed.digest(), completed.total(), completed.total());
            json.put("bytesFetched", completed.bytes());
            json.put("host", completed.host());
        } else if (event instanceof PullEvent.LayerProgress progress) {
            addBytes(json, progress.digest(), progress.bytes(), progress.total());
        } else if (event instanceof PullEvent.LayerCompleted completed) {
            addBytes(json, completed.digest(), completed.total(), completed.total());
            json.put("diffId", completed.diffId().toString());
        } else if (event instanceof PullEvent.PullCompleted completed) {
            json.put("digest", completed.digest().toString());
        } else if (event instanceof PullEvent.PullFailed failed) {
            json.put("reason", failed.reason());
        }
    }

    private static void addBytes(Map<String, Object> json, Object digest, long bytes, long total) {
        json.put("digest", digest.toString());
        json.put("bytes", bytes);
        json.put("total", total);
    }

    private static void addAttempt(Map<String, Object> json, Attempt attempt) {
        json.put("host", attempt.host());
        json.put("phase", attempt.phase());
        json.put("kind", attempt.kind().toString());
        json.put("status", attempt.status());
        json.put("reason", attempt.reason());
    }
}
