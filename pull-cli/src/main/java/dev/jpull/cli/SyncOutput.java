// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ExportReport;
import dev.jpull.PrintableText;
import dev.jpull.SyncReport;
import dev.jpull.SyncReport.State;
import dev.jpull.SyncReport.SyncedImage;
import dev.jpull.cli.progress.ByteCount;
import dev.jpull.error.PullException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * The result of a sync as a table or JSON.
 *
 * @param report the result
 * @param dryRun whether it is only what would be done
 * @param exported the archive with the images; null for none
 * @param exportFailure why there is no archive although all images are there; null when that did not fail
 * @param target where that was written; null when it was not asked for
 */
record SyncOutput(
        SyncReport report,
        boolean dryRun,
        @Nullable ExportReport exported,
        @Nullable PullException exportFailure,
        @Nullable String target) {
    /** A line for each image, and one for all of them unless there is no summary. */
    void print(PrintWriter out, boolean summary, long nanos) {
        for (SyncedImage image : report.images()) {
            boolean failed = image.state() == State.FAILED;
            line(
                    out,
                    ValueNames.of(image.state()),
                    failed ? "-" : ByteCount.of(image.bytes()),
                    failed || image.name().endsWith("@" + image.digest())
                            ? image.name()
                            : image.name() + "@" + image.digest());
        }
        removed().forEach(name -> line(out, "removed", "", name));
        if (summary) {
            out.println(summary(nanos));
        }
    }

    private static void line(PrintWriter out, String state, String bytes, String name) {
        out.println(String.format(Locale.ROOT, "%-8s  %-9s  %s", state, bytes, PrintableText.line(name)));
    }

    private List<String> removed() {
        return Objects.requireNonNullElse(report.pruned(), List.of());
    }

    private String summary(long nanos) {
        int all = report.images().size();
        StringJoiner counts = new StringJoiner(", ");
        for (State state : State.values()) {
            if (report.count(state) > 0) {
                counts.add(report.count(state) + " " + ValueNames.of(state));
            }
        }
        String would = dryRun ? " would be" : "";
        String freed = removed().isEmpty()
                ? ""
                : ", " + removed().size() + would + " removed, " + ByteCount.of(report.bytesFreed()) + would + " freed";
        return all + (all == 1 ? " image" : " images") + (all == 0 ? "" : ": " + counts) + "; "
                + ByteCount.of(report.bytes()) + would + " fetched" + freed
                + (dryRun ? "; nothing is changed" : String.format(Locale.ROOT, ", in %.1f s", nanos / 1e9));
    }

    /** The machine format. */
    String json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("dryRun", dryRun);
        json.put("images", report.images().stream().map(SyncOutput::image).toList());
        for (State state : State.values()) {
            json.put(ValueNames.of(state), report.count(state));
        }
        json.put("bytesFetched", report.bytes());
        json.put("removed", removed());
        json.put("bytesFreed", report.bytesFreed());
        if (exported != null && target != null) {
            json.put("export", ExportJson.object(exported, target));
        }
        if (exportFailure != null) {
            json.put("exportError", ResultJson.failure(exportFailure));
        }
        return ResultJson.write(json);
    }

    private static Object image(SyncedImage image) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", image.name());
        json.put("source", image.source());
        json.put("digest", image.digest() == null ? "" : image.digest().toString());
        json.put("state", ValueNames.of(image.state()));
        json.put("bytesFetched", image.bytes());
        if (image.failure() != null) {
            json.put("error", ResultJson.failure(image.failure()));
        }
        return json;
    }
}
