// SPDX-License-Identifier: Apache-2.0
package dev.jpull.list;

import dev.jpull.error.ReferenceException;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageReference;
import dev.jpull.image.Platform;
import dev.jpull.list.ImageSettings.Platforms;
import dev.jpull.list.ImageSettings.Referrers;
import dev.jpull.manifest.ReferrerSelection;
import dev.jpull.yaml.YamlException;
import dev.jpull.yaml.YamlFile;
import dev.jpull.yaml.YamlMistake;
import dev.jpull.yaml.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A list in YAML (docs/lists.md): {@code images}, each a reference or a mapping, and {@code defaults} for all of them. Texts stay as
 * they are written: the tag {@code 1.10} is no number. For use by one thread.
 */
final class YamlList {
    /** Keys that other programs take credentials from. */
    static final Pattern CREDENTIALS = Pattern.compile(
            "(?i)(?:.*[-_])?(?:user|username|pass|password|auth|token|secret|credentials?)|identity-?token|registry-?token|creds");

    /** What to do instead of writing credentials into a list. */
    static final String CREDENTIALS_REMEDY = "remove it, and log in with docker or podman, or use --user";

    private static final List<String> SETTINGS = List.of("platforms", "rename", "referrers");
    private static final List<String> SELECTION =
            List.of("registry", "repository", "tags", "regex", "semver", "newest", "digests");
    private static final Set<String> SKOPEO =
            Set.of("images", "images-by-tag-regex", "images-by-semver", "tls-verify", "cert-dir");
    private static final Pattern TAG = Pattern.compile("\\w[\\w.-]{0,127}");
    private static final Pattern GLOB = Pattern.compile("[\\w.*?-]{1,128}");

    private final Problems problems;

    YamlList(Problems problems) {
        this.problems = problems;
    }

    private Optional<YamlNode> document(String text) {
        try {
            YamlFile.Document document = YamlFile.read(problems.file(), text);
            document.mistakes().forEach(each -> problems.add(each.position(), each.message(), each.remedy()));
            return document.root();
        } catch (YamlException e) {
            YamlMistake mistake = e.mistake();
            throw problems.fatal(mistake.position(), mistake.message(), mistake.remedy());
        }
    }

    /** Reads a document; mistakes are reported to the problems. */
    List<ListEntry> read(String text) {
        Optional<YamlNode> root = document(text);
        if (root.isEmpty()) {
            return List.of();
        }
        if (root.get() instanceof YamlNode.Sequence sequence) {
            return entries(sequence, ImageSettings.NONE);
        }
        if (!(root.get() instanceof YamlNode.Mapping mapping)) {
            throw problems.fatal(root.get().position(), "it has no key \"images\"", "write images: and a list");
        }
        refuseOtherFormat(mapping);
        YamlFields fields = new YamlFields(mapping, problems);
        ImageSettings defaults = fields.node("defaults").map(this::defaults).orElse(ImageSettings.NONE);
        YamlNode images = fields.node("images").orElse(null);
        fields.refuseOthers("a list", List.of("defaults", "images"));
        if (images instanceof YamlNode.Sequence sequence) {
            return entries(sequence, defaults);
        }
        problems.add(
                images == null ? fields.position() : images.position(),
                images == null ? "the key \"images\" is missing" : "\"images\" is no list",
                "write images: and below it a line with - for each image");
        return List.of();
    }

    /** The lists of skopeo sync are YAML too: each key is a registry, with these keys below. */
    private void refuseOtherFormat(YamlNode.Mapping root) {
        for (YamlNode.Member member : root.members()) {
            if (member.value() instanceof YamlNode.Mapping below
                    && below.members().stream()
                            .anyMatch(each -> SKOPEO.contains(each.key().text()))) {
                throw problems.fatal(
                        member.key().position(),
                        "this looks like a list of skopeo sync, which has another form",
                        "write images: and below it - with registry:, repository: and tags: for each repository, as"
                                + " docs/lists.md says");
            }
        }
    }

