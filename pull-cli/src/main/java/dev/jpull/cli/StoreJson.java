// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.LocalStore.Damage;
import dev.jpull.LocalStore.Removal;
import dev.jpull.LocalStore.StoredImage;
import dev.jpull.LocalStore.StoredSnapshot;
import dev.jpull.LocalStore.UnknownEntry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The JSON output of the store commands. Fields may be added, never renamed. */
final class StoreJson {
    private StoreJson() {}

    static String images(List<StoredImage> images, List<UnknownEntry> unknown) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("images", images.stream().map(StoreJson::image).toList());
        json.put("unknown", unknown.stream().map(StoreJson::unknown).toList());
        return ResultJson.write(json);
    }

    private static Map<String, Object> unknown(UnknownEntry entry) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", entry.name());
        json.put("digest", entry.digest());
        json.put("reason", entry.reason());
        return json;
    }

    private static Map<String, Object> image(StoredImage image) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", image.name());
        json.put("digest", image.root().digest().toString());
        json.put("mediaType", image.root().mediaType().value());
        json.put("bytes", image.bytes());
        json.put("used", image.used().toString());
        json.put("referrers", image.referrers());
        json.put("referrerBytes", image.referrerBytes());
        return json;
    }

    /**
     * The damage that was found, and the damage that remains.
     *
     * @param left the damage that is not repaired
     */
    static String damages(List<Damage> damages, boolean repair, List<Damage> left) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("damaged", damages.stream().map(StoreJson::damage).toList());
        json.put("repair", repair);
        json.put("left", left.stream().map(StoreJson::damage).toList());
        return ResultJson.write(json);
    }

    private static Map<String, Object> damage(Damage damage) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kind", damage.kind().name().toLowerCase(Locale.ROOT));
        json.put("digest", damage.descriptor().digest().toString());
        json.put("path", damage.path().toString());
        json.put("reason", damage.reason());
        json.put("images", damage.images());
        return json;
    }

    static String snapshots(List<StoredSnapshot> snapshots) {
        return ResultJson.write(
                Map.of("snapshots", snapshots.stream().map(StoreJson::snapshot).toList()));
    }

    private static Map<String, Object> snapshot(StoredSnapshot snapshot) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("snapshotter", snapshot.snapshotter().label());
        json.put("chainId", snapshot.chainId().toString());
        json.put("parent", snapshot.parent() == null ? null : String.valueOf(snapshot.parent()));
        json.put("diffId", snapshot.diffId().toString());
        json.put("path", snapshot.tree().toString());
        json.put("bytes", snapshot.bytes());
        json.put("used", snapshot.used().toString());
        json.put("images", snapshot.images());
        return json;
    }

    static String removal(Removal removal, boolean dryRun) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("images", removal.images());
        json.put("blobs", removal.blobs().stream().map(Object::toString).toList());
        json.put("snapshots", removal.snapshots().stream().map(Object::toString).toList());
        json.put("leftovers", removal.leftovers());
        json.put("bytes", removal.bytes());
        json.put("dryRun", dryRun);
        return ResultJson.write(json);
    }
}
