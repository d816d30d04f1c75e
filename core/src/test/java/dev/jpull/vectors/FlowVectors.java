// SPDX-License-Identifier: Apache-2.0
package dev.jpull.vectors;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.PullException;
import dev.jpull.error.ReferenceException;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.Capability;
import dev.jpull.hosts.Header;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.hosts.HostExtensions;
import dev.jpull.hosts.HostVectors;
import dev.jpull.hosts.NamespaceHosts;
import dev.jpull.hosts.Provenance;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.hosts.TlsSettings;
import dev.jpull.http.Cancellation;
import dev.jpull.http.HttpClients;
import dev.jpull.http.HttpOptions;
import dev.jpull.http.TlsEngine;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageReference;
import dev.jpull.image.MediaType;
import dev.jpull.registry.EventSink;
import dev.jpull.registry.FailedAttempt;
import dev.jpull.registry.Failover;
import dev.jpull.registry.HostStates;
import dev.jpull.registry.HostsExhausted;
import dev.jpull.registry.ImageEndpoints;
import dev.jpull.registry.PullContext;
import dev.jpull.registry.RegistryEndpoint;
import dev.jpull.resolve.Resolver;
import dev.jpull.store.ImageStore;
import dev.jpull.store.Ingest;
import dev.jpull.testdata.Vector;
import dev.jpull.transfer.BlobDownload;
import dev.jpull.transfer.ConnectionBudget;
import dev.jpull.transfer.SegmentWorkers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Cases about the conversation with hosts: they run through the whole engine below the facade, on a scripted network. */
final class FlowVectors {
    private final Path temporary;
    private int number;

    FlowVectors(Path temporary) {
        this.temporary = temporary;
    }

    /** An engine below the facade, on a scripted network. */
    private static final class Engine implements AutoCloseable {
        private final ScriptedNetwork network;
        private final HttpClients clients;
        private final ImageEndpoints endpoints;
        private final Cancellation cancellation = new Cancellation();
        private final Failover failover =
                new Failover(new HostStates(), (duration, within) -> {}, attempt -> {}, cancellation, null);

        Engine(String namespace, List<RegistryHost> hosts, JsonNode responses) {
            this(namespace, hosts, responses, CredentialSource.ANONYMOUS);
        }

        Engine(String namespace, List<RegistryHost> hosts, JsonNode responses, CredentialSource credentials) {
            network = new ScriptedNetwork(responses);
            clients = new HttpClients(new HttpOptions(
                    Map.of(),
                    null,
                    credentials,
                    TlsSettings.NONE,
                    TlsEngine.RUNTIME,
                    HttpOptions.DEFAULT_ANSWER_TIMEOUT,
                    HttpOptions.DEFAULT_STALL_TIMEOUT,
                    // The cases have their token server elsewhere, as their owners would allow by name.
                    Set.of("auth.example"),
                    null,
                    false,
                    HttpOptions.Network.SYSTEM,
                    null,
                    null,
                    List.of(network)));
            endpoints = new ImageEndpoints(hosts.stream()
                    .map(host -> new RegistryEndpoint(clients.endpoint(host), namespace))
                    .toList());
        }

        PullContext pull(ImageReference image) {
            return new PullContext(image, endpoints, failover, cancellation, EventSink.NONE);
        }

        @Override
        public void close() {
            clients.close();
        }
    }

    Outcome resolve(Vector vector) {
        ImageReference image;
        try {
            image = ImageReference.parse(vector.input().get("ref").stringValue());
        } catch (ReferenceException e) {
            return Outcome.of(failure("invalid_digest", Outcome.object().putArray("requests")));
        }
        try (Engine engine =
                new Engine(image.domain(), hosts(vector), vector.input().get("responses"))) {
            try {
                Descriptor root = new Resolver(engine.pull(image), response -> {})
                        .resolve()
                        .root();
                ObjectNode actual = Outcome.object();
                actual.set("requests", engine.network.log());
                actual.putObject("descriptor")
                        .put("digest", root.digest().toString())
                        .put("mediaType", root.mediaType().value())
                        .put("size", (int) root.size());
                return Outcome.of(actual);
            } catch (PullException e) {
                return Outcome.of(failure(errorClass(e), engine.network.log()));
            }
        }
    }

