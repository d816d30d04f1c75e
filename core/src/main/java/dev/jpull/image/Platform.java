// SPDX-License-Identifier: Apache-2.0
package dev.jpull.image;

import dev.jpull.error.ReferenceException;
import dev.jpull.text.ForeignText;
import java.io.Serializable;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What an image runs on (OCI image-spec, image-index.md; docs/containerd.md section 10.6).
 *
 * @param os the operating system, in the words of Go: {@code linux}, {@code windows}, {@code darwin}
 * @param architecture the processor, in the words of Go: {@code amd64}, {@code arm64}, {@code arm}
 * @param variant the variant of the processor, such as {@code v7}; empty when there is none
 * @param osVersion the version of the operating system, used by Windows; empty when there is none
 * @param osFeatures features that the operating system must have
 * @since 0.1.0
 */
public record Platform(String os, String architecture, String variant, String osVersion, List<String> osFeatures)
        implements Serializable {
    private static final Pattern COMPONENT = Pattern.compile("[A-Za-z0-9_.-]+");
    private static final Pattern OS =
            Pattern.compile("([A-Za-z0-9_-]+)(?:\\(([A-Za-z0-9_.%-]*)((?:\\+[A-Za-z0-9_.%-]+)*)\\))?");
    private static final Set<String> KNOWN_OS = Set.of(
            "aix",
            "android",
            "darwin",
            "dragonfly",
            "freebsd",
            "hurd",
            "illumos",
            "ios",
            "js",
            "linux",
            "nacl",
            "netbsd",
            "openbsd",
            "plan9",
            "solaris",
            "windows",
            "zos");
    private static final Set<String> KNOWN_ARCHITECTURES = Set.of(
            "386",
            "amd64",
            "amd64p32",
            "arm",
            "armbe",
            "arm64",
            "arm64be",
            "ppc64",
            "ppc64le",
            "loong64",
            "mips",
            "mipsle",
            "mips64",
            "mips64le",
            "mips64p32",
            "mips64p32le",
            "ppc",
            "riscv",
            "riscv64",
            "s390",
            "s390x",
            "sparc",
            "sparc64",
            "wasm");

    /** Copies the features. */
    public Platform {
        Objects.requireNonNull(os, "os");
        Objects.requireNonNull(architecture, "architecture");
        Objects.requireNonNull(variant, "variant");
        Objects.requireNonNull(osVersion, "osVersion");
        osFeatures = List.copyOf(osFeatures);
    }

    /**
     * A platform without version and features.
     *
     * @param os the operating system, as in {@code linux}
     * @param architecture the architecture, as in {@code arm64}
     * @param variant the variant of the architecture; empty for none
     */
    public Platform(String os, String architecture, String variant) {
        this(os, architecture, variant, "", List.of());
    }

    /** {@return the platform of this machine; of Linux in a virtual machine when this is a desktop system} */
    public static Platform host() {
        String os = System.getProperty("os.name", "").startsWith("Windows") ? "windows" : "linux";
        return new Platform(os, System.getProperty("os.arch", ""), "").normalised(new Platform("linux", "amd64", ""));
    }

    /**
     * Reads a platform as users write it: {@code linux/arm64}, {@code arm/v7} is not possible but {@code arm64} and
     * {@code linux} are, with the rest taken from the host.
     *
     * @param text {@code os[(version+feature…)]}, {@code arch}, {@code os/arch} or {@code os/arch/variant}
     * @param host where the missing part comes from
     * @return the platform in its normal form
     * @throws ReferenceException if it is none of these
     */
    public static Platform parse(String text, Platform host) {
        String[] parts = text.split("/", -1);
        Matcher first = OS.matcher(parts[0]);
        boolean wellFormed = parts.length <= 3
                && first.matches()
                && Arrays.stream(parts)
                        .skip(1)
                        .allMatch(part -> COMPONENT.matcher(part).matches());
        if (!wellFormed) {
            throw unknown(text);
        }
        String os = normaliseOs(first.group(1), host);
        String version = first.group(2) == null ? "" : decode(first.group(2), text);
        List<String> features = first.group(3) == null || first.group(3).isEmpty()
                ? List.of()
                : Arrays.stream(first.group(3).substring(1).split("\\+"))
                        .map(feature -> decode(feature, text))
                        .toList();
        if (parts.length == 1) {
            return parseSingle(parts[0], os, version, features, host, text);
        }
        Processor processor = Processor.of(parts[1], parts.length == 3 ? parts[2] : "");
        String variant = processor.variant();
        if (parts.length == 2) {
            variant = processor.impliedVariantLeftOut();
        } else if (processor.architecture().equals("arm64") && variant.isEmpty()) {
            variant = "v8";
        }
        return new Platform(os, processor.architecture(), variant, version, features);
    }

    /**
     * Reads a platform as users write it, on this machine.
     *
     * @param text a platform as users write it
     * @return the platform in its normal form
     */
    public static Platform parse(String text) {
        return parse(text, host());
    }

    /**
     * {@return the canonical spelling of this platform}
     *
     * @param host where a missing operating system comes from
     */
    public Platform normalised(Platform host) {
        Processor processor = Processor.of(architecture, variant);
        return new Platform(
                normaliseOs(os, host),
                processor.architecture(),
                processor.variant(),
                osVersion,
                osFeatures.stream().sorted().distinct().toList());
    }

    /** {@return the platform with version and features: {@code windows(10.0.17763+win32k)/amd64}} */
    public String formatAll() {
        String options = encode(osVersion)
                + osFeatures.stream()
                        .sorted()
                        .map(feature -> "+" + encode(feature))
                        .collect(Collectors.joining());
        return options.isEmpty() || os.isEmpty() ? toString() : join(os + "(" + options + ")");
    }

    /** The platform as {@code os/architecture[/variant]}. */
    @Override
    public String toString() {
        return ForeignText.line(os.isEmpty() ? "unknown" : join(os));
    }

    private String join(String first) {
        return first + (architecture.isEmpty() ? "" : "/" + architecture) + (variant.isEmpty() ? "" : "/" + variant);
    }

    private static Platform parseSingle(
            String word, String os, String version, List<String> features, Platform host, String text) {
        if (KNOWN_OS.contains(os)) {
            boolean implied =
                    host.architecture().equals("arm") && host.variant().equals("v7");
            return new Platform(
                    os,
                    host.architecture(),
                    implied || !host.architecture().equals("arm") ? "" : host.variant(),
                    version,
                    features);
        }
        Processor processor = Processor.of(word, "");
        if (!KNOWN_ARCHITECTURES.contains(processor.architecture())) {
            throw unknown(text);
        }
        return new Platform(host.os(), processor.architecture(), processor.impliedVariantLeftOut(), version, features);
    }

    /** An architecture and its variant in canonical spelling. */
    private record Processor(String architecture, String variant) {
        static Processor of(String givenArchitecture, String givenVariant) {
            String architecture = givenArchitecture.toLowerCase(Locale.ROOT);
            String variant = givenVariant.toLowerCase(Locale.ROOT);
            return switch (architecture) {
                case "i386" -> new Processor("386", "");
                case "x86_64", "x86-64", "amd64" -> new Processor("amd64", variant.equals("v1") ? "" : variant);
                case "aarch64", "arm64" ->
                    new Processor(
                            "arm64",
                            switch (variant) {
                                case "8", "v8", "v8.0", "8.0" -> "";
                                case "9", "9.0", "v9.0" -> "v9";
                                default -> variant;
                            });
                case "armhf" -> new Processor("arm", "v7");
                case "armel" -> new Processor("arm", "v6");
                case "arm" ->
                    new Processor(
                            "arm",
                            switch (variant) {
                                case "", "7" -> "v7";
                                case "5", "6", "8" -> "v" + variant;
                                default -> variant;
                            });
                default -> new Processor(architecture, variant);
            };
        }

        String impliedVariantLeftOut() {
            return architecture.equals("arm") && variant.equals("v7") ? "" : variant;
        }
    }

    private static String normaliseOs(String os, Platform host) {
        String lower = os.toLowerCase(Locale.ROOT);
        return lower.isEmpty() ? host.os() : lower.equals("macos") ? "darwin" : lower;
    }

    private static String encode(String option) {
        return option.replace("%", "%25")
                .replace("+", "%2B")
                .replace("(", "%28")
                .replace(")", "%29")
                .replace("/", "%2F");
    }

    private static String decode(String option, String text) {
        try {
            return URLDecoder.decode(option, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw unknown(text);
        }
    }

    private static ReferenceException unknown(String text) {
        return new ReferenceException("\"" + text
                + "\" is not a platform: write os/architecture[/variant], such as linux/amd64 or linux/arm/v7");
    }
}
