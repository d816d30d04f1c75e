// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import dev.jpull.testdata.FileTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The temporary directory and the processes of one comparison. All of them go when it is closed, which also happens when the
 * Java process is interrupted. Safe for use by several threads.
 */
final class Workplace implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 5;

    private final Path directory;
    private final Thread atExit = new Thread(this::clear, "workplace");
    private boolean closed;

    /** Makes the directory. */
    Workplace() throws IOException {
        directory = Files.createTempDirectory("jpull-compare-");
        // nginx that root started reads files as another user.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** The temporary directory. */
    Path directory() {
        return directory;
    }

    /**
     * Starts a process.
     *
     * @throws IOException if it cannot be started, or this workplace is closed
     */
    synchronized Process start(ProcessBuilder builder) throws IOException {
        if (closed) {
            throw new IOException("the comparison has ended");
        }
        return builder.start();
    }

    /**
     * Runs a command to its end, with its output in a file.
     *
     * @throws IOException if it fails or takes longer than the limit, with what it printed
     */
    void run(Duration limit, List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(directory, "output", null);
        Process process =
                start(new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()));
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("took longer than " + limit.toSeconds() + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException("ended with " + process.exitValue() + ": " + Files.readString(output));
            }
        } finally {
            stop(process);
            Files.delete(output);
        }
    }

    /** Ends a process and those that it started, by force when it does not react within five seconds. */
    static void stop(Process process) {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        children.forEach(ProcessHandle::destroy);
        try {
            process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
    }

    /** Ends the processes and deletes the directory. */
    @Override
    public void close() {
        clear();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }

    private void clear() {
        synchronized (this) {
            closed = true;
        }
        List<ProcessHandle> left = ProcessHandle.current().descendants().toList();
        left.forEach(ProcessHandle::destroy);
        for (ProcessHandle process : left) {
            process.onExit()
                    .completeOnTimeout(process, PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .join();
            process.destroyForcibly();
        }
        try {
            FileTree.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
