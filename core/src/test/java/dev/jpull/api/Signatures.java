// SPDX-License-Identifier: Apache-2.0
package dev.jpull.api;

import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedTypeVariable;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The signatures of a type as text: whatever a program that uses it can see, with type parameters, nullness, exceptions and the values
 * of constants. Members are sorted, so that the order of a source file does not count.
 */
final class Signatures {
    private static final Set<String> OF_EVERY_OBJECT = Set.of("equals", "hashCode", "toString");
    private static final Pattern OF_JAVA_LANG = Pattern.compile("\\bjava\\.lang\\.(?=[A-Z])");

    private Signatures() {}

    static boolean isVisible(Class<?> type) {
        Class<?> enclosing = type.getDeclaringClass();
        return isVisible(type.getModifiers(), enclosing) && (enclosing == null || isVisible(enclosing));
    }

    /** A protected member of a final class is out of reach. */
    private static boolean isVisible(int modifiers, @Nullable Class<?> owner) {
        return Modifier.isPublic(modifiers)
                || Modifier.isProtected(modifiers) && owner != null && !Modifier.isFinal(owner.getModifiers());
    }

    static String of(Class<?> type) {
        String text = declaration(type) + "\n"
                + members(type).map(each -> "    " + each + "\n").collect(Collectors.joining());
        return OF_JAVA_LANG.matcher(text).replaceAll("");
    }

    private static String declaration(Class<?> type) {
        int ignored = Modifier.STATIC | Modifier.INTERFACE | (type.isInterface() ? Modifier.ABSTRACT : 0);
        if (type.isRecord() || type.isEnum()) {
            ignored |= Modifier.FINAL;
        }
        StringBuilder text = new StringBuilder(deprecated(type)).append(modifiers(type.getModifiers() & ~ignored));
        boolean sealed = type.isSealed() && !type.isEnum();
        text.append(sealed ? "sealed " : "").append(kind(type)).append(' ').append(type.getName());
        text.append(typeParameters(type.getTypeParameters()));
        if (type.isRecord()) {
            text.append(Arrays.stream(type.getRecordComponents())
                    .map(component -> type(component.getAnnotatedType()) + " " + component.getName())
                    .collect(Collectors.joining(", ", "(", ")")));
        }
        AnnotatedType superclass = type.getAnnotatedSuperclass();
        if (superclass != null && !type.isRecord() && !type.isEnum() && superclass.getType() != Object.class) {
            text.append(" extends ").append(type(superclass));
        }
        text.append(list(
                type.isInterface() ? " extends " : " implements ",
                Arrays.stream(type.getAnnotatedInterfaces()).map(Signatures::type)));
        if (sealed) {
            text.append(list(
                    " permits ", Arrays.stream(type.getPermittedSubclasses()).map(Class::getName)));
        }
        return text.toString();
    }

    private static String kind(Class<?> type) {
        if (type.isAnnotation()) {
            return "@interface";
        }
        return type.isRecord() ? "record" : type.isEnum() ? "enum" : type.isInterface() ? "interface" : "class";
    }

    /** With those that it has from superclasses that are not visible themselves. */
    private static Stream<String> members(Class<?> type) {
        Set<String> members = new TreeSet<>();
        for (Class<?> owner = type; owner != null && (owner == type || !isVisible(owner)); ) {
            Arrays.stream(owner.getDeclaredFields())
                    .filter(field -> isShown(field, type) || field.getName().equals("serialVersionUID"))
                    .filter(field -> !field.isEnumConstant())
                    .map(Signatures::field)
                    .forEach(members::add);
            Arrays.stream(owner.getDeclaredMethods())
                    .filter(method -> isShown(method, type) && !isImplied(method))
                    .map(method -> method(method, type(method.getAnnotatedReturnType()) + " " + method.getName()))
                    .forEach(members::add);
            owner = owner.getSuperclass();
        }
        Arrays.stream(type.getDeclaredConstructors())
                .filter(constructor -> isShown(constructor, type) && !isCanonical(constructor))
                .map(constructor -> method(constructor, "new"))
                .forEach(members::add);
        Stream<String> constants = Arrays.stream(type.isEnum() ? type.getFields() : new Field[0])
                .filter(Field::isEnumConstant)
                .map(field -> deprecated(field) + "constant " + field.getName());
        return Stream.concat(constants, members.stream().sorted(Comparator.comparing(Signatures::name)));
    }

    private static String name(String member) {
        String start = member.split("[(=]")[0].strip();
        return start.substring(start.lastIndexOf(' ') + 1);
    }

    private static boolean isShown(Member member, Class<?> type) {
        return isVisible(member.getModifiers(), type) && !member.isSynthetic();
    }

    /** Methods that follow from the declaration, and overridden ones of every object. */
    private static boolean isImplied(Method method) {
        Class<?> owner = method.getDeclaringClass();
        return OF_EVERY_OBJECT.contains(method.getName())
                || owner.isEnum() && Set.of("values", "valueOf").contains(method.getName())
                || owner.isRecord()
                        && method.getParameterCount() == 0
                        && Arrays.stream(owner.getRecordComponents())
                                .anyMatch(component -> component.getAccessor().equals(method));
    }

