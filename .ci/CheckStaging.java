// SPDX-License-Identifier: Apache-2.0

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Checks a staging directory for what Maven Central demands of each artifact: a POM with its fields, sources, documentation, checksums and,
 * with {@code --signed}, signatures. Run by .ci/release.
 */
class CheckStaging {
    private static final List<String> FIELDS = List.of(
            "name",
            "description",
            "url",
            "licenses/license/name",
            "licenses/license/url",
            "developers/developer/name",
            "scm/connection",
            "scm/url");
    private static final List<String> OF_A_JAR = List.of(".jar", "-sources.jar", "-javadoc.jar", "-cyclonedx.json");

    private final Path root;
    private final boolean signed;
    private final List<String> problems = new ArrayList<>();

    private CheckStaging(Path root, boolean signed) {
        this.root = root;
        this.signed = signed;
    }

    public static void main(String[] arguments) throws Exception {
        CheckStaging check =
                new CheckStaging(Path.of(arguments[0]), arguments.length > 1 && arguments[1].equals("--signed"));
        int artifacts = check.run();
        check.problems.forEach(System.err::println);
        if (artifacts == 0) {
            System.err.println("there is no artifact in " + arguments[0]);
        }
        if (artifacts == 0 || !check.problems.isEmpty()) {
            System.exit(1);
        }
        System.out.println(
                artifacts + " artifacts are complete" + (check.signed ? " and signed" : ", without signatures"));
    }

    private int run() throws Exception {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(root)) {
            files = walk.filter(Files::isRegularFile).sorted().toList();
        }
        int artifacts = 0;
        for (Path file : files) {
            String name = file.getFileName().toString();
            if (name.endsWith(".pom")) {
                artifacts++;
                pom(file);
            }
            if (!name.startsWith("maven-metadata") && name.matches(".*\\.(pom|jar|json|gz)")) {
                published(file);
            }
        }
        return artifacts;
    }

    private void pom(Path file) throws Exception {
        Element project = parse(file);
        Element parent = element(project, "parent");
        Element inherited = parent == null ? null : parse(parentFile(parent));
        for (String field : FIELDS) {
            boolean own = List.of("name", "description").contains(field);
            if (text(project, field).isEmpty()
                    && (own || inherited == null || text(inherited, field).isEmpty())) {
                problems.add(file + " has no " + field);
            }
        }
        dependencies(file, project);
        String content = Files.readString(file);
        if (content.contains("-SNAPSHOT") || content.contains("<repositories>") || content.contains("<systemPath>")) {
            problems.add(file + " names a snapshot, a repository or a path");
        }
        if (!"pom".equals(text(project, "packaging"))) {
            String start = file.toString().replaceAll("\\.pom$", "");
            for (String end : OF_A_JAR) {
                if (!Files.isRegularFile(Path.of(start + end))) {
                    problems.add(start + end + " is missing");
                }
            }
        }
    }

    /** What a published artifact needs of this build is published too. */
    private void dependencies(Path file, Element project) {
        Element dependencies = element(project, "dependencies");
        for (Node child = dependencies == null ? null : dependencies.getFirstChild();
                child != null;
                child = child.getNextSibling()) {
            if (child instanceof Element dependency
                    && text(dependency, "groupId").equals("dev.jpull")
                    && !text(dependency, "scope").equals("test")) {
                String artifact = text(dependency, "artifactId");
                String version = text(element(project, "parent"), "version"); // all artifacts have one version
                if (text(dependency, "optional").equals("true")) {
                    problems.add(file + " has the optional dependency " + artifact + ": what is used is needed");
                }
                if (!Files.isRegularFile(pomFile("dev.jpull", artifact, version))) {
                    problems.add(file + " needs " + artifact + " " + version + ", which is not published");
                }
            }
        }
    }

    private Path parentFile(Element parent) {
        return pomFile(text(parent, "groupId"), text(parent, "artifactId"), text(parent, "version"));
    }

    private Path pomFile(String group, String artifact, String version) {
        return root.resolve(group.replace('.', '/'))
                .resolve(artifact)
                .resolve(version)
                .resolve(artifact + "-" + version + ".pom");
    }

    private void published(Path file) throws Exception {
        for (String[] sum : new String[][] {{".md5", "MD5"}, {".sha1", "SHA-1"}}) {
            Path stated = Path.of(file + sum[0]);
            String actual =
                    HexFormat.of().formatHex(MessageDigest.getInstance(sum[1]).digest(Files.readAllBytes(file)));
            if (!Files.isRegularFile(stated)
                    || !Files.readString(stated).strip().equals(actual)) {
                problems.add(stated + " is missing or differs");
            }
        }
        if (signed && !Files.isRegularFile(Path.of(file + ".asc"))) {
            problems.add(file + ".asc is missing");
        }
    }

    private static Element parse(Path file) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        Document document = factory.newDocumentBuilder().parse(file.toFile());
        return document.getDocumentElement();
    }

    private static Element element(Element parent, String name) {
        for (Node child = parent.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element element && element.getTagName().equals(name)) {
                return element;
            }
        }
        return null;
    }

    private static String text(Element from, String path) {
        Element element = from;
        for (String name : path.split("/")) {
            element = element == null ? null : element(element, name);
        }
        return element == null ? "" : element.getTextContent().strip();
    }
}
