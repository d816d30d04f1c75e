// SPDX-License-Identifier: Apache-2.0
package dev.jpull.posix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Operations on one name in an open directory, held against what the JDK sees of the same files. */
class OpenDirectoryTest {
    @TempDir
    Path temporary;

    private Path path;
    private OpenDirectory directory;

    @BeforeEach
    void open() throws IOException {
        path = Files.createDirectory(temporary.resolve("d"));
        directory = OpenDirectory.open(path);
    }

    @AfterEach
    void close() throws IOException {
        directory.close();
    }

    private static byte[] name(String text) {
        return text.getBytes(UTF_8);
    }

    private void write(String name, byte[] content) throws IOException {
        try (NativeBuffer buffer = new NativeBuffer(1000);
                OpenFile file = directory.create(name(name), 0600)) {
            file.write(buffer, content, 0, content.length);
        }
    }

    @Test
    void aPathWithBytesOfAnyKindIsOpened() throws IOException {
        Path odd = Files.createDirectories(temporary.resolve("a b%41 %").resolve("100%"));
        Files.writeString(odd.resolve("x"), "1");
        try (OpenDirectory opened = OpenDirectory.open(odd)) {
            assertThat(opened.find(name("x"))).isNotNull();
        }
    }

    @Test
    void contentIsWrittenInPiecesOfTheBuffer() throws IOException {
        byte[] content = new byte[12_345];
        new Random(1).nextBytes(content);
        write("f", content);
        assertThat(path.resolve("f")).hasBinaryContent(content);
        byte[] read = new byte[20_000];
        try (NativeBuffer buffer = new NativeBuffer(1000);
                OpenFile file = directory.openFile(name("f"))) {
            int length = 0;
            int count;
            while ((count = file.read(buffer, read, length, read.length - length)) > 0) {
                length += count;
            }
            assertThat(Arrays.copyOf(read, length)).isEqualTo(content);
        }
    }

    @Test
    void gapsBecomeHoles() throws IOException {
        try (NativeBuffer buffer = new NativeBuffer(1000);
                OpenFile file = directory.create(name("f"), 0600)) {
            file.writeAt(1 << 20, buffer, name("abc"), 0, 3);
            file.setSize(3 << 20);
            FileStatus status = file.attributes().status();
            assertThat(status.size()).isEqualTo(3 << 20);
            assertThat(status.blocks()).isLessThan(1000);
        }
        assertThat(Arrays.copyOfRange(Files.readAllBytes(path.resolve("f")), 1 << 20, (1 << 20) + 4))
                .containsExactly('a', 'b', 'c', 0);
    }

    @Test
    void aFileThatExistsIsNotOpenedToWriteNorIsALink() throws IOException {
        write("f", new byte[1]);
        Files.createSymbolicLink(path.resolve("l"), temporary.resolve("outside"));
        assertThatExceptionOfType(FileAlreadyExistsException.class)
                .isThrownBy(() -> directory.create(name("f"), 0600))
                .withMessageContaining("f");
        assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(() -> directory.create(name("l"), 0600));
        assertThat(temporary.resolve("outside")).doesNotExist();
    }