    private static boolean isCanonical(Constructor<?> constructor) {
        RecordComponent[] components = constructor.getDeclaringClass().getRecordComponents();
        return components != null
                && Arrays.equals(
                        constructor.getParameterTypes(),
                        Arrays.stream(components).map(RecordComponent::getType).toArray());
    }

    private static String field(Field field) {
        String text = deprecated(field) + modifiers(field.getModifiers()) + type(field.getAnnotatedType()) + " "
                + field.getName();
        return text + value(field);
    }

    private static String value(Field field) {
        int constant = Modifier.STATIC | Modifier.FINAL;
        boolean printed = field.getType().isPrimitive() || field.getType() == String.class;
        if (!printed || (field.getModifiers() & constant) != constant) {
            return "";
        }
        try {
            field.setAccessible(true);
            Object value = field.get(null);
            return " = " + (value instanceof String ? "\"" + value + "\"" : value);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String method(Executable method, String name) {
        int ignored =
                Modifier.SYNCHRONIZED | Modifier.NATIVE | Modifier.STRICT | Modifier.TRANSIENT | Modifier.VOLATILE;
        boolean ofInterface = method.getDeclaringClass().isInterface();
        String defaults = method instanceof Method each && each.isDefault() ? "default " : "";
        String parameters = typeParameters(method.getTypeParameters());
        return deprecated(method)
                + modifiers(method.getModifiers() & ~ignored & (ofInterface ? ~Modifier.ABSTRACT : -1))
                + defaults
                + (parameters.isEmpty() ? "" : parameters + " ")
                + name
                + parameters(method)
                + list(
                        " throws ",
                        Arrays.stream(method.getAnnotatedExceptionTypes()).map(Signatures::type));
    }

    private static String parameters(Executable method) {
        String list = Arrays.stream(method.getAnnotatedParameterTypes())
                .map(Signatures::type)
                .collect(Collectors.joining(", ", "(", ")"));
        return method.isVarArgs() ? list.substring(0, list.length() - "[])".length()) + "...)" : list;
    }

    private static String modifiers(int modifiers) {
        return modifiers == 0 ? "" : Modifier.toString(modifiers) + " ";
    }

    private static String deprecated(AnnotatedElement element) {
        return element.isAnnotationPresent(Deprecated.class) ? "@Deprecated " : "";
    }

    private static String typeParameters(TypeVariable<?>[] variables) {
        return variables.length == 0
                ? ""
                : Arrays.stream(variables)
                        .map(variable -> nullness(variable)
                                + variable.getName()
                                + bounds(" extends ", variable.getAnnotatedBounds()))
                        .collect(Collectors.joining(", ", "<", ">"));
    }

    private static String bounds(String keyword, AnnotatedType[] bounds) {
        List<String> texts = new ArrayList<>();
        for (AnnotatedType bound : bounds) {
            if (bound.getType() != Object.class || !nullness(bound).isEmpty()) {
                texts.add(type(bound));
            }
        }
        return texts.isEmpty() ? "" : keyword + String.join(" & ", texts);
    }

    private static String list(String keyword, Stream<String> names) {
        List<String> sorted = names.sorted().toList();
        return sorted.isEmpty() ? "" : keyword + String.join(", ", sorted);
    }

    private static String nullness(AnnotatedElement element) {
        return Arrays.stream(element.getAnnotations())
                .map(annotation -> annotation.annotationType())
                .filter(type -> type.getPackageName().equals("org.jspecify.annotations"))
                .map(type -> "@" + type.getSimpleName() + " ")
                .sorted()
                .collect(Collectors.joining());
    }

    private static String type(AnnotatedType annotated) {
        if (annotated instanceof AnnotatedArrayType array) {
            String nullness = nullness(array);
            return type(array.getAnnotatedGenericComponentType()) + (nullness.isEmpty() ? "" : " " + nullness) + "[]";
        }
        return nullness(annotated) + unannotated(annotated);
    }

    private static String unannotated(AnnotatedType annotated) {
        if (annotated instanceof AnnotatedParameterizedType parameterized) {
            String name = ((ParameterizedType) annotated.getType()).getRawType().getTypeName();
            return name
                    + Arrays.stream(parameterized.getAnnotatedActualTypeArguments())
                            .map(Signatures::type)
                            .collect(Collectors.joining(", ", "<", ">"));
        }
        if (annotated instanceof AnnotatedWildcardType wildcard) {
            boolean lower = ((WildcardType) annotated.getType()).getLowerBounds().length > 0;
            return lower
                    ? "?" + bounds(" super ", wildcard.getAnnotatedLowerBounds())
                    : "?" + bounds(" extends ", wildcard.getAnnotatedUpperBounds());
        }
        Type type = annotated.getType();
        return annotated instanceof AnnotatedTypeVariable ? ((TypeVariable<?>) type).getName() : type.getTypeName();
    }
}
