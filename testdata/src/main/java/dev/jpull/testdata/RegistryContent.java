// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a {@link TestRegistry} serves, and its ordinary answers. Safe for use by several threads. */
final class RegistryContent {
    private static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    private static final JsonMapper MAPPER = new JsonMapper();

    /** By repository, a slash, and the tag or digest. */
    private final Map<String, TestImage.Document> manifests = new ConcurrentSkipListMap<>();

    private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
    private volatile boolean referrersApi;
    private volatile int pageSize = Integer.MAX_VALUE;

    void add(String repository, TestImage image) {
        image.documents().forEach((digest, document) -> put(repository, digest, document));
        blobs.putAll(image.blobs());
    }

    void put(String repository, String reference, TestImage.Document document) {
        manifests.put(repository + "/" + reference, document);
    }

    void putBlob(String digest, byte[] blob) {
        blobs.put(digest, blob);
    }

    void referrersApi(boolean there) {
        referrersApi = there;
    }

    void pagesOf(int entries) {
        pageSize = entries;
    }

    /** Adds the root of a referrer to the index under the tag of its subject. */
    synchronized void addToFallback(String repository, TestImage referrer) {
        TestImage.Document root = referrer.document(referrer.rootDigest());
        String subject =
                MAPPER.readTree(root.content()).path("subject").path("digest").asString();
        String tag = fallbackTag(subject);
        List<Object> entries = new ArrayList<>();
        TestImage.Document before = manifests.get(repository + "/" + tag);
        if (before != null) {
            MAPPER.readTree(before.content()).path("manifests").forEach(entries::add);
        }
        entries.add(entry(referrer.rootDigest(), root));
        put(repository, tag, new TestImage.Document(OCI_INDEX, index(entries)));
    }

    private static String fallbackTag(String digest) {
        String tag = digest.replace(':', '-');
        return tag.substring(0, Math.min(tag.length(), tag.indexOf('-') + 1 + 64));
    }

    private static byte[] index(List<Object> entries) {
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("schemaVersion", 2);
        index.put("mediaType", OCI_INDEX);
        index.put("manifests", entries);
        return MAPPER.writeValueAsBytes(index);
    }

    private static Map<String, Object> entry(String digest, TestImage.Document document) {
        JsonNode json = MAPPER.readTree(document.content());
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("mediaType", document.mediaType());
        entry.put("digest", digest);
        entry.put("size", document.content().length);
        JsonNode own = json.path("artifactType");
        entry.put(
                "artifactType",
                own.isString()
                        ? own.asString()
                        : json.path("config").path("mediaType").asString(""));
        if (json.has("annotations")) {
            entry.put("annotations", json.path("annotations"));
        }
        return entry;
    }

    /** The answer to a request for content or for a list. */
    Reply reply(LoggedRequest request, boolean ignoreRange) {
        String path = request.path();
        int manifest = path.indexOf("/manifests/");
        int blob = path.indexOf("/blobs/");
        int referrers = path.indexOf("/referrers/");
        if (manifest > 0) {
            return manifest(repository(path, manifest), path.substring(manifest + "/manifests/".length()));
        }
        if (blob > 0) {
            byte[] content = blobs.get(path.substring(blob + "/blobs/".length()));
            return content == null
                    ? Reply.error(404, "BLOB_UNKNOWN", "blob unknown")
                    : ignoreRange ? Reply.ok(content) : Reply.range(content, request.header("range"));
        }
        if (path.endsWith("/tags/list")) {
            return tags(request, repository(path, path.length() - "/tags/list".length()));
        }
        if (referrers > 0 && referrersApi) {
            return referrers(request, repository(path, referrers), path.substring(referrers + "/referrers/".length()));
        }
        return path.equals("/v2/") ? Reply.ok(new byte[0]) : Reply.error(404, "NAME_UNKNOWN", "nothing here");
    }

    private Reply manifest(String repository, String reference) {
        TestImage.Document document = manifests.get(repository + "/" + reference);
        return document == null
                ? Reply.error(404, "MANIFEST_UNKNOWN", "manifest unknown")
                : Reply.ok(document.content())
                        .with("Content-Type", document.mediaType())
                        .with(
                                "Docker-Content-Digest",
                                reference.contains(":") ? reference : TestImage.digest(document.content()));
    }

    private Reply tags(LoggedRequest request, String repository) {
        List<String> tags = new ArrayList<>();
        for (String reference : references(repository).keySet()) {
            if (!reference.contains(":")) {
                tags.add(reference);
            }
        }
        if (tags.isEmpty()) {
            return Reply.error(404, "NAME_UNKNOWN", "repository name not known to registry");
        }
        String asked = request.parameter("n");
        int size = Math.min(pageSize, asked == null ? Integer.MAX_VALUE : Integer.parseInt(asked));
        String last = request.parameter("last");
        List<String> rest = tags.stream()
                .filter(tag -> last == null || tag.compareTo(last) > 0)
                .toList();
        List<String> page = rest.subList(0, Math.min(size, rest.size()));
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("name", repository);
        list.put("tags", page);
        Reply reply = Reply.ok(MAPPER.writeValueAsBytes(list)).with("Content-Type", "application/json");
        return page.size() == rest.size()
                ? reply
                : reply.with("Link", next(request.path(), "n=" + size + "&last=" + page.get(page.size() - 1)));
    }

    private Reply referrers(LoggedRequest request, String repository, String subject) {
        String wanted = request.parameter("artifactType");
        List<Object> entries = new ArrayList<>();
        references(repository).forEach((reference, document) -> {
            JsonNode json = MAPPER.readTree(document.content());
            if (reference.contains(":")
                    && json.path("subject").path("digest").asString("").equals(subject)) {
                Map<String, Object> entry = entry(reference, document);
                if (wanted == null || wanted.equals(entry.get("artifactType"))) {
                    entries.add(entry);
                }
            }
        });
        String from = request.parameter("from");
        int start = from == null ? 0 : Integer.parseInt(from);
        int end = (int) Math.min(entries.size(), (long) start + pageSize);
        Reply reply =
                Reply.ok(index(entries.subList(Math.min(start, end), end))).with("Content-Type", OCI_INDEX);
        if (wanted != null) {
            reply = reply.with("OCI-Filters-Applied", "artifactType");
        }
        return end == entries.size() ? reply : reply.with("Link", next(request.path(), "from=" + end));
    }

    private static String next(String path, String query) {
        return "<" + path + "?" + query + ">; rel=\"next\"";
    }

    /** The documents of a repository by tag and digest. */
    private Map<String, TestImage.Document> references(String repository) {
        Map<String, TestImage.Document> found = new TreeMap<>();
        manifests.forEach((key, document) -> {
            String reference = referenceIn(repository, key);
            if (reference != null) {
                found.put(reference, document);
            }
        });
        return found;
    }

    private static @Nullable String referenceIn(String repository, String key) {
        int slash = key.lastIndexOf('/');
        return key.substring(0, slash).equals(repository) ? key.substring(slash + 1) : null;
    }

    private static String repository(String path, int end) {
        int version = path.indexOf("/v2/");
        return version < 0
                ? path.substring(1, end)
                : path.substring(version + "/v2/".length(), Math.max(version + 4, end));
    }
}
