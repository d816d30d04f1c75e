// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jpull.error.StoreException;
import dev.jpull.image.Digest;
import dev.jpull.image.Snapshotter;
import dev.jpull.posix.NativeBuffer;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.posix.OpenFile;
import dev.jpull.store.ImageStore;
import dev.jpull.store.WaitControl;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots in a store: named once and as a whole, found, and thrown away. */
class SnapshotsTest {
    private static final Digest BASE = Digest.sha256(new byte[1]);
    private static final Digest UPPER = Digest.sha256(new byte[2]);

    @TempDir
    private Path root;

    private ImageStore store;
    private Snapshots snapshots;

    @BeforeEach
    void open() {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "snapshots are made on Linux");
        store = ImageStore.open(root);
        snapshots = new Snapshots(store);
    }

    private static SnapshotRecord record(Digest chainId, @Nullable Digest parent) {
        return new SnapshotRecord(Snapshotter.OVERLAYFS, chainId, parent, chainId, true, false, 4);
    }

    private StagedSnapshot staged(String content) throws IOException {
        StagedSnapshot staged = StagedSnapshot.make(snapshots);
        try (OpenDirectory tree = staged.emptyTree();
                OpenFile file = tree.create("file".getBytes(StandardCharsets.US_ASCII), 0644);
                NativeBuffer buffer = new NativeBuffer(100)) {
            byte[] bytes = content.getBytes(StandardCharsets.US_ASCII);
            file.write(buffer, bytes, 0, bytes.length);
        }
        return staged;
    }

    private void make(String content, SnapshotRecord record) throws IOException {
        try (StagedSnapshot staged = staged(content)) {
            snapshots.name(List.of(new Snapshots.Finished(staged, record)));
        }
    }

    private Path work() {
        return snapshots.directories().root().resolve("work");
    }

    private SnapshotCleaner cleaner() {
        return new SnapshotCleaner(store, WaitControl.UNLIMITED);
    }

    private String content(Digest chainId) throws IOException {
        return Files.readString(snapshots
                .find(Snapshotter.OVERLAYFS, chainId)
                .orElseThrow()
                .tree()
                .resolve("file"));
    }

    @Test
    void aSnapshotIsFoundWhenItHasItsName() throws IOException {
        try (StagedSnapshot staged = staged("base")) {
            assertThat(snapshots.find(Snapshotter.OVERLAYFS, BASE)).isEmpty();
            snapshots.name(List.of(new Snapshots.Finished(staged, record(BASE, null))));
        }
        assertThat(content(BASE)).isEqualTo("base");
        assertThat(snapshots.find(Snapshotter.NATIVE, BASE)).isEmpty();
        assertThat(snapshots.list()).extracting(Snapshots.Stored::record).containsExactly(record(BASE, null));
        assertThat(work()).isEmptyDirectory();
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(snapshots.directories().root())))
                .isEqualTo("rwx------");
    }

    @Test
    void theFirstOfTwoSnapshotsStays() throws IOException {
        try (StagedSnapshot late = staged("late")) {
            make("first", record(BASE, null));
            snapshots.name(List.of(new Snapshots.Finished(late, record(BASE, null))));
        }
        assertThat(content(BASE)).isEqualTo("first");
        assertThat(work()).isEmptyDirectory();
    }

    @Test
    void aSnapshotWithADamagedRecordIsNoneAndReplaced() throws IOException {
        make("damaged", record(BASE, null));
        Path json = snapshots.treeOf(Snapshotter.OVERLAYFS, BASE).resolveSibling("snapshot.json");
        Files.writeString(json, Files.readString(json).substring(5));
        assertThat(snapshots.find(Snapshotter.OVERLAYFS, BASE)).isEmpty();
        make("good", record(BASE, null));
        assertThat(content(BASE)).isEqualTo("good");
    }

    @Test
    void whatWasNotNamedIsDeleted() throws IOException {
        staged("dropped").close();
        assertThat(snapshots.list()).isEmpty();
        assertThat(work()).isEmptyDirectory();
    }

    @Test
    void leftoversOfEndedProcessesGoAndThoseOfLivingOnesStay() throws IOException {
        Path left = Files.createDirectories(Files.createDirectories(work()).resolve("left/fs/deep"));
        Files.setPosixFilePermissions(work().getParent(), PosixFilePermissions.fromString("rwx------"));
        Files.writeString(left.resolve("file"), "left");
        try (StagedSnapshot living = staged("living")) {
            assertThat(prune(Duration.ofHours(1), true).leftovers()).isEqualTo(1);
            assertThat(left).exists();
            assertThat(prune(Duration.ofHours(1), false).leftovers()).isEqualTo(1);
            assertThat(left).doesNotExist();
            try (OpenDirectory tree = living.tree()) {
                assertThat(tree.find("file".getBytes(StandardCharsets.US_ASCII)))
                        .isNotNull();
            }
        }
    }

    private SnapshotCleaner.Removed prune(Duration unused, boolean dryRun) {
        return cleaner().prune(Set.of(), unused, name -> true, dryRun);
    }

    @Test
    void snapshotsThatNoImageNeedsGoAfterAWhile() throws IOException {
        make("old", record(BASE, null));
        make("new", record(UPPER, BASE));
        Path old = snapshots.treeOf(Snapshotter.OVERLAYFS, BASE).getParent();
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        assertThat(prune(Duration.ofHours(1), true).snapshots()).hasSize(1);
        assertThat(prune(Duration.ofHours(1), false).bytes()).isEqualTo(4);
        assertThat(snapshots.list()).extracting(each -> each.record().chainId()).containsExactly(UPPER);
        snapshots.touch(Snapshotter.OVERLAYFS, UPPER);
        assertThat(cleaner()
                        .prune(Set.of(UPPER), Duration.ofHours(1), name -> true, false)
                        .snapshots())
                .hasSize(1);
        assertThat(work()).isEmptyDirectory();
    }

    @Test
    void aSnapshotBelowAnotherIsNotRemovedAlone() throws IOException {
        make("base", record(BASE, null));
        make("upper", record(UPPER, BASE));
        assertThatThrownBy(() -> cleaner().remove(List.of(BASE)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("below the snapshot " + UPPER);
        assertThatThrownBy(() -> cleaner().remove(List.of(Digest.sha256(new byte[3]))))
                .hasMessageContaining("there is no snapshot");
        assertThat(snapshots.list()).hasSize(2);
        assertThat(cleaner().remove(List.of(BASE, UPPER)).snapshots()).hasSize(2);
        assertThat(snapshots.list()).isEmpty();
        assertThat(work()).isEmptyDirectory();
    }

    @Test
    void aDirectoryThatOthersMayWriteToIsRefused() throws IOException {
        make("base", record(BASE, null));
        Files.setPosixFilePermissions(snapshots.directories().root(), PosixFilePermissions.fromString("rwxrwx---"));
        assertThatThrownBy(() -> snapshots.find(Snapshotter.OVERLAYFS, BASE))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("no other may write to it");
    }

    @Test
    void aLinkInThePlaceOfTheDirectoryIsNotFollowed() throws IOException {
        make("base", record(BASE, null));
        Path own = snapshots.directories().root();
        Files.move(own, own.resolveSibling("moved"));
        Files.createSymbolicLink(own, own.resolveSibling("moved"));
        assertThatThrownBy(() -> snapshots.find(Snapshotter.OVERLAYFS, BASE)).isInstanceOf(IOException.class);
    }
}