    private ImageSettings defaults(YamlNode node) {
        if (!(node instanceof YamlNode.Mapping mapping)) {
            problems.add(node.position(), "\"defaults\" has no keys", "write platforms or referrers below it");
            return ImageSettings.NONE;
        }
        YamlFields fields = new YamlFields(mapping, problems);
        ImageSettings settings = settings(fields);
        fields.refuseOthers("defaults", SETTINGS);
        return settings;
    }

    private List<ListEntry> entries(YamlNode.Sequence images, ImageSettings defaults) {
        List<ListEntry> entries = new ArrayList<>();
        for (YamlNode item : images.items()) {
            if (item instanceof YamlNode.Scalar scalar && !scalar.isNull()) {
                try {
                    entries.add(ListEntry.of(scalar.position(), Repositories.image(scalar.text()), defaults));
                } catch (InvalidRuleException e) {
                    problems.add(scalar.position(), String.valueOf(e.getMessage()), e.remedy());
                }
            } else if (item instanceof YamlNode.Mapping mapping) {
                entry(new YamlFields(mapping, problems), defaults).ifPresent(entries::add);
            } else {
                problems.add(item.position(), "there is no image here", "write an image, or repository: and tags:");
            }
        }
        return entries;
    }

    private Optional<ListEntry> entry(YamlFields fields, ImageSettings defaults) {
        Optional<ListEntry> entry = fields.has("image") ? single(fields) : selected(fields);
        ImageSettings settings = settings(fields).orElse(defaults);
        List<String> known = new ArrayList<>(List.of("image"));
        known.addAll(SELECTION);
        known.addAll(SETTINGS);
        fields.refuseOthers("an entry", known);
        return entry.map(
                found -> new ListEntry(found.position(), found.repository(), found.tags(), found.digests(), settings));
    }

    private Optional<ListEntry> single(YamlFields fields) {
        Optional<YamlNode.Scalar> image = fields.text("image");
        for (String key : SELECTION) {
            if (fields.node(key).isPresent()) {
                problems.add(
                        fields.positionOf(key),
                        "\"image\" excludes \"" + key + "\"",
                        "write repository instead of image, or remove " + key);
            }
        }
        try {
            if (image.isPresent()) {
                return Optional.of(ListEntry.of(
                        fields.position(), Repositories.image(image.get().text()), ImageSettings.NONE));
            }
        } catch (InvalidRuleException e) {
            problems.add(fields.positionOf("image"), String.valueOf(e.getMessage()), e.remedy());
        }
        return Optional.empty();
    }

    private Optional<ListEntry> selected(YamlFields fields) {
        String registry = fields.text("registry").map(YamlNode.Scalar::text).orElse("");
        Optional<YamlNode.Scalar> repository = fields.text("repository");
        TagSelection tags = tags(fields);
        List<Digest> digests = digests(fields);
        if (repository.isEmpty()) {
            problems.add(fields.position(), "an entry names no repository", "write repository: or image:");
            return Optional.empty();
        }
        if (tags.names().isEmpty() && !tags.needsTags() && digests.isEmpty() && !fields.has("tags")) {
            problems.add(
                    fields.position(),
                    "an entry says no tags",
                    "write tags, regex, semver, newest or digests; tags: [\"*\"] for all");
            return Optional.empty();
        }
        try {
            ImageReference name = Repositories.of(registry, repository.get().text());
            return Optional.of(new ListEntry(fields.position(), name, tags, digests, ImageSettings.NONE));
        } catch (InvalidRuleException e) {
            problems.add(
                    fields.positionOf(registry.isEmpty() ? "repository" : "registry"),
                    String.valueOf(e.getMessage()),
                    e.remedy());
            return Optional.empty();
        }
    }