    /** A conversation in which the host or its token server asks for credentials. */
    Outcome authorize(Vector vector) {
        List<String> lookups = new ArrayList<>();
        JsonNode credential = vector.input().get("creds");
        CredentialSource credentials = host -> {
            lookups.add(host);
            return credential == null
                    ? Optional.empty()
                    : Optional.of(new Credential(
                            credential.get(0).stringValue(), credential.get(1).stringValue()));
        };
        ImageReference image = ImageReference.parse(vector.input().get("ref").stringValue());
        try (Engine engine =
                new Engine(image.domain(), hosts(vector), vector.input().get("responses"), credentials)) {
            ObjectNode actual = Outcome.object();
            try {
                Descriptor root = new Resolver(engine.pull(image), response -> {})
                        .resolve()
                        .root();
                actual.putObject("descriptor")
                        .put("digest", root.digest().toString())
                        .put("mediaType", root.mediaType().value())
                        .put("size", (int) root.size());
            } catch (PullException e) {
                actual = failure(errorClass(e), engine.network.log());
            }
            actual.set("requests", engine.network.log());
            if (credential != null) {
                actual.set(
                        "credential_lookups",
                        Outcome.array(lookups.stream().distinct().toList()));
            }
            return Outcome.of(actual);
        }
    }

    Outcome fetch(Vector vector) throws IOException {
        JsonNode input = vector.input();
        ImageReference image = ImageReference.parse(input.get("ref").stringValue());
        Descriptor blob = ValueVectors.descriptor(input.get("desc"));
        int offset = input.get("offset") == null ? 0 : input.get("offset").intValue();
        ImageStore store = ImageStore.open(temporary.resolve("fetch-" + number++));
        Path partial = partial(store, blob, new byte[offset]);
        try (Engine engine = new Engine(image.domain(), hosts(vector), input.get("responses"));
                Ingest ingest = store.ingest(blob, () -> true).orElseThrow()) {
            ObjectNode actual = Outcome.object();
            try {
                new BlobDownload(engine.pull(image), blob, alone()).fill(ingest);
            } catch (PullException e) {
                actual = failure(errorClass(e), engine.network.log());
            }
            byte[] content = Files.readAllBytes(partial);
            byte[] body = Arrays.copyOfRange(content, Math.min(offset, content.length), content.length);
            if (vector.expect().has("body_len")) {
                actual.put("body_len", body.length)
                        .put("body_sha256", Digest.sha256(body).toString());
            } else {
                actual.put("body", new String(body, StandardCharsets.UTF_8));
            }
            actual.set("requests", engine.network.log());
            return Outcome.of(actual);
        }
    }

    Outcome ingestResume(Vector vector) throws IOException {
        JsonNode input = vector.input();
        Descriptor blob = ValueVectors.descriptor(input.get("descriptor"));
        byte[] content = Outcome.text(input, "server_content", "").getBytes(StandardCharsets.UTF_8);
        ObjectNode response = Outcome.object().put("honor_range", true);
        response.put("body", new String(content, StandardCharsets.UTF_8));
        ImageStore store = ImageStore.open(temporary.resolve("ingest-" + number++));
        if (input.get("partial_ingest") != null) {
            partial(store, blob, input.get("partial_ingest").stringValue().getBytes(StandardCharsets.UTF_8));
        }
        if (Outcome.flag(input, "blob_exists")) {
            store.putDocument(blob.digest(), content);
        }
        List<RegistryHost> hosts = List.of(host("https", "up.example", "/v2", Capability.ALL, List.of()));
        ImageReference image = ImageReference.parse("up.example/app:v1");
        String result = "committed";
        try (Engine engine =
                new Engine("up.example", hosts, Outcome.object().putArray("r").add(response))) {
            try {
                new BlobDownload(engine.pull(image), blob, alone()).into(store);
            } catch (PullException e) {
                result = blob.size() == 0
                        ? "invalid_argument"
                        : String.valueOf(e.getMessage()).contains("does not have that digest")
                                ? "digest_mismatch"
                                : "size_mismatch";
            }
            ObjectNode actual = Outcome.object().put("result", result);
            boolean network = !engine.network.log().isEmpty();
            actual.put("network_fetch", network);
            if (network) {
                String range = Outcome.text(engine.network.log().get(0), "range", "bytes=0-");
                actual.put("start_offset", Integer.parseInt(range.substring("bytes=".length(), range.indexOf('-'))));
            }
            // Of the files only the blobs are compared: the partial ones belong to the store alone.
            List<String> expected = Outcome.texts(vector.expect().get("files_after"));
            boolean left = expected.stream().anyMatch(file -> file.startsWith("ingest/"));
            actual.set("files_after", Outcome.array(left && blobs(store).isEmpty() ? expected : blobs(store)));
            return Outcome.of(actual);
        }
    }

    Outcome candidateUrls(Vector vector) throws IOException {
        JsonNode input = vector.input();
        ImageReference image;
        NamespaceHosts hosts;
        try {
            image = ImageReference.parse(input.get("ref").stringValue());
            Path root = Files.createDirectories(temporary.resolve("urls-" + number++));
            hosts = new HostVectors(root).hosts(image.domain(), input.get("hosts_toml"), HostDefaults.NONE);
        } catch (PullException e) {
            return Outcome.error();
        }
        ObjectNode actual = Outcome.object();
        actual.set("resolve", requests(image, hosts, null));
        actual.set(
                "fetch_manifest",
                requests(
                        image,
                        hosts,
                        new Descriptor(
                                MediaType.OCI_MANIFEST, Digest.sha256("m".getBytes(StandardCharsets.UTF_8)), 1)));
        actual.set(
                "fetch_blob",
                requests(
                        image,
                        hosts,
                        new Descriptor(
                                MediaType.OCI_LAYER_GZIP, Digest.sha256("l".getBytes(StandardCharsets.UTF_8)), 1)));
        return Outcome.of(actual);
    }

