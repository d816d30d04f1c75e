// SPDX-License-Identifier: Apache-2.0
package dev.jpull.manifest;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Platform;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Decides which platforms will do, and which of them is best (docs/containerd.md section 10.6). Immutable. */
public final class PlatformMatcher {
    private static final int WINDOWS_SERVER_2022 = 20348;
    private static final int WINDOWS_SERVER_2025 = 26100;
    private static final int NO_MATCH = Integer.MAX_VALUE;

    private final @Nullable List<Platform> wanted;
    private final boolean ranked;
    private final Platform host;

    private PlatformMatcher(@Nullable List<Platform> wanted, boolean ranked, Platform host) {
        this.wanted = wanted;
        this.ranked = ranked;
        this.host = host;
    }

    /** One platform, and those that can run on it as well: amd64 runs 386, arm64 runs 32-bit arm. */
    public static PlatformMatcher only(Platform platform, Platform host) {
        return new PlatformMatcher(compatible(platform.normalised(host)), true, host);
    }

    /** One platform and nothing else. */
    public static PlatformMatcher onlyStrict(Platform platform, Platform host) {
        return ordered(List.of(platform), host);
    }

    /** Each of these platforms, strictly, the earlier ones preferred. */
    public static PlatformMatcher ordered(List<Platform> platforms, Platform host) {
        return new PlatformMatcher(
                platforms.stream().map(p -> p.normalised(host)).toList(), true, host);
    }

    /** Each of these platforms, strictly, without preference. */
    public static PlatformMatcher any(List<Platform> platforms, Platform host) {
        return new PlatformMatcher(
                platforms.stream().map(p -> p.normalised(host)).toList(), false, host);
    }

    /** Every platform. */
    public static PlatformMatcher all() {
        return new PlatformMatcher(null, false, Platform.host());
    }

    /** Whether every platform will do. */
    public boolean matchesAll() {
        return wanted == null;
    }

    /** Whether the platform will do. */
    public boolean matches(Platform platform) {
        return wanted == null || rank(platform) != NO_MATCH;
    }

    /** The entries of an index that will do, in index order; an entry without a platform always does. */
    public List<Descriptor> filter(List<Descriptor> manifests) {
        return manifests.stream()
                .filter(manifest -> manifest.platform() == null || matches(manifest.platform()))
                .toList();
    }

    /** The best {@code limit} entries of an index that will do, best first; an entry without a platform comes last. */
    public List<Descriptor> select(List<Descriptor> manifests, int limit) {
        List<Descriptor> sorted = new ArrayList<>(filter(manifests));
        sorted.sort(Comparator.comparing(Descriptor::platform, Comparator.nullsLast(this::compare)));
        return List.copyOf(sorted.subList(0, Math.min(limit, sorted.size())));
    }

    /** The wanted platforms, human-readable. */
    @Override
    public String toString() {
        return wanted == null
                ? "all platforms"
                : wanted.stream().map(Platform::formatAll).distinct().collect(Collectors.joining(", "));
    }

    private int compare(Platform a, Platform b) {
        int byRank = Integer.compare(preference(a), preference(b));
        if (byRank != 0 || preference(a) == NO_MATCH) {
            return byRank;
        }
        return Integer.compare(b.osFeatures().size(), a.osFeatures().size());
    }

    private int preference(Platform platform) {
        if (wanted == null) {
            return NO_MATCH;
        }
        int rank = rank(platform);
        return ranked || rank == NO_MATCH ? rank : 0;
    }

    private int rank(Platform platform) {
        List<Platform> candidates = wanted == null ? List.of() : wanted;
        Platform normalised = platform.normalised(host);
        for (int i = 0; i < candidates.size(); i++) {
            if (matches(candidates.get(i), normalised)) {
                return i;
            }
        }
        return NO_MATCH;
    }

