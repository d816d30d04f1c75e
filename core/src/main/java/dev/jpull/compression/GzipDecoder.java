// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import java.io.IOException;
import java.util.zip.CRC32;

/**
 * The members of a gzip stream (RFC 1952), one after the other. Zeros after the last member are padding, as {@code gzip} has
 * it. Other bytes there are refused: Go's compress/gzip, and with it containerd, fails on them.
 */
final class GzipDecoder implements FrameDecoder {
    private final CompressedInput in;
    private final RawInflater inflater;
    private final GzipHeader header;
    private final CRC32 crc = new CRC32();
    private long size;
    private long members;
    private int barren;
    private boolean inMember;
    private long trailing;

    GzipDecoder(CompressedInput in, RawInflater inflater) {
        this.in = in;
        this.inflater = inflater;
        header = new GzipHeader(in);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        while (inMember || startMember()) {
            int count = inflater.inflate(in, buffer, offset, length);
            if (count > 0) {
                crc.update(buffer, offset, count);
                size += count;
                return count;
            }
            if (inflater.finished()) {
                endMember();
            } else if (!in.fill()) {
                in.require(); // says that it ends too early
            }
        }
        return -1;
    }

    private boolean startMember() throws IOException {
        int first = in.next();
        if (members > 0 && first <= 0) {
            readPadding(first);
            return false;
        }
        if (first != 0x1f || in.next() != 0x8b) {
            throw trailingBytesRefused();
        }
        header.read();
        inflater.reset();
        crc.reset();
        size = 0;
        members++;
        inMember = true;
        return true;
    }

    private void readPadding(int first) throws IOException {
        trailing = first < 0 ? 0 : 1;
        while (in.available() > 0 || in.fill()) {
            for (int i = in.position(); i < in.limit(); i++) {
                if (in.bytes()[i] != 0) {
                    in.skip(i - in.position() + 1);
                    throw trailingBytesRefused();
                }
            }
            trailing += in.available();
            in.skip(in.available());
        }
    }

    private DecodeException trailingBytesRefused() {
        return new DecodeException("before byte " + in.offset() + " of the layer, " + members
                + " gzip members are followed by bytes that are neither a member nor zeros");
    }

    private void endMember() throws IOException {
        inMember = false;
        int stated = (int) in.littleEndian(4);
        int statedSize = (int) in.littleEndian(4);
        if (stated != (int) crc.getValue()) {
            throw damaged("the CRC-32 of its content is " + Integer.toHexString((int) crc.getValue()) + " and not "
                    + Integer.toHexString(stated));
        }
        if (statedSize != (int) size) {
            throw damaged("it has " + size + " bytes, and says " + Integer.toUnsignedLong(statedSize));
        }
        barren = size == 0 ? barren + 1 : 0;
        if (barren > MAX_BARREN) {
            throw new DecodeException("before byte " + in.offset() + " of the layer, " + barren
                    + " gzip members in sequence have no content; the limit is " + MAX_BARREN);
        }
    }

    private DecodeException damaged(String how) {
        return new DecodeException(
                "gzip member " + members + ", which ends at byte " + in.offset() + ", is damaged: " + how);
    }

    @Override
    public long trailingBytes() {
        return trailing;
    }

    @Override
    public void close() {
        inflater.close();
    }
}
