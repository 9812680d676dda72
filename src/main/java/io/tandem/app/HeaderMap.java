package io.tandem.app;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.ConcurrentModificationException;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.camel.spi.HeadersMapFactory;
import org.apache.camel.util.CaseInsensitiveMap;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a Camel message, in the order in which they came; upper and lower case are the same. Most messages have a
 * handful of them, and are copied several times on their way: two arrays are copied sooner, and looked through sooner, than
 * Camel's tree. Beyond {@value #MOST} names there is a tree, as what a target sends may have thousands. Not thread-safe.
 */
@SuppressWarnings("NullAway") // headers may be null, though the type that Camel gives the map does not say so
final class HeaderMap extends AbstractMap<String, Object> {
    private static final int FEW = 16;
    private static final int MOST = 32;

    private @Nullable String[] names = new String[FEW];
    private @Nullable Object[] values = new Object[FEW];
    private int size;
    private int changes;

    /** Null when there are few. */
    private @Nullable Map<String, Object> many;

    HeaderMap() {}

    HeaderMap(Map<String, Object> headers) {
        putAll(headers);
    }

    private int find(@Nullable Object name) {
        if (!(name instanceof String wanted)) {
            return -1;
        }
        for (int i = 0; i < size; i++) {
            if (wanted.equalsIgnoreCase(names[i])) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public int size() {
        return many == null ? size : many.size();
    }

    @Override
    public boolean containsKey(@Nullable Object name) {
        return many == null ? find(name) >= 0 : name instanceof String && many.containsKey(name);
    }

    @Override
    public @Nullable Object get(@Nullable Object name) {
        if (many != null) {
            return name instanceof String ? many.get(name) : null;
        }
        int at = find(name);
        return at < 0 ? null : values[at];
    }

    @Override
    public @Nullable Object put(String name, @Nullable Object value) {
        if (many != null) {
            return many.put(name, value);
        }
        int at = find(Objects.requireNonNull(name));
        if (at >= 0) {
            Object before = values[at];
            values[at] = value;
            return before;
        }
        if (size == MOST) {
            Map<String, Object> tree = new CaseInsensitiveMap(this);
            clear();
            many = tree;
            return tree.put(name, value);
        }
        if (size == names.length) {
            names = Arrays.copyOf(names, MOST);
            values = Arrays.copyOf(values, MOST);
        }
        changes++;
        names[size] = name;
        values[size++] = value;
        return null;
    }

    @Override
    public @Nullable Object remove(@Nullable Object name) {
        if (many != null) {
            return name instanceof String ? many.remove(name) : null;
        }
        int at = find(name);
        if (at < 0) {
            return null;
        }
        Object before = values[at];
        removeAt(at);
        return before;
    }

    private void removeAt(int at) {
        changes++;
        size--;
        System.arraycopy(names, at + 1, names, at, size - at);
        System.arraycopy(values, at + 1, values, at, size - at);
        names[size] = null;
        values[size] = null;
    }

    @Override
    public void clear() {
        changes++;
        Arrays.fill(names, null);
        Arrays.fill(values, null);
        size = 0;
        many = null;
    }

    @Override
    public void putAll(Map<? extends String, ?> headers) {
        if (isEmpty() && headers instanceof HeaderMap few && few.many == null) {
            changes++;
            names = few.names.clone();
            values = few.values.clone();
            size = few.size;
            many = null;
        } else {
            headers.forEach(this::put);
        }
    }

    @Override
    public void forEach(BiConsumer<? super String, ? super Object> action) {
        if (many != null) {
            many.forEach(action);
            return;
        }
        int before = changes;
        for (int i = 0; i < size && changes == before; i++) {
            action.accept(Objects.requireNonNull(names[i]), values[i]);
        }
        if (changes != before) {
            throw new ConcurrentModificationException();
        }
    }

    @Override
    public Set<Entry<String, Object>> entrySet() {
        return many == null ? new Entries() : many.entrySet();
    }

    private final class Entries extends AbstractSet<Entry<String, Object>> {
        @Override
        public int size() {
            return size;
        }

        @Override
        public Iterator<Entry<String, Object>> iterator() {
            return new Iterator<>() {
                private int next;
                private int before = changes;

                @Override
                public boolean hasNext() {
                    return next < size;
                }

                @Override
                public Entry<String, Object> next() {
                    if (changes != before) {
                        throw new ConcurrentModificationException();
                    }
                    if (next >= size) {
                        throw new NoSuchElementException();
                    }
                    return new At(next++);
                }

                @Override
                public void remove() {
                    removeAt(--next);
                    before = changes;
                }
            };
        }
    }

    private final class At extends SimpleEntry<String, Object> {
        private static final long serialVersionUID = 1L;

        private At(int at) {
            super(Objects.requireNonNull(names[at]), values[at]);
        }

        @Override
        public @Nullable Object setValue(@Nullable Object value) {
            put(getKey(), value);
            return super.setValue(value);
        }
    }

    /** Has Camel use these maps. */
    static final class Factory implements HeadersMapFactory {
        @Override
        public Map<String, Object> newMap() {
            return new HeaderMap();
        }

        @Override
        public Map<String, Object> newMap(Map<String, Object> headers) {
            return new HeaderMap(headers);
        }

        @Override
        public boolean isInstanceOf(Map<String, Object> headers) {
            return headers instanceof HeaderMap;
        }

        @Override
        public boolean isCaseInsensitive() {
            return true;
        }
    }
}
