// SPDX-License-Identifier: Apache-2.0
package dev.jpull.embedding;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;

/** What a build tool has at the other end of a process or class loader: serialized work comes in, a serialized outcome goes out. */
public final class WorkerProcess {
    private WorkerProcess() {}

    /** Runs the work on standard input, and writes its outcome to standard output. */
    public static void main(String[] args) throws IOException {
        System.out.write(outcomeOf(System.in.readAllBytes()));
        System.out.flush();
    }

    /** Runs serialized work, and returns its result or its exception, serialized. */
    public static byte[] outcomeOf(byte[] work) {
        Object outcome;
        try {
            outcome = ((Callable<?>) read(work)).call();
        } catch (Exception e) {
            outcome = e;
        }
        return write(outcome);
    }

    static byte[] write(Object object) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Reads an object whose classes are those of the loader of this class. */
    static Object read(byte[] bytes) {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            return in.readObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
