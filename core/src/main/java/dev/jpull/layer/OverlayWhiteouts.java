// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.posix.Attributes;
import dev.jpull.posix.DirectoryListing;
import dev.jpull.posix.FileStatus;
import dev.jpull.posix.NodeType;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.posix.PosixException;
import dev.jpull.tar.RawPath;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.util.List;

/**
 * Turns the markers of whiteouts in a layer, as {@link LayerExtractor} unpacked it, into what overlayfs takes for them: character
 * devices 0/0, and an attribute on opaque directories (Documentation/filesystems/overlayfs.rst). Modes and times of directories stay.
 *
 * <p>Linux lets every user make such a device since 5.8. Where something else forbids it, a whiteout is an empty file with an
 * attribute, which overlayfs knows since Linux 6.7.
 */
public final class OverlayWhiteouts implements Closeable {
    private static final byte[] YES = {'y'};
    /** Of a directory in which whiteouts have the form of files. */
    private static final byte[] HAS_FILES = {'x'};

    private static final byte[] PROBE = bytes(".wh..wh.jpull");

    private final ExtractedLayer layer;
    private final RootedTree tree;
    private final Form form;

    /** Whose attributes are used. */
    public enum Form {
        /** {@code trusted.overlay.*}, for mounts by root. */
        TRUSTED("trusted.overlay."),
        /** {@code user.overlay.*}, for mounts in a user namespace, with the option {@code userxattr}. */
        USER("user.overlay.");

        private final String prefix;

        Form(String prefix) {
            this.prefix = prefix;
        }

        private byte[] attribute(String name) {
            return bytes(prefix + name);
        }
    }

    private OverlayWhiteouts(OpenDirectory staging, ExtractedLayer layer, Form form) throws IOException {
        this.layer = layer;
        this.tree = new RootedTree(staging, made -> {}, new WorkBudget(() -> false));
        this.form = form;
    }

    /** The form for this process: that of root, if the process may set its attributes in this directory. */
    public static Form formFor(OpenDirectory directory) throws IOException {
        directory.removeTree(PROBE);
        directory.makeDirectory(PROBE, 0700);
        try {
            directory.attributesOf(PROBE).setXattr(Form.TRUSTED.attribute("opaque"), YES);
            return Form.TRUSTED;
        } catch (PosixException e) {
            return Form.USER; // whether that is possible shows when it is needed
        } finally {
            directory.removeDirectory(PROBE);
        }
    }

    /**
     * Turns all markers.
     *
     * @param staging where the layer is
     * @throws IOException if the file system has no attributes, among others; the message names the directory
     */
    public static void convert(OpenDirectory staging, ExtractedLayer layer, Form form) throws IOException {
        if (layer.marked().isEmpty()) {
            return;
        }
        try (OverlayWhiteouts whiteouts = new OverlayWhiteouts(staging, layer, form)) {
            whiteouts.convert(whiteouts.tree.root());
            whiteouts.tree.settle();
        }
    }

    /** Hides what lower layers have in a directory. */
    public static void makeOpaque(Attributes directory, Form form) throws IOException {
        directory.setXattr(form.attribute("opaque"), YES);
    }

    private void convert(TreeDirectory directory) throws IOException {
        directory.pin();
        try {
            convertMarkers(directory);
            for (RawPath name : layer.marked().childrenOf(directory)) {
                convert(tree.child(directory, name));
            }
        } catch (FileSystemException e) {
            throw UnpackFailure.of(directory.path(), e);
        } finally {
            directory.unpin();
        }
    }

    private void convertMarkers(TreeDirectory directory) throws IOException {
        boolean isOpaque = false;
        boolean hasFiles = false;
        DirectoryListing listing = directory.open().list();
        for (boolean found = true; found; listing.rewind()) {
            found = false;
            List<DirectoryListing.Entry> batch;
            while (!(batch = listing.next()).isEmpty()) {
                for (DirectoryListing.Entry entry : batch) {
                    RawPath name = RawPath.of(entry.name());
                    if (name.startsWith(EntryPath.WHITEOUT)) {
                        found = true;
                        directory.changed();
                        if (name.is(EntryPath.OPAQUE)) {
                            isOpaque = true;
                        } else {
                            hasFiles |= !hide(directory, name.from(EntryPath.WHITEOUT.length()));
                        }
                        directory.open().remove(name.bytes());
                    }
                }
            }
        }
        if (isOpaque) {
            makeOpaque(directory.attributes(), form);
        } else if (hasFiles) {
            directory.attributes().setXattr(form.attribute("opaque"), HAS_FILES);
        }
    }

    /** Hides a name of lower layers; returns false if that took a file. */
    private boolean hide(TreeDirectory directory, RawPath name) throws IOException {
        FileStatus own = directory.open().find(name.bytes());
        if (own != null) { // the layer hides what is below, and has something of its own
            if (own.isDirectory()) {
                makeOpaque(tree.child(directory, name).attributes(), form);
            }
            return true;
        }
        try {
            directory.open().makeNode(name.bytes(), NodeType.CHARACTER_DEVICE, 0, 0, 0);
            return true;
        } catch (PosixException e) {
            if (!e.isNotPermitted()) {
                throw e;
            }
        }
        directory.open().create(name.bytes(), 0600).close();
        Attributes attributes = directory.open().attributesOf(name.bytes());
        attributes.setXattr(form.attribute("whiteout"), YES);
        return false;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
        tree.close();
    }
}
