// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.error.PullException;
import dev.jpull.store.ImageStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/** Exports images from a store. For use by one thread. */
public final class ArchiveExport {
    private final ImageStore store;
    private final ExportOptions options;
    private final BooleanSupplier cancelled;
    private final ArchivePlanner planner;

    /**
     * An export that has not begun.
     *
     * @param cancelled is asked often; an interrupt of the thread ends the export too
     */
    public ArchiveExport(ImageStore store, ExportOptions options, BooleanSupplier cancelled) {
        this.store = store;
        this.options = options;
        this.cancelled = cancelled;
        this.planner = new ArchivePlanner(store, options);
    }

    /**
     * Exports into a file or directory, which has its content when this returns, and not before.
     *
     * @throws PullException if it fails; an archive that was there before is left as it was
     */
    public ExportResult to(Path target) {
        ArchiveKind kind = ArchiveKind.of(target, options.format(), options.compression());
        if (kind.format() == ArchiveFormat.OCI) {
            ArchivePlan plan = planner.plan(kind.format(), planner.select());
            TargetFile.Outcome outcome = TargetLayout.at(target, store).write(plan, options.verify(), cancelled);
            return ExportResult.of(plan, outcome.bytes(), outcome.unchanged());
        }
        TargetFile file = TargetFile.at(target, kind.compression());
        ArchivePlan plan = planner.plan(kind.format(), planner.select());
        TargetFile.Outcome outcome = file.write(plan, store, options.verify(), cancelled);
        return ExportResult.of(plan, outcome.bytes(), outcome.unchanged());
    }

    /**
     * Writes an archive to a stream, which stays open.
     *
     * @throws PullException if it fails; the stream has a part of the archive then. Its cause is the failure of the stream when
     *     that cannot be written to
     */
    public ExportResult to(OutputStream stream) {
        ArchiveKind kind = ArchiveKind.ofStream(options.format(), options.compression());
        ArchivePlan plan = planner.plan(kind.format(), planner.select());
        CountedStream counted = new CountedStream(stream);
        try (ArchiveSink sink = ArchiveSink.to(counted, kind.compression())) {
            new ArchiveWriter(store, sink.output(), options.verify(), cancelled).entries(plan.entries());
            sink.finish();
            counted.flush();
        } catch (IOException e) {
            throw ExportFailure.ofStream(e);
        }
        return ExportResult.of(plan, counted.count(), false);
    }
}
