// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Starts the servers that users have, from Debian's packages, on free ports of loopback; ends what it started. */
public final class RealServers implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 30;

    private final Path directory;
    private final List<Process> processes = new ArrayList<>();

    /** Servers whose files are below a directory. */
    public RealServers(Path directory) {
        this.directory = directory;
        DebianPackages.require("docker-registry", "nginx", "skopeo");
    }

    /** A docker-registry, perhaps one that caches another one; returns its port. */
    public int registry(String name, String upstream) throws IOException, InterruptedException {
        return registry(name, name, upstream.isEmpty() ? "" : "proxy:\n  remoteurl: " + upstream + "\n");
    }

    /**
     * A docker-registry with more in its configuration; returns its port.
     *
     * @param content the registry whose content it has
     */
    public int registry(String name, String content, String configuration) throws IOException, InterruptedException {
        int port = freePort();
        Path home = Files.createDirectories(directory.resolve(name));
        Path config = TestCertificates.write(
                home.resolve("config.yml"),
                "version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: "
                        + directory.resolve(content).resolve("data")
                        + "\nhttp:\n  addr: 127.0.0.1:" + port + "\n" + configuration);
        start(name, port, "docker-registry", "serve", config.toString());
        return port;
    }

    /** An nginx before a server, with lines of configuration of its own; returns its port. */
    public int nginx(String name, int behind, String... lines) throws IOException, InterruptedException {
        int port = freePort();
        Path home = Files.createDirectories(directory.resolve(name));
        boolean tls = String.join("", lines).contains("ssl_certificate");
        Path config = TestCertificates.write(home.resolve("nginx.conf"), """
                daemon off;
                pid %1$s/pid;
                error_log %1$s/error.log;
                worker_processes 1;
                events {}
                http {
                  access_log %1$s/access.log;
                  client_body_temp_path %1$s/body;
                  proxy_temp_path %1$s/proxy;
                  fastcgi_temp_path %1$s/fastcgi;
                  uwsgi_temp_path %1$s/uwsgi;
                  scgi_temp_path %1$s/scgi;
                  client_max_body_size 0;
                  server {
                    listen 127.0.0.1:%2$d%3$s;
                    %4$s
                    location / {
                      proxy_pass http://127.0.0.1:%5$d;
                      proxy_set_header Host $http_host;
                      proxy_set_header X-Forwarded-Proto $scheme;
                      proxy_max_temp_file_size 0;
                    }
                  }
                }
                """.formatted(
                        home, port, tls ? " ssl" : "", String.join("\n    ", lines), behind));
        start(
                name,
                port,
                "nginx",
                "-c",
                config.toString(),
                "-e",
                home.resolve("error.log").toString());
        return port;
    }

    /** The lines of nginx for TLS with an identity; its files are written to a directory. */
    public static String tls(TestCertificates.Identity server, Path files) {
        Path certificate = TestCertificates.write(files.resolve("server.pem"), server.certificatePem());
        Path key = TestCertificates.write(files.resolve("server.key"), server.pkcs8Pem());
        return "ssl_certificate " + certificate + ";\n    ssl_certificate_key " + key + ";";
    }

    /** The lines of nginx that let in only clients whom an authority signed. */
    public static String clientsOf(TestCertificates authority, Path files) {
        Path ca = TestCertificates.write(files.resolve("ca.pem"), authority.caPem());
        return "ssl_client_certificate " + ca + ";\n    ssl_verify_client on;";
    }

    /** Pushes an image of a layout into a registry. */
    public void push(Path layout, String name, int registry, String target) throws IOException, InterruptedException {
        run(
                "skopeo",
                "copy",
                "--all",
                "--insecure-policy",
                "--preserve-digests",
                "--dest-tls-verify=false",
                "oci:" + layout + ":" + name,
                "docker://127.0.0.1:" + registry + "/" + target);
    }

    /** Runs a program to its end, which must be a good one; returns what it printed. */
    public String run(String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(directory, "output", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(5, TimeUnit.MINUTES);
        String text = Files.readString(output);
        if (!ended || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IllegalStateException(String.join(" ", command) + " failed:\n" + text);
        }
        return text;
    }

    @Override
    public void close() {
        processes.forEach(Process::destroy);
    }

    private void start(String name, int port, String... command) throws IOException, InterruptedException {
        Path log = directory.resolve(name + ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        processes.add(process);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!accepts(port)) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IllegalStateException(name + " did not start:\n" + Files.readString(log));
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false; // not yet
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
