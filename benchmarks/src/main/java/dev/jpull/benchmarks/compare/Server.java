// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import dev.jpull.testdata.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An nginx that serves files as a registry would: plainly, over TLS, with a limit for each connection, and with a limit of
 * simultaneous requests. It ends with its workplace.
 */
final class Server {
    private static final String LOOPBACK = "127.0.0.1";

    private final Path directory;
    private final List<String> inside;
    private final String host;
    private final int plain = freePort();
    private final int secure = freePort();
    private final int limited = freePort();
    private final int few = freePort();
    private final int several = freePort();

    private Server(Path directory, String address, List<String> inside) throws IOException {
        this.directory = directory;
        this.host = address.equals(LOOPBACK) ? "localhost" : address;
        this.inside = inside;
    }

    /** Starts it on loopback; it serves what is in {@link #files}. */
    static Server start(Workplace workplace) throws IOException, InterruptedException {
        return start(workplace, workplace.directory().resolve("server"), LOOPBACK, List.of(), List.of());
    }

    /** Starts it at one end of a link. */
    static Server behind(Link link, Workplace workplace, String name) throws IOException, InterruptedException {
        Path directory = workplace.directory().resolve(name);
        return start(workplace, directory, Link.SERVER, link.atServer(), link.atClient());
    }

    private static Server start(
            Workplace workplace, Path directory, String address, List<String> serverInside, List<String> clientInside)
            throws IOException, InterruptedException {
        Server server = new Server(Files.createDirectories(directory), address, clientInside);
        Files.createDirectories(files(workplace));
        TestCertificates certificates = new TestCertificates();
        TestCertificates.Identity identity = certificates.issue("localhost", "EC");
        TestCertificates.write(directory.resolve("ca.pem"), certificates.caPem());
        TestCertificates.write(directory.resolve("server.pem"), identity.certificatePem());
        TestCertificates.write(directory.resolve("server.key"), identity.pkcs8Pem());
        Path configuration = directory.resolve("nginx.conf");
        Files.writeString(configuration, server.configuration(address, files(workplace)));
        List<String> command = new ArrayList<>(serverInside);
        command.addAll(List.of("nginx", "-p", directory.toString(), "-c", configuration.toString()));
        Path log = directory.resolve("nginx.log");
        Process process = workplace.start(
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()));
        server.await(process, log);
        return server;
    }

    private String configuration(String address, Path files) {
        String site = """
                root %s;
                    location = /v2/ { return 200 "{}"; }
                    location / { }
                    location ~ /manifests/ { default_type application/vnd.oci.image.manifest.v1+json; }
                """.formatted(files).strip();
        // Small chunks: the first one of each response is free of the rate.
        String throttled = """
                server {
                    listen %1$s:%2$d; limit_rate 10m; sendfile_max_chunk 128k;
                    limit_conn requests %3$d; limit_conn_status 429; limit_conn_log_level info;
                    access_log %4$s status; error_page 429 @refused; %5$s
                    location @refused { return 429 '{"errors":[{"code":"TOOMANYREQUESTS"}]}'; }
                  }""";
        return """
                pid nginx.pid; error_log error.log; daemon off; worker_processes 2;
                events { worker_connections 512; }
                http {
                  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000;
                  log_format status "$status"; limit_conn_zone $server_port zone=requests:1m;
                  types { } default_type application/octet-stream;
                  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
                  uwsgi_temp_path uwsgi; scgi_temp_path scgi;
                  server { listen %1$s:%2$d; %5$s }
                  server {
                    listen %1$s:%3$d ssl; ssl_certificate server.pem; ssl_certificate_key server.key;
                    ssl_protocols TLSv1.3; %5$s
                  }
                  server { listen %1$s:%4$d; limit_rate 40m; sendfile_max_chunk 512k; %5$s }
                  %6$s
                  %7$s
                }
                """.formatted(
                        address,
                        plain,
                        secure,
                        limited,
                        site,
                        throttled.formatted(address, few, 4, statuses(few), site),
                        throttled.formatted(address, several, 8, statuses(several), site));
    }

    /** The root of what is served, by all servers of a workplace. */
    static Path files(Workplace workplace) {
        return workplace.directory().resolve("www");
    }

    /** Where an image is pulled from over one of the ways that this server has. */
    Target target(Way way) {
        return switch (way) {
            case LOOPBACK, NEAR, FAR, LOSSY -> Target.plain(host + ":" + plain, inside);
            case TLS ->
                new Target(host + ":" + secure, Optional.of(directory.resolve("ca.pem")), inside, Optional.empty());
            case LIMITED -> Target.plain(host + ":" + limited, inside);
            case THROTTLED_4 -> throttled(few);
            case THROTTLED_8 -> throttled(several);
            case REGISTRY -> throw new IllegalArgumentException("nginx is no registry of Docker");
        };
    }

    private Target throttled(int port) {
        return new Target(host + ":" + port, Optional.empty(), inside, Optional.of(statuses(port)));
    }

    private Path statuses(int port) {
        return directory.resolve("statuses-" + port);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The process has its ports when it writes its identifier. */
    private void await(Process process, Path log) throws IOException, InterruptedException {
        for (int i = 0; i < 200 && process.isAlive(); i++) {
            if (Files.exists(directory.resolve("nginx.pid"))) {
                return;
            }
            Thread.sleep(20);
        }
        throw new IOException("nginx did not start: " + Files.readString(log));
    }
}
