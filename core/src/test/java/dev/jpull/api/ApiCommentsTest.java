// SPDX-License-Identifier: Apache-2.0
package dev.jpull.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever is exported says since which version, and where null is allowed. */
class ApiCommentsTest {
    private static final Path SOURCES = Path.of("src", "main", "java");
    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();
    /** Shorter texts say no more than the name of the package. */
    private static final int SHORTEST_TEXT_OF_A_PACKAGE = 60;

    private static List<Path> sources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String name : ExportedTypes.packages()) {
            try (Stream<Path> files = Files.list(SOURCES.resolve(name.replace('.', '/')))) {
                files.filter(file -> file.toString().endsWith(".java")).sorted().forEach(sources::add);
            }
        }
        return sources;
    }

    private static JavacTask task(DiagnosticCollector<JavaFileObject> problems, StandardJavaFileManager files)
            throws IOException {
        List<String> options = List.of(
                "-proc:none",
                "-implicit:none",
                "-Xdoclint:all/protected",
                "-Xmaxwarns",
                "10000",
                "-cp",
                Path.of("target", "classes") + File.pathSeparator + System.getProperty("java.class.path"));
        return (JavacTask)
                COMPILER.getTask(null, files, problems, options, null, files.getJavaFileObjectsFromPaths(sources()));
    }

    @Test
    void everyTypeAndPackageSaysSinceWhen() throws IOException {
        List<String> without = new ArrayList<>();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = COMPILER.getStandardFileManager(problems, null, null)) {
            JavacTask task = task(problems, files);
            DocTrees trees = DocTrees.instance(task);
            int types = 0;
            for (CompilationUnitTree unit : task.parse()) {
                TreePath path = new TreePath(unit);
                for (Tree each : unit.getTypeDecls()) {
                    boolean exported = each instanceof ClassTree type
                            && type.getModifiers().getFlags().contains(Modifier.PUBLIC);
                    types += exported ? 1 : 0;
                    if (exported && !saysSinceWhen(trees.getDocCommentTree(new TreePath(path, each)))) {
                        without.add(unit.getSourceFile().getName());
                    }
                }
                if (!unit.getPackageAnnotations().isEmpty()) {
                    DocCommentTree comment = trees.getDocCommentTree(new TreePath(path, unit.getPackage()));
                    if (!saysSinceWhen(comment)
                            || comment.getFullBody().toString().length() < SHORTEST_TEXT_OF_A_PACKAGE) {
                        without.add(unit.getSourceFile().getName());
                    }
                }
            }
            assertThat(types).isGreaterThan(50);
        }
        assertThat(without)
                .as("types without @since, and packages without it or without a text")
                .isEmpty();
    }

    private static boolean saysSinceWhen(@Nullable DocCommentTree comment) {
        return comment != null && comment.getBlockTags().stream().anyMatch(tag -> tag.getKind() == DocTree.Kind.SINCE);
    }

    @Test
    void nullIsAllowedOnlyWhereItIsAnnotated() throws Exception {
        for (String name : ExportedTypes.packages()) {
            assertThat(Class.forName(name + ".package-info").isAnnotationPresent(NullMarked.class))
                    .as(name)
                    .isTrue();
        }
    }
}
