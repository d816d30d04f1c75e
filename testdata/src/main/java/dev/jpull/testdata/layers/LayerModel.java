// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata.layers;

import dev.jpull.testdata.Tree;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rules of OCI layers over a tree in memory, entry by entry, as containerd and umoci apply layers: paths are cleaned as if
 * they were absolute, links in the parents of an entry are followed within the root, whiteouts remove what lower layers have. Not thread-safe.
 */
public final class LayerModel {
    private static final int MAX_LINKS = 100;

    private final Node root = new Node('d', "", 0755);
    /** The directories that the present layer has made or changed, and those above of all that it has. */
    private final Set<Node> touchedDirectories = new HashSet<>();
    /** Where the present layer has put something. */
    private final Set<Place> touchedPlaces = new HashSet<>();

    /** What undoes the making of parents. */
    private final List<Runnable> made = new ArrayList<>();

    /** A file, directory, link or pipe; hard links are names of one node. */
    private static final class Node {
        final char type;
        final String text;
        int mode;
        final SortedMap<String, Node> children = new TreeMap<>();

        Node(char type, String text, int mode) {
            this.type = type;
            this.text = text;
            this.mode = mode;
        }
    }

    /** A name in a directory. */
    private record Place(Node parent, String name) {}

    /** An entry that a layer must not have. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    /** Begins the next layer. */
    public void startLayer() {
        touchedDirectories.clear();
        touchedPlaces.clear();
    }

    /** Applies an entry; the tree is not changed when it is refused. */
    public void apply(LayerEntry entry) throws RefusedException {
        List<String> path = cleaned(entry.path());
        if (path.isEmpty()) {
            if (entry.type() != 'd') {
                throw new RefusedException("the root is a directory");
            }
            root.mode = entry.mode();
            return;
        }
        String name = path.get(path.size() - 1);
        List<String> parents = path.subList(0, path.size() - 1);
        if (name.startsWith(".wh.")) {
            whiteout(resolve(parents, false), name);
            return;
        }
        List<Node> targetWay = entry.type() == 'h' ? hardLinkTarget(entry.text()) : List.of();
        Node target = targetWay.isEmpty() ? null : targetWay.get(targetWay.size() - 1);
        List<Node> way = make(parents);
        Node parent = way.get(way.size() - 1);
        Node old = parent.children.get(name);
        if (old != null && isTouched(parent, name, old)) {
            throw new RefusedException("a second entry for one place: what comes out depends on their order");
        }
        Node node;
        if (target != null) {
            if (old != null && targetWay.contains(old)) {
                throw new RefusedException(
                        "a hard link in place of its target, or of a directory that the target is in");
            }
            node = target;
        } else if (old != null && old.type == 'd' && entry.type() == 'd') {
            old.mode = entry.mode();
            node = old;
        } else {
            node = new Node(entry.type(), entry.text(), entry.mode());
        }
        parent.children.put(name, node);
        touchedDirectories.addAll(way);
        touchedPlaces.add(new Place(parent, name));
        if (node.type == 'd') {
            touchedDirectories.add(node);
        }
    }

    /** Whether the present layer has made what is at a place: another name of a file is another place. */
    private boolean isTouched(Node parent, String name, Node node) {
        return touchedPlaces.contains(new Place(parent, name)) || touchedDirectories.contains(node);
    }

    private List<Node> make(List<String> parents) throws RefusedException {
        made.clear();
        try {
            return Objects.requireNonNull(resolve(parents, true));
        } catch (RefusedException e) {
            made.forEach(Runnable::run);
            throw e;
        }
    }

    /** The directories above the target, and the target. */
    private List<Node> hardLinkTarget(String text) throws RefusedException {
        List<String> path = cleaned(text);
        List<Node> way = path.isEmpty() ? null : resolve(path.subList(0, path.size() - 1), false);
        if (way == null) {
            throw new RefusedException("a hard link to what is not there");
        }
        Node target = way.get(way.size() - 1).children.get(path.get(path.size() - 1));
        if (target == null || target.type == 'd') {
            throw new RefusedException("a hard link to what is no file");
        }
        way.add(target);
        return way;
    }

