// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.error.PullException;
import dev.jpull.error.ReferenceException;
import dev.jpull.store.ImageStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Exports images from a store. For use by one thread. */
public final class ArchiveExport {
    private final ImageStore store;
    private final ExportOptions options;
    private final BooleanSupplier cancelled;
    private final @Nullable List<SelectedImage> known;
    private final ArchivePlanner planner;

    /**
     * An export that has not begun.
     *
     * @param cancelled is asked often; an interrupt of the thread ends the export too
     */
    public ArchiveExport(ImageStore store, ExportOptions options, BooleanSupplier cancelled) {
        this(store, options, cancelled, null);
    }

    /**
     * The same with images that are known.
     *
     * @param known the images; null for those of the options
     */
    public ArchiveExport(
            ImageStore store, ExportOptions options, BooleanSupplier cancelled, @Nullable List<SelectedImage> known) {
        this.known = known;
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
            ArchivePlan plan = plan(kind.format());
            LayoutFiles files = new LayoutFiles(store, options.link(), options.verify(), cancelled);
            TargetLayout.Outcome layout = TargetLayout.at(target, store).write(plan, files);
            return ExportResult.of(
                    kind.format(),
                    plan,
                    layout.references(),
                    new TargetFile.Outcome(plan.fileSize(), !layout.changed()),
                    files.linkedBytes());
        }
        options.requireNoLinks();
        TargetFile file = TargetFile.at(target, kind.compression());
        ArchivePlan plan = plan(kind.format());
        TargetFile.Outcome outcome = file.write(plan, store, options.verify(), cancelled);
        return ExportResult.of(kind.format(), plan, outcome);
    }

    /**
     * Writes an archive to a stream, which stays open.
     *
     * @throws PullException if it fails; the stream has a part of the archive then. Its cause is the failure of the stream when
     *     that cannot be written to
     */
    public ExportResult to(OutputStream stream) {
        ArchiveKind kind = ArchiveKind.ofStream(options.format(), options.compression());
        options.requireNoLinks();
        ArchivePlan plan = plan(kind.format());
        CountedStream counted = new CountedStream(stream);
        try (ArchiveSink sink = ArchiveSink.to(counted, kind.compression())) {
            new ArchiveWriter(store, sink.output(), options.verify(), cancelled).entries(plan.entries());
            sink.finish();
            counted.flush();
        } catch (IOException e) {
            throw ExportFailure.ofStream(e);
        }
        return ExportResult.of(kind.format(), plan, new TargetFile.Outcome(counted.count(), false));
    }

    private ArchivePlan plan(ArchiveFormat format) {
        List<SelectedImage> images = known == null ? planner.select() : known;
        if (images.isEmpty()) {
            throw new ReferenceException("no image is to be exported: name one");
        }
        return planner.plan(format, images);
    }
}
