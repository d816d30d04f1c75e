// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import dev.jpull.testdata.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** An nginx that serves files as a registry would: plainly, over TLS, and with a limit for each connection. */
final class Server implements AutoCloseable {
    private final Process process;
    private final int plain;
    private final int secure;
    private final int limited;

    private Server(Process process, int plain, int secure, int limited) {
        this.process = process;
        this.plain = plain;
        this.secure = secure;
        this.limited = limited;
    }

    /**
     * Starts it.
     *
     * @param directory for its configuration, its log and its certificates, with the files to serve in {@code www}
     */
    static Server start(Path directory) throws IOException, InterruptedException {
        TestCertificates certificates = new TestCertificates();
        TestCertificates.Identity identity = certificates.issue("localhost", "EC");
        TestCertificates.write(ca(directory), certificates.caPem());
        TestCertificates.write(directory.resolve("server.pem"), identity.certificatePem());
        TestCertificates.write(directory.resolve("server.key"), identity.pkcs8Pem());
        int plain = freePort();
        int secure = freePort();
        int limited = freePort();
        String site = """
                root %s/www;
                    location = /v2/ { return 200 "{}"; }
                    location / { }
                    location ~ /manifests/ { default_type application/vnd.oci.image.manifest.v1+json; }
                """.formatted(directory).strip();
        Files.writeString(directory.resolve("nginx.conf"), """
                pid %1$s/nginx.pid; error_log %1$s/error.log; daemon off; worker_processes 2;
                events { worker_connections 512; }
                http {
                  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000;
                  types { } default_type application/octet-stream;
                  client_body_temp_path %1$s; proxy_temp_path %1$s; fastcgi_temp_path %1$s;
                  uwsgi_temp_path %1$s; scgi_temp_path %1$s;
                  server { listen 127.0.0.1:%2$d; %5$s }
                  server {
                    listen 127.0.0.1:%3$d ssl; ssl_certificate server.pem; ssl_certificate_key server.key;
                    ssl_protocols TLSv1.3; %5$s
                  }
                  server { listen 127.0.0.1:%4$d; limit_rate 40m; %5$s }
                }
                """.formatted(directory, plain, secure, limited, site));
        Process process = new ProcessBuilder(
                        "nginx",
                        "-p",
                        directory.toString(),
                        "-c",
                        directory.resolve("nginx.conf").toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("nginx.log").toFile())
                .start();
        awaitPort(plain, process);
        return new Server(process, plain, secure, limited);
    }

    /** The authority that signed its certificate. */
    static Path ca(Path directory) {
        return directory.resolve("ca.pem");
    }

    int plain() {
        return plain;
    }

    int secure() {
        return secure;
    }

    int limited() {
        return limited;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void awaitPort(int port, Process process) throws IOException, InterruptedException {
        for (int i = 0; i < 100 && process.isAlive(); i++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                if (socket.isConnected()) {
                    return;
                }
            } catch (IOException e) {
                Thread.sleep(50); // not yet
            }
        }
        throw new IOException("nginx did not start; see its log");
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor(10, TimeUnit.SECONDS);
    }
}