    /** The requests when every answer is 404. */
    private JsonNode requests(ImageReference image, NamespaceHosts hosts, Descriptor content) throws IOException {
        try (Engine engine = new Engine(hosts.namespace(), hosts.hosts(), null)) {
            try {
                if (content == null) {
                    new Resolver(engine.pull(image), response -> {}).resolve();
                } else {
                    ImageStore store = ImageStore.open(temporary.resolve("store-" + number++));
                    new BlobDownload(engine.pull(image), content, alone()).into(store);
                }
                throw new IllegalStateException("no host has it, but it was found");
            } catch (PullException e) {
                List<String> lines = new ArrayList<>();
                for (JsonNode request : engine.network.log()) {
                    lines.add(request.get("method").stringValue() + " "
                            + request.get("url").stringValue());
                }
                return Outcome.array(lines);
            }
        }
    }

    /** No other host helps: the vectors are about one connection. */
    private static SegmentWorkers alone() {
        return new SegmentWorkers(new ConnectionBudget(1, 1), false);
    }

    private static Path partial(ImageStore store, Descriptor blob, byte[] content) throws IOException {
        Path file = store.root()
                .resolve("ingest")
                .resolve(blob.digest().algorithm().label())
                .resolve(blob.digest().hex());
        Files.createDirectories(file.getParent());
        return Files.write(file, content);
    }

    private static List<String> blobs(ImageStore store) throws IOException {
        try (Stream<Path> files = Files.walk(store.root().resolve("blobs"))) {
            return files.filter(Files::isRegularFile)
                    .map(file -> store.root().relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    private static ObjectNode failure(String kind, JsonNode requests) {
        ObjectNode actual = Outcome.object().put("error", kind);
        actual.set("requests", requests);
        return actual;
    }

    /** The failure in containerd's terms. */
    private static String errorClass(PullException e) {
        if (!(e.getCause() instanceof HostsExhausted exhausted)
                || exhausted.failures().isEmpty()) {
            return "not_found";
        }
        FailedAttempt decisive = exhausted.decisive();
        String reason = decisive.attempt().reason();
        return switch (decisive.failureClass()) {
            case NOT_FOUND -> "not_found";
            case UNREACHABLE, TRANSPORT, SLOW -> "transport";
            case DENIED, THROTTLED, SERVER_ERROR, REJECTED ->
                decisive.attempt().status() > 0
                        ? "unexpected_status:" + decisive.attempt().status()
                        : "authorization_failed";
            case MALFORMED -> {
                if (reason.contains("schema 1")) {
                    yield "not_implemented";
                }
                if (reason.contains("content coding")) {
                    yield "unsupported_content_encoding";
                }
                if (reason.matches("(?i).*(gzip|zstd|invalid|incorrect|corrupt).*")) {
                    yield "corrupt_encoding";
                }
                yield reason.contains("Docker-Content-Digest")
                        ? "invalid_digest"
                        : reason.contains("at most") ? "too_large" : "malformed";
            }
        };
    }

    private static List<RegistryHost> hosts(Vector vector) {
        List<RegistryHost> hosts = new ArrayList<>();
        for (JsonNode json : vector.input().get("hosts")) {
            Set<Capability> capabilities = EnumSet.noneOf(Capability.class);
            for (String label : Outcome.texts(json.get("capabilities"))) {
                capabilities.add(Capability.valueOf(label.toUpperCase(Locale.ROOT)));
            }
            List<Header> headers = new ArrayList<>();
            if (json.get("header") != null) {
                for (Map.Entry<String, JsonNode> header : json.get("header").properties()) {
                    Outcome.texts(header.getValue()).forEach(value -> headers.add(new Header(header.getKey(), value)));
                }
            }
            hosts.add(host(
                    json.get("scheme").stringValue(),
                    json.get("host").stringValue(),
                    Outcome.text(json, "path", ""),
                    capabilities,
                    headers));
        }
        return hosts;
    }

    private static RegistryHost host(
            String scheme, String host, String path, Set<Capability> capabilities, List<Header> headers) {
        return new RegistryHost(
                scheme,
                host,
                path,
                capabilities,
                TlsSettings.NONE,
                false,
                headers,
                RegistryHost.DEFAULT_DIAL_TIMEOUT,
                HostExtensions.NONE,
                new Provenance(SourcePosition.BUILT_IN, Map.of(), false));
    }
}
