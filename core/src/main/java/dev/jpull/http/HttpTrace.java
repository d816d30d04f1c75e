// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.text.ForeignText;
import dev.jpull.text.SecretMask;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.List;
import java.util.function.Consumer;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.Protocol;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Writes a line for every event of a connection ({@code --http-trace}); shows no header values and no secrets. */
final class HttpTrace extends EventListener {
    private static final int MAX_LINE = 2_000;

    private final Consumer<String> lines;
    private final SecretMask mask;
    private final String call;
    private final long start = System.nanoTime();

    private HttpTrace(Consumer<String> lines, SecretMask mask, String call) {
        this.lines = lines;
        this.mask = mask;
        this.call = call;
    }

    static EventListener.Factory factory(Consumer<String> lines, SecretMask mask) {
        return call -> new HttpTrace(
                lines,
                mask,
                call.request().method() + " " + Redaction.of(call.request().url()));
    }

    @Override
    public void callStart(Call call) {
        write("start");
    }

    @Override
    public void dnsEnd(Call call, String domainName, List<InetAddress> addresses) {
        write("dns " + domainName + " is "
                + addresses.stream().map(InetAddress::getHostAddress).toList());
    }

    @Override
    public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
        write("connecting to " + address + (proxy.type() == Proxy.Type.DIRECT ? "" : " through a proxy"));
    }

    @Override
    public void connectEnd(Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol) {
        write("connected, " + protocol);
    }

    @Override
    public void connectFailed(
            Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol, IOException failure) {
        write("connecting failed: " + TransportFailure.describe(failure));
    }

    @Override
    public void secureConnectEnd(Call call, @Nullable Handshake handshake) {
        if (handshake != null) {
            write("TLS " + handshake.tlsVersion().javaName() + ", " + handshake.cipherSuite() + ", "
                    + (handshake.peerPrincipal() == null ? "no certificate" : handshake.peerPrincipal()));
        }
    }

    @Override
    public void connectionAcquired(Call call, Connection connection) {
        write("uses the connection to " + connection.route().socketAddress());
    }

    @Override
    public void responseHeadersEnd(Call call, Response response) {
        write("status " + response.code() + ", length " + response.headers().get("Content-Length"));
    }

    @Override
    public void responseBodyEnd(Call call, long byteCount) {
        write("body of " + byteCount + " bytes");
    }

    @Override
    public void callFailed(Call call, IOException failure) {
        write("failed: " + TransportFailure.describe(failure));
    }

    private void write(String event) {
        String line = call + " +" + (System.nanoTime() - start) / 1_000_000 + " ms: " + event;
        lines.accept(ForeignText.line(mask.mask(line), MAX_LINE));
    }
}
