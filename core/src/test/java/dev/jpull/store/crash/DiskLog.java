// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What was done to a disk, in order, and what of it may be there after a power cut: of a file all that was written before it was
 * flushed and any part of what was written since; of a directory all that happened before it was flushed and any part of what
 * happened since. Safe for use by several threads.
 */
final class DiskLog {
    private final Path root;
    private final List<Step> steps = new ArrayList<>();
    private final Map<Path, File> files = new HashMap<>();

    /** A file, whatever it is called at the time. */
    static final class File {}

    /** Something that changes what is on the disk. */
    private sealed interface Step {}

    private record Write(File file, long position, byte[] bytes) implements Step {}

    private record Truncate(File file, long size) implements Step {}

    private record Flush(File file) implements Step {}

    private record FlushDirectory(Path directory) implements Step {}

    /** A name gets a file, or a directory when the file is null. */
    private record Link(Path name, @Nullable File file) implements Step {}

    private record Unlink(Path name) implements Step {}

    /** One name more and one name less, at once. */
    private record Rename(Path from, Path to, File file) implements Step {}

    DiskLog(Path root) {
        this.root = root;
    }

    synchronized File file(Path path) {
        return files.computeIfAbsent(path, unseen -> new File());
    }

    synchronized void created(Path path) {
        files.put(path, new File());
        steps.add(new Link(path, file(path)));
    }

    synchronized void madeDirectory(Path path) {
        steps.add(new Link(path, null));
    }

    synchronized void deleted(Path path) {
        files.remove(path);
        steps.add(new Unlink(path));
    }

    synchronized void moved(Path from, Path to) {
        File file = file(from);
        files.remove(from);
        files.put(to, file);
        steps.add(new Rename(from, to, file));
    }

    synchronized void wrote(File file, long position, byte[] bytes) {
        steps.add(new Write(file, position, bytes));
    }

    synchronized void truncated(File file, long size) {
        steps.add(new Truncate(file, size));
    }

    synchronized void flushed(File file) {
        steps.add(new Flush(file));
    }

    synchronized void flushedDirectory(Path directory) {
        steps.add(new FlushDirectory(directory));
    }

    /** How often a directory was flushed. */
    synchronized long flushesOf(Path directory) {
        return steps.stream()
                .filter(step -> step instanceof FlushDirectory flush
                        && flush.directory().equals(directory))
                .count();
    }

    synchronized int size() {
        return steps.size();
    }

    /** Makes a directory what it may be when the power is cut after so many steps. */
    synchronized void crash(int after, Random random, Path target) {
        boolean[] survives = new boolean[after];
        Map<Object, Boolean> flushedLater = new HashMap<>();
        double luck = random.nextInt(3) / 2.0; // nothing, half or all of what was not flushed
        for (int i = after - 1; i >= 0; i--) {
            Step step = steps.get(i);
            if (step instanceof Flush flush) {
                flushedLater.put(flush.file(), true);
            } else if (step instanceof FlushDirectory flush) {
                flushedLater.put(flush.directory(), true);
            } else {
                survives[i] = places(step).stream().anyMatch(flushedLater::containsKey) || random.nextDouble() < luck;
            }
        }
        Map<File, byte[]> contents = new HashMap<>();
        Map<Path, @Nullable File> names = new TreeMap<>();
        for (int i = 0; i < after; i++) {
            if (survives[i]) {
                apply(steps.get(i), contents, names, random, luck);
            }
        }
        materialise(contents, names, target);
    }

    /** What has to be flushed for a step to last; of a rename, either directory, because the two belong together. */
    private static List<Object> places(Step step) {
        if (step instanceof Write write) {
            return List.of(write.file());
        } else if (step instanceof Truncate truncate) {
            return List.of(truncate.file());
        } else if (step instanceof Link link) {
            return List.of(parent(link.name()));
        } else if (step instanceof Unlink unlink) {
            return List.of(parent(unlink.name()));
        } else if (step instanceof Rename rename) {
            return List.of(parent(rename.to()), parent(rename.from()));
        }
        return List.of();
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        return parent == null ? path : parent;
    }

    private static void apply(
            Step step, Map<File, byte[]> contents, Map<Path, @Nullable File> names, Random random, double luck) {
        if (step instanceof Write write) {
            byte[] old = contents.getOrDefault(write.file(), new byte[0]);
            int end = (int) write.position() + write.bytes().length;
            byte[] grown = Arrays.copyOf(old, Math.max(old.length, end));
            System.arraycopy(write.bytes(), 0, grown, (int) write.position(), write.bytes().length);
            contents.put(write.file(), grown);
        } else if (step instanceof Truncate truncate) {
            contents.put(truncate.file(), Arrays.copyOf(contents.getOrDefault(truncate.file(), new byte[0]), (int)
                    truncate.size()));
        } else if (step instanceof Link link) {
            names.put(link.name(), link.file());
        } else if (step instanceof Unlink unlink) {
            names.remove(unlink.name());
        } else if (step instanceof Rename rename) {
            names.put(rename.to(), rename.file());
            if (luck == 1 || random.nextBoolean()) {
                names.remove(rename.from());
            }
        }
    }

    /** What has no directory any more is gone. */
    private void materialise(Map<File, byte[]> contents, Map<Path, @Nullable File> names, Path target) {
        Map<Path, @Nullable File> sorted = new LinkedHashMap<>(names);
        try {
            Files.createDirectories(target);
            for (Map.Entry<Path, @Nullable File> entry : sorted.entrySet()) {
                Path path = target.resolve(root.relativize(entry.getKey()).toString());
                if (!Files.isDirectory(parent(path))) {
                    continue;
                }
                File file = entry.getValue();
                if (file == null) {
                    Files.createDirectories(path);
                } else {
                    Files.write(path, contents.getOrDefault(file, new byte[0]));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
