// SPDX-License-Identifier: Apache-2.0
package dev.jpull.api;

import dev.jpull.ImagePuller;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the module of the library exports, read from its compiled classes. */
final class ExportedTypes {
    private static final Path CLASSES = classes();

    private ExportedTypes() {}

    private static Path classes() {
        try {
            return Path.of(ImagePuller.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ModuleDescriptor descriptor() throws IOException {
        try (InputStream in = Files.newInputStream(CLASSES.resolve("module-info.class"))) {
            return ModuleDescriptor.read(in);
        }
    }

    /** The packages, sorted. */
    static List<String> packages() throws IOException {
        return descriptor().exports().stream()
                .filter(export -> !export.isQualified())
                .map(ModuleDescriptor.Exports::source)
                .sorted()
                .toList();
    }

    /** What a module that requires this one gets. */
    static String module() throws IOException {
        String required = descriptor().requires().stream()
                .filter(each -> each.modifiers().contains(Requires.Modifier.TRANSITIVE))
                .map(each -> "    requires transitive " + each.name() + "\n")
                .sorted()
                .collect(Collectors.joining());
        String exported =
                packages().stream().map(each -> "    exports " + each + "\n").collect(Collectors.joining());
        return "module " + descriptor().name() + "\n" + exported + required;
    }

    /** All types that are visible outside, nested ones too, sorted by their names. */
    static List<Class<?>> all() throws IOException {
        List<Class<?>> types = new ArrayList<>();
        for (String name : packages()) {
            try (Stream<Path> files = Files.list(CLASSES.resolve(name.replace('.', '/')))) {
                files.map(file -> file.getFileName().toString())
                        .filter(file -> file.endsWith(".class") && !file.equals("package-info.class"))
                        .map(file -> load(name + "." + file.substring(0, file.length() - ".class".length())))
                        .filter(type -> !type.isAnonymousClass() && !type.isLocalClass() && !type.isSynthetic())
                        .filter(Signatures::isVisible)
                        .forEach(types::add);
            }
        }
        types.sort(Comparator.comparing(Class::getName));
        return types;
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, ExportedTypes.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