    @Test
    void aLinkIsNoChildAndNoFile() throws IOException {
        Files.createSymbolicLink(path.resolve("up"), Path.of(".."));
        write("f", new byte[1]);
        Files.createSymbolicLink(path.resolve("l"), Path.of("f"));
        assertThatExceptionOfType(NotDirectoryException.class).isThrownBy(() -> directory.child(name("up")));
        assertThatExceptionOfType(NotDirectoryException.class).isThrownBy(() -> directory.child(name("f")));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> directory.openFile(name("l")));
        assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> directory.child(name("none")));
    }

    @Test
    void aPipeIsRefusedWithoutWaiting() throws IOException {
        directory.makeNode(name("p"), NodeType.FIFO, 0600, 0, 0);
        assertThat(directory.find(name("p"))).returns(NodeType.FIFO, FileStatus::type);
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> directory.openFile(name("p")));
    }

    @Test
    void onlySingleNamesAreTaken() {
        for (String bad : List.of("", ".", "..", "a/b", "/", "a\0b")) {
            assertThatIllegalArgumentException().isThrownBy(() -> directory.makeDirectory(name(bad), 0700));
            assertThatIllegalArgumentException().isThrownBy(() -> directory.remove(name(bad)));
            assertThatIllegalArgumentException().isThrownBy(() -> directory.rename(name("x"), directory, name(bad)));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> directory.makeSymlink(name("l"), name("a\0")));
    }

    @Test
    void aClosedDirectoryIsNotUsed() throws IOException {
        OpenDirectory child = directory.duplicate();
        child.close();
        child.close();
        assertThatIllegalStateException().isThrownBy(() -> child.find(name("x")));
    }

    @Test
    void linksAreMadeToTheNameItself() throws IOException {
        directory.makeSymlink(name("s"), name("../d/../x//y"));
        directory.makeLink(name("h"), directory, name("s"));
        assertThat(Files.readSymbolicLink(path.resolve("h"))).hasToString("../d/../x//y");
        assertThat(directory.readSymlink(name("s"))).isEqualTo(name("../d/../x//y"));
        assertThat(directory.find(name("s"))).returns(2L, FileStatus::links);
    }

    @Test
    void attributesOfAnOpenFileAreSet() throws IOException {
        Instant modified = Instant.ofEpochSecond(1_234_567_890, 123_456_789);
        Instant accessed = Instant.ofEpochSecond(-5, 1);
        try (OpenFile file = directory.create(name("f"), 0600)) {
            Attributes attributes = file.attributes();
            attributes.setMode(06751);
            attributes.setTimes(accessed, modified);
            assertThat(attributes.status())
                    .returns(06751, FileStatus::mode)
                    .returns(modified, FileStatus::modified)
                    .returns(accessed, FileStatus::accessed)
                    .returns(Posix.effectiveUser(), FileStatus::uid);
        }
        assertThat(Files.getLastModifiedTime(path.resolve("f"))).isEqualTo(FileTime.from(modified));
    }

    @Test
    void attributesOfANameAreSetWithoutFollowingIt() throws IOException {
        Path outside = Files.createFile(
                temporary.resolve("outside"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        FileTime before = Files.getLastModifiedTime(outside);
        directory.makeSymlink(name("l"), name("../outside"));
        Attributes link = directory.attributesOf(name("l"));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> link.setMode(0777));
        link.setTimes(Instant.ofEpochSecond(1), Instant.ofEpochSecond(2, 3));
        link.setOwner(Posix.effectiveUser(), Posix.effectiveGroup());
        assertThatExceptionOfType(PosixException.class).isThrownBy(() -> link.setXattr(name("user.x"), name("1")));
        assertThat(link.status()).returns(Instant.ofEpochSecond(2, 3), FileStatus::modified);
        assertThat(Files.getLastModifiedTime(outside)).isEqualTo(before);
        assertThat(Files.getPosixFilePermissions(outside)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        directory.makeNode(name("p"), NodeType.FIFO, 0600, 0, 0);
        directory.attributesOf(name("p")).setMode(0222);
        assertThat(directory.find(name("p"))).returns(0222, FileStatus::mode);
    }

    @Test
    void extendedAttributesAreKept() throws IOException {
        byte[] large = new byte[2000];
        Arrays.fill(large, (byte) 7);
        try (OpenFile file = directory.create(name("f"), 0600)) {
            Attributes attributes = file.attributes();
            try {
                attributes.setXattr(name("user.a"), name("1\0002"));
            } catch (PosixException e) {
                assumeTrue(e.error() != Errno.EOPNOTSUPP, "the file system has no extended attributes");
                throw e;
            }
            attributes.setXattr(name("user.large"), large);
        }
        Attributes named = directory.attributesOf(name("f"));
        assertThat(named.xattr(name("user.a"))).isEqualTo(name("1\0002"));
        assertThat(named.xattr(name("user.large"))).isEqualTo(large);
        assertThat(named.xattrNames()).extracting(n -> new String(n, UTF_8)).contains("user.a", "user.large");
        named.removeXattr(name("user.a"));
        assertThatExceptionOfType(PosixException.class)
                .isThrownBy(() -> named.xattr(name("user.a")))
                .returns(Errno.ENODATA, PosixException::error);
    }

    @Test
    void devicesNeedAPrivilege() throws IOException {
        if (Posix.effectiveUser() == 0) {
            try {
                directory.makeNode(name("c"), NodeType.CHARACTER_DEVICE, 0600, 4095, 1048575);
            } catch (PosixException e) {
                assertThat(e.isNotPermitted()).isTrue(); // in a user namespace
                return;
            }
            assertThat(directory.find(name("c")))
                    .returns(NodeType.CHARACTER_DEVICE, FileStatus::type)
                    .returns(4095L, FileStatus::major)
                    .returns(1048575L, FileStatus::minor);
        } else {
            assertThatExceptionOfType(PosixException.class)
                    .isThrownBy(() -> directory.makeNode(name("c"), NodeType.BLOCK_DEVICE, 0600, 8, 1))
                    .returns(true, PosixException::isNotPermitted);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> directory.makeNode(name("c"), NodeType.BLOCK_DEVICE, 0600, 4096, 1));
    }

    @Test
    void namesMove() throws IOException {
        write("a", name("1"));
        write("b", name("2"));
        directory.exchange(name("a"), directory, name("b"));
        assertThat(path.resolve("a")).hasContent("2");
        assertThatExceptionOfType(FileAlreadyExistsException.class)
                .isThrownBy(() -> directory.renameToNew(name("a"), directory, name("b")));
        directory.rename(name("a"), directory, name("b"));
        assertThat(path.resolve("b")).hasContent("2");
        assertThat(path.resolve("a")).doesNotExist();
    }

    @Test
    void manyNamesAreListedInBatches() throws IOException {
        for (int i = 0; i < 700; i++) {
            directory.makeNode(
                    name("a-name-of-some-fifty-bytes-so-that-batches-are-full-" + i), NodeType.FILE, 0600, 0, 0);
        }
        DirectoryListing listing = directory.list();
        List<String> names = new ArrayList<>();
        int batches = 0;
        List<DirectoryListing.Entry> batch;
        while (!(batch = listing.next()).isEmpty()) {
            batches++;
            batch.forEach(entry -> names.add(new String(entry.name(), UTF_8)));
        }
        assertThat(names).hasSize(700).doesNotHaveDuplicates();
        assertThat(batches).isGreaterThan(1);
    }

    @Test
    void contentIsSharedOrCopied() throws IOException {
        write("f", new byte[5000]);
        try (OpenFile source = directory.openFile(name("f"));
                OpenFile copy = directory.create(name("copy"), 0600)) {
            if (!copy.cloneFrom(source)) {
                assertThat(copy.copyFrom(source, 5000)).isIn(5000L, -1L);
            }
        }
    }

    @Test
    void aTreeIsRemovedButNotWhatItsLinksLeadTo() throws IOException {
        Path outside = Files.createDirectory(temporary.resolve("outside"));
        Files.writeString(outside.resolve("kept"), "1");
        Path tree = Files.createDirectories(path.resolve("t/a/b"));
        Files.createSymbolicLink(tree.resolve("l"), outside);
        Files.createSymbolicLink(path.resolve("t/up"), Path.of("../.."));
        Files.createFile(path.resolve("t/f"));
        assertThatExceptionOfType(DirectoryNotEmptyException.class)
                .isThrownBy(() -> directory.removeDirectory(name("t")));
        directory.removeTree(name("t"));
        directory.removeTree(name("t"));
        assertThat(path).isEmptyDirectory();
        assertThat(outside.resolve("kept")).hasContent("1");
        Files.createSymbolicLink(path.resolve("l"), outside);
        directory.removeTree(name("l"));
        assertThat(outside.resolve("kept")).hasContent("1");
        assertThat(Files.exists(path.resolve("l"), LinkOption.NOFOLLOW_LINKS)).isFalse();
    }

    @Test
    void aTreeIsRemovedThatIsDeeperThanDirectoriesMayBeOpen() throws IOException {
        List<OpenDirectory> chain = new ArrayList<>(List.of(directory.duplicate()));
        for (int i = 0; i < 100; i++) {
            OpenDirectory last = chain.get(chain.size() - 1);
            last.makeDirectory(name("d"), 0700);
            last.makeNode(name("f"), NodeType.FILE, 0600, 0, 0);
            chain.add(last.child(name("d")));
            last.close();
        }
        chain.get(chain.size() - 1).close();
        directory.removeTree(name("d"));
        directory.removeContent();
        assertThat(path).isEmptyDirectory();
    }

    @Test
    void directoriesWithoutPermissionsAreRemovedByTheirOwner() throws IOException {
        Path tree = Files.createDirectories(path.resolve("t/a/b"));
        Files.createFile(tree.resolve("f"));
        for (String name : List.of("t/a/b", "t/a", "t")) {
            Files.setPosixFilePermissions(path.resolve(name), PosixFilePermissions.fromString("---------"));
        }
        directory.removeTree(name("t"));
        assertThat(path).isEmptyDirectory();
    }

    @Test
    void theContentOfADirectoryIsRemovedInOnePassOfManyNames() throws IOException {
        for (int i = 0; i < 300; i++) {
            directory.makeDirectory(name("directory-with-a-long-name".repeat(6) + i), 0700);
        }
        directory.removeContent();
        assertThat(path).isEmptyDirectory();
    }

    @Test
    void whatTheDiskRefusesIsSaidAsTheStoreKnowsIt() {
        assertThat(Errno.failure(Errno.ENOSPC, "f")).hasMessageContaining("No space left");
        assertThat(Errno.failure(122, "f")).hasMessageContaining("quota");
        assertThat(Errno.failure(Errno.EPERM, "f")).hasMessageContaining("not permitted");
        assertThat(Errno.failure(77, "f")).hasMessageContaining("77");
        assertThat(Errno.failure(Errno.EACCES, "f")).isInstanceOf(AccessDeniedException.class);
    }
}
