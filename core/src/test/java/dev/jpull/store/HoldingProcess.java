// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.image.Descriptor;
import dev.jpull.image.MediaType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Another process that has a lock of a store, and that can be stopped and killed. */
final class HoldingProcess implements AutoCloseable {
    private final Process process;

    private HoldingProcess(Process process) {
        this.process = process;
    }

    /** A process that fetches a blob and has written half of it. */
    static HoldingProcess ofBlob(Path store, byte[] content) throws IOException {
        return start(store, "blob", java.util.HexFormat.of().formatHex(content));
    }

    /** A process that changes the index. */
    static HoldingProcess ofIndex(Path store) throws IOException {
        return start(store, "index", "00");
    }

    private static HoldingProcess start(Path store, String what, String content) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        HoldingProcess.class.getName(),
                        store.toString(),
                        what,
                        content)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (process.getInputStream().read() != '!') {
            throw new IOException("the process did not get its lock");
        }
        return new HoldingProcess(process);
    }

    long pid() {
        return process.pid();
    }

    void stop() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-STOP", String.valueOf(process.pid()))
                .start()
                .waitFor();
    }

    /** Lets it go on, and waits for its end. */
    int finish() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-CONT", String.valueOf(process.pid()))
                .start()
                .waitFor();
        process.getOutputStream().close();
        return process.waitFor(60, TimeUnit.SECONDS) ? process.exitValue() : -1;
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }

    /** What the process does: holds a lock until its input ends. */
    public static void main(String[] args) throws IOException {
        ImageStore store = ImageStore.open(Path.of(args[0]));
        byte[] content = java.util.HexFormat.of().parseHex(args[2]);
        Descriptor blob = Descriptor.forContent(MediaType.OCI_LAYER_GZIP, content);
        if (args[1].equals("index")) {
            store.index().put("held", blob, Map.of(), () -> {
                awaitEnd();
                return true;
            });
            return;
        }
        try (Ingest ingest = store.ingest(blob, () -> false).orElseThrow()) {
            ingest.write(0, content, content.length / 2);
            awaitEnd();
            byte[] rest = java.util.Arrays.copyOfRange(content, content.length / 2, content.length);
            ingest.write(content.length / 2, rest, rest.length);
            if (!ingest.commit()) {
                throw new IOException("the blob is wrong");
            }
        }
    }

    private static void awaitEnd() {
        try {
            System.out.print('!');
            System.out.flush();
            System.in.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