    private TagSelection tags(YamlFields fields) {
        List<String> names = new ArrayList<>();
        List<TagRule> rules = new ArrayList<>();
        for (YamlNode.Scalar tag : fields.texts("tags")) {
            boolean glob = TagGlob.isGlob(tag.text());
            if (!(glob ? GLOB : TAG).matcher(tag.text()).matches()) {
                problems.add(
                        tag.position(),
                        "\"" + tag.text() + "\" is not a tag",
                        "write up to 128 letters, digits and . _ -, with * and ? for others");
            } else if (glob) {
                rules.add(new TagGlob(tag.text()));
            } else {
                names.add(tag.text());
            }
        }
        addRules(fields.texts("regex"), TagRegex::parse, rules);
        addRules(fields.texts("semver"), VersionRange::parse, rules);
        int newest = fields.number("newest");
        if (newest > 0 && rules.isEmpty()) {
            rules.add(new TagGlob("*"));
        }
        return new TagSelection(names, rules, newest);
    }

    /** Reads a rule. */
    private interface RuleReader {
        TagRule read(String text) throws InvalidRuleException;
    }

    private void addRules(List<YamlNode.Scalar> texts, RuleReader reader, List<TagRule> rules) {
        for (YamlNode.Scalar text : texts) {
            try {
                rules.add(reader.read(text.text()));
            } catch (InvalidRuleException e) {
                problems.add(text.position(), String.valueOf(e.getMessage()), e.remedy());
            }
        }
    }

    private List<Digest> digests(YamlFields fields) {
        List<Digest> digests = new ArrayList<>();
        for (YamlNode.Scalar text : fields.texts("digests")) {
            if (Digest.check(text.text()) == null) {
                digests.add(Digest.parse(text.text()));
            } else {
                problems.add(
                        text.position(),
                        "\"" + text.text() + "\" is not a digest",
                        "write sha256: and 64 hexadecimal digits");
            }
        }
        return digests;
    }

    private ImageSettings settings(YamlFields fields) {
        return new ImageSettings(platforms(fields), referrers(fields), rename(fields));
    }

    private @Nullable Platforms platforms(YamlFields fields) {
        List<YamlNode.Scalar> texts = fields.texts("platforms");
        if (texts.isEmpty()) {
            return null;
        }
        List<Platform> platforms = new ArrayList<>();
        boolean all = false;
        for (YamlNode.Scalar text : texts) {
            if (text.text().equals("all")) {
                all = true;
                continue;
            }
            try {
                platforms.add(Platform.parse(text.text(), Platform.host()));
            } catch (ReferenceException e) {
                problems.add(text.position(), String.valueOf(e.getMessage()), "write it like linux/arm64, or all");
            }
        }
        return new Platforms(all, platforms);
    }

    private @Nullable Referrers referrers(YamlFields fields) {
        YamlNode value = fields.node("referrers").orElse(null);
        if (value == null) {
            return null;
        }
        if (value instanceof YamlNode.Scalar scalar && !scalar.quoted()) {
            if (scalar.text().equals("true")) {
                return new Referrers(ReferrerSelection.ALL);
            }
            if (scalar.text().equals("false")) {
                return new Referrers(null);
            }
        }
        Set<String> types =
                fields.texts("referrers").stream().map(YamlNode.Scalar::text).collect(Collectors.toSet());
        if (types.stream().anyMatch(type -> type.indexOf('/') < 0)) {
            problems.add(
                    value.position(),
                    "\"referrers\" has what is no type of an artifact",
                    "write true, false, or a list of types such as application/spdx+json");
        }
        return types.isEmpty() ? null : new Referrers(new ReferrerSelection(types));
    }

    private @Nullable Rename rename(YamlFields fields) {
        Optional<YamlNode.Scalar> text = fields.text("rename");
        if (text.isEmpty()) {
            return null;
        }
        try {
            return Rename.parse(text.get().text(), true);
        } catch (ReferenceException e) {
            problems.add(
                    text.get().position(),
                    String.valueOf(e.getMessage()),
                    "write a repository, such as mirror.example/app, or FROM=TO");
            return null;
        }
    }
}