    private static boolean matches(Platform wanted, Platform offered) {
        return wanted.os().equals(offered.os())
                && wanted.architecture().equals(offered.architecture())
                && wanted.variant().equals(offered.variant())
                && (!wanted.os().equals("windows") || windowsVersionMatches(wanted.osVersion(), offered.osVersion()))
                && hasFeatures(wanted, offered);
    }

    private static boolean hasFeatures(Platform wanted, Platform offered) {
        Set<String> needed = new TreeSet<>(offered.osFeatures());
        needed.remove("win32k"); // every Windows host that runs containers has it, and few say so
        return wanted.osFeatures().containsAll(needed);
    }

    private static boolean windowsVersionMatches(String host, String image) {
        int[] wanted = build(host);
        if (wanted == null || image.isEmpty()) {
            return true;
        }
        int[] offered = build(image);
        if (offered == null || wanted[0] != offered[0] || wanted[1] != offered[1]) {
            return false;
        }
        if (wanted[2] < WINDOWS_SERVER_2022) {
            return wanted[2] == offered[2];
        }
        int oldest = wanted[2] >= WINDOWS_SERVER_2025 ? previousLongTermRelease(wanted[2]) : WINDOWS_SERVER_2022;
        return offered[2] >= oldest && offered[2] <= wanted[2];
    }

    private static int previousLongTermRelease(int build) {
        return build > WINDOWS_SERVER_2025 ? WINDOWS_SERVER_2025 : WINDOWS_SERVER_2022;
    }

    private static int @Nullable [] build(String version) {
        String[] parts = version.split("\\.", -1);
        if (parts.length < 3) {
            return null;
        }
        try {
            return new int[] {Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2])};
        } catch (NumberFormatException e) {
            return null; // not a Windows version: says nothing
        }
    }

    private static List<Platform> compatible(Platform platform) {
        List<Platform> list = new ArrayList<>();
        list.add(platform);
        switch (platform.architecture()) {
            case "amd64" -> {
                for (int level = version(platform.variant()) - 1; level >= 1; level--) {
                    list.add(with(platform, "amd64", "v" + level).normalised(platform));
                }
                list.add(with(platform, "386", ""));
            }
            case "arm" -> {
                for (int version = version(platform.variant()) - 1; version >= 5; version--) {
                    list.add(with(platform, "arm", "v" + version));
                }
            }
            case "arm64" -> addArm64(list, platform);
            default -> {
                // Nothing else runs there.
            }
        }
        return List.copyOf(list);
    }

    /** Armv9.x has everything that Armv8.(x+5) has, up to v8.9; both run 32-bit code of Armv8 and below. */
    private static void addArm64(List<Platform> list, Platform platform) {
        String variant = platform.variant().isEmpty() ? "v8" : platform.variant();
        int dot = variant.indexOf('.');
        int major = version(dot < 0 ? variant : variant.substring(0, dot));
        int minor = dot < 0 ? 0 : version(variant.substring(dot + 1));
        if (major == 9) {
            for (int lower = minor - 1; lower >= 0; lower--) {
                list.add(with(platform, "arm64", lower == 0 ? "v9" : "v9." + lower));
            }
            minor = Math.min(minor + 5, 9) + 1;
        }
        for (int lower = minor - 1; lower >= 0; lower--) {
            list.add(with(platform, "arm64", lower == 0 ? "" : "v8." + lower));
        }
        String arm = variant.startsWith("v8.") || variant.startsWith("v9.") ? "v8" : variant;
        list.addAll(compatible(with(platform, "arm", arm)));
    }

    private static Platform with(Platform platform, String architecture, String variant) {
        return new Platform(platform.os(), architecture, variant, platform.osVersion(), platform.osFeatures());
    }

    /** The number in a variant such as {@code v7}, or 0. */
    private static int version(String variant) {
        String digits = variant.startsWith("v") ? variant.substring(1) : variant;
        return !digits.isEmpty() && digits.length() <= 3 && digits.chars().allMatch(c -> c >= '0' && c <= '9')
                ? Integer.parseInt(digits)
                : 0;
    }
}
