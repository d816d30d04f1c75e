// SPDX-License-Identifier: Apache-2.0
package example.host;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.ResponseCache;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What a guest in this process could leave behind, as texts, by kind. Needs the packages {@code java.lang}, {@code java.io} and
 * {@code java.net} of the runtime to be open.
 */
record HostState(Map<String, List<String>> facts) {
    static HostState now() throws ReflectiveOperationException, IOException {
        Map<String, List<String>> facts = new TreeMap<>();
        facts.put("thread", threads());
        facts.put("thread local", threadLocals());
        facts.put("context class loader", contextClassLoaders());
        facts.put("descriptor", descriptors());
        facts.put("shutdown hook", texts(((Map<?, ?>) field("java.lang.ApplicationShutdownHooks", "hooks")).keySet()));
        facts.put("file that is deleted at the end", texts((Collection<?>) field("java.io.DeleteOnExitHook", "files")));
        facts.put("temporary file", files(Path.of(System.getProperty("java.io.tmpdir"))));
        facts.put("security provider", Stream.of(Security.getProviders()).map(Provider::getName).toList());
        facts.put("MBean", texts(ManagementFactory.getPlatformMBeanServer().queryNames(null, null)));
        facts.put("process", texts(ProcessHandle.current().children().toList()));
        facts.put("default", defaults());
        return new HostState(facts);
    }

    /** What there is now and was not before, or the other way round. */
    List<String> changesSince(HostState before) {
        List<String> changes = new ArrayList<>();
        facts.forEach((kind, now) -> {
            List<String> then = before.facts.getOrDefault(kind, List.of());
            difference(now, then).forEach(text -> changes.add(kind + " left: " + text));
            if (!kind.equals("thread")) { // those of the runtime end when they have been idle
                difference(then, now).forEach(text -> changes.add(kind + " gone: " + text));
            }
        });
        return changes;
    }

    private static List<String> difference(List<String> all, List<String> known) {
        List<String> rest = new ArrayList<>(all);
        known.forEach(rest::remove); // one for one: a second descriptor of the same file is one more
        return rest;
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }

    private static List<String> contextClassLoaders() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> isForeign(thread.getContextClassLoader()))
                .map(thread -> thread.getName() + " has " + thread.getContextClassLoader())
                .toList();
    }

    /** Values of a thread that were made by a class of a guest. */
    private static List<String> threadLocals() throws ReflectiveOperationException {
        List<String> found = new ArrayList<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            for (String name : List.of("threadLocals", "inheritableThreadLocals")) {
                Object map = open(Thread.class, name).get(thread);
                Object table = map == null ? new Object[0] : open(map.getClass(), "table").get(map);
                for (int i = 0; i < Array.getLength(table); i++) {
                    Object entry = Array.get(table, i);
                    Object value = entry == null ? null : open(entry.getClass(), "value").get(entry);
                    if (value != null && isForeign(value.getClass().getClassLoader())) {
                        found.add(thread.getName() + " has a " + value.getClass().getName());
                    }
                }
            }
        }
        return found;
    }

    private static boolean isForeign(ClassLoader loader) {
        return loader != null
                && !loader.equals(ClassLoader.getSystemClassLoader())
                && !loader.equals(ClassLoader.getPlatformClassLoader());
    }

    private static List<String> descriptors() throws IOException {
        List<String> targets = new ArrayList<>();
        for (String name : files(Path.of("/proc/self/fd"))) {
            try {
                targets.add(Files.readSymbolicLink(Path.of("/proc/self/fd", name)).toString());
            } catch (NoSuchFileException e) {
                // The one that the directory was listed by.
                targets.remove(name);
            }
        }
        return targets;
    }

    private static List<String> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    /** What one program sets for all others in the process. */
    private static List<String> defaults() throws ReflectiveOperationException {
        List<String> values = new ArrayList<>();
        values.add("proxy selector " + ProxySelector.getDefault());
        values.add("cookie handler " + CookieHandler.getDefault());
        values.add("response cache " + ResponseCache.getDefault());
        values.add("authenticator " + Authenticator.getDefault());
        values.add("URL handlers " + open(URL.class, "factory").get(null));
        values.add("exception handler " + Thread.getDefaultUncaughtExceptionHandler());
        values.add("locale " + Locale.getDefault() + ", time zone " + TimeZone.getDefault().getID());
        values.add("streams " + System.in + ", " + System.out + ", " + System.err);
        System.getProperties().forEach((key, value) -> values.add("property " + key + " " + value));
        return values;
    }

    private static List<String> texts(Collection<?> values) {
        return values.stream().map(Object::toString).toList();
    }

    private static Object field(String type, String name) throws ReflectiveOperationException {
        return open(Class.forName(type), name).get(null);
    }

    private static Field open(Class<?> type, String name) throws NoSuchFieldException {
        Class<?> owner = type;
        while (Stream.of(owner.getDeclaredFields()).map(Field::getName).noneMatch(Predicate.isEqual(name))) {
            owner = owner.getSuperclass();
        }
        Field field = owner.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }
}
