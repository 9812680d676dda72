package io.tandem.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ConcurrentModificationException;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.camel.spi.HeadersMapFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether it is what Camel's own map is, but for the order. */
class HeaderMapTest {
    private final HeadersMapFactory factory = new HeaderMap.Factory();

    /** Names of which several are the same but for their case; with many of them, the map is a tree. */
    private static String name(SplittableRandom random, int names) {
        String name = "Header-" + random.nextInt(names);
        return random.nextBoolean() ? name : name.toLowerCase(Locale.ROOT);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 20, 33, 200})
    void doesWhatATreeThatIgnoresCaseDoes(int names) {
        SplittableRandom random = new SplittableRandom(names);
        Map<String, Object> map = factory.newMap();
        Map<String, Object> model = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < 20_000; i++) {
            String name = name(random, names);
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> assertThat(map.put(name, i)).isEqualTo(model.put(name, i));
                case 3 -> assertThat(map.remove(name)).isEqualTo(model.remove(name));
                case 4 -> assertThat(map.get(name)).isEqualTo(model.get(name));
                case 5 -> assertThat(map.containsKey(name)).isEqualTo(model.containsKey(name));
                case 6 -> {
                    Map<String, Object> copy = factory.newMap(map);
                    map.put(name, "not in the copy");
                    assertThat(new TreeMap<>(copy)).isEqualTo(new TreeMap<>(model));
                    model.put(name, "not in the copy");
                }
                default -> {
                    if (random.nextInt(500) == 0) {
                        map.clear();
                        model.clear();
                    }
                    Object least = i;
                    map.values().removeIf(least::equals);
                    assertThat(map.keySet().removeIf(name::equals))
                            .isEqualTo(model.keySet().removeIf(name::equals));
                }
            }
            assertThat(map).hasSameSizeAs(model);
        }
        Map<String, Object> seen = new TreeMap<>();
        map.forEach(seen::put);
        assertThat(seen).isEqualTo(new TreeMap<>(model)).isEqualTo(new TreeMap<>(map));
    }

    @Test
    void nameStaysAsItWasWrittenFirst() {
        Map<String, Object> map = factory.newMap();
        map.put("Content-Type", 1);
        map.put("CONTENT-TYPE", 2);

        assertThat(map.entrySet()).containsExactly(Map.entry("Content-Type", 2));
    }

    @Test
    void entriesChangeAndLeaveTheMap() {
        Map<String, Object> map = factory.newMap(Map.of("a", 1, "b", 2));
        map.entrySet().forEach(entry -> entry.setValue("new"));
        Iterator<Map.Entry<String, Object>> entries = map.entrySet().iterator();
        entries.next();
        entries.remove();

        assertThat(map).hasSize(1).containsValue("new");
    }

    @Test
    void whoeverIsOnTheWayThroughIsToldOfAChange() {
        Map<String, Object> map = factory.newMap(Map.of("a", 1, "b", 2));

        assertThatThrownBy(() -> map.forEach((name, value) -> map.put("c", 3)))
                .isInstanceOf(ConcurrentModificationException.class);
        assertThatThrownBy(() -> map.keySet().forEach(map::remove)).isInstanceOf(ConcurrentModificationException.class);
    }

    @Test
    void isNoMapThatCamelMadeOtherwise() {
        assertThat(factory.isInstanceOf(factory.newMap())).isTrue();
        assertThat(factory.isInstanceOf(Map.of())).isFalse();
        assertThat(factory.isCaseInsensitive()).isTrue();
    }
}