    private void whiteout(@Nullable List<Node> way, String name) throws RefusedException {
        String hidden = name.substring(4);
        if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
            throw new RefusedException("a whiteout of a directory itself");
        }
        if (way == null) {
            return;
        }
        Node parent = way.get(way.size() - 1);
        if (name.equals(".wh..wh..opq")) {
            removeLower(parent);
            return;
        }
        Node node = parent.children.get(hidden);
        if (node != null && !isTouched(parent, hidden, node)) {
            parent.children.remove(hidden);
        } else if (node != null) {
            removeLower(node);
        }
    }

    private void removeLower(Node directory) {
        directory.children.entrySet().removeIf(child -> !isTouched(directory, child.getKey(), child.getValue()));
        directory.children.values().forEach(this::removeLower);
    }

    /** The directories of a path from the root on; null when one is missing and is not to be made. */
    private @Nullable List<Node> resolve(List<String> path, boolean make) throws RefusedException {
        Deque<Node> way = new ArrayDeque<>(List.of(root));
        Deque<String> rest = new ArrayDeque<>(path);
        int links = 0;
        while (!rest.isEmpty()) {
            String name = rest.pop();
            if (name.equals("..")) {
                if (way.size() > 1) {
                    way.removeLast();
                }
                continue;
            }
            Node next = way.getLast().children.get(name);
            if (next != null && next.type == 'l') {
                if (++links > MAX_LINKS) {
                    throw new RefusedException("links without end");
                }
                if (next.text.startsWith("/")) {
                    way = new ArrayDeque<>(List.of(root));
                }
                List<String> target = components(next.text);
                for (int i = target.size() - 1; i >= 0; i--) {
                    rest.push(target.get(i));
                }
                continue;
            }
            if (next == null) {
                next = make ? new Node('d', "", 0755) : null;
                if (next != null) {
                    Node parent = way.getLast();
                    parent.children.put(name, next);
                    made.add(() -> parent.children.remove(name));
                }
            }
            if (next == null) {
                return null;
            }
            if (next.type != 'd') {
                throw new RefusedException("a parent is no directory");
            }
            way.addLast(next);
        }
        return new ArrayList<>(way);
    }

    private static List<String> components(String path) {
        return List.of(path.split("/")).stream()
                .filter(each -> !each.isEmpty() && !each.equals("."))
                .toList();
    }

    private static List<String> cleaned(String path) {
        List<String> cleaned = new ArrayList<>();
        for (String each : components(path)) {
            if (!each.equals("..")) {
                cleaned.add(each);
            } else if (!cleaned.isEmpty()) {
                cleaned.remove(cleaned.size() - 1);
            }
        }
        return cleaned;
    }

    /** All paths of files, links, directories and pipes. */
    public List<String> paths() {
        return List.copyOf(tree(new Tree()).keySet());
    }

    /** The tree in the form of a listing. */
    public SortedMap<String, String> shape() {
        Tree tree = new Tree();
        if (root.mode != 0755) {
            tree.dir(".", root.mode);
        }
        return tree(tree);
    }

    private SortedMap<String, String> tree(Tree tree) {
        // In the order of a listing, in which the first name of a node is the one that others are links to.
        SortedMap<String, Node> all = new TreeMap<>();
        collect("", root, all);
        Map<Node, String> first = new HashMap<>();
        all.forEach((path, node) -> {
            String other = first.putIfAbsent(node, path);
            if (other != null) {
                tree.hardLink(path, other);
                return;
            }
            switch (node.type) {
                case 'd' -> tree.dir(path, node.mode);
                case 'f' -> tree.file(path, node.text, node.mode);
                case 'l' -> tree.symlink(path, node.text);
                default -> tree.fifo(path);
            }
        });
        return tree.asRoot();
    }

    private static void collect(String prefix, Node directory, SortedMap<String, Node> all) {
        directory.children.forEach((name, node) -> {
            all.put(prefix + name, node);
            collect(prefix + name + "/", node, all);
        });
    }
}
