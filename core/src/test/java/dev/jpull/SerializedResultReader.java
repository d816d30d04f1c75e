// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a serialized image in a process or class loader of its own, and uses it as a worker of a build tool does. */
public final class SerializedResultReader {
    private SerializedResultReader() {}

    /** Prints what {@link #use} returns for the file that is the argument. */
    public static void main(String[] args) throws IOException, ClassNotFoundException {
        System.out.println(use(Path.of(args[0])));
    }

    /** Reads the image in a file, and the content of its layers. */
    public static String use(Path file) throws IOException, ClassNotFoundException {
        try (ObjectInputStream in = new ObjectInputStream(Files.newInputStream(file))) {
            PulledImage image = (PulledImage) in.readObject();
            for (PulledLayer layer : image.layers()) {
                try (InputStream content = layer.open()) {
                    content.transferTo(OutputStream.nullOutputStream());
                }
            }
            return image + " " + image.platforms() + " " + image.config().diffIds() + " "
                    + image.files().size() + " "
                    + image.read("/usr/share/platform").orElseThrow().length;
        }
    }
}
