package io.tandem.keycloak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.support.TypeBasedParameterResolver;

/** A test that needs a real {@link Keycloak}, which it may take as a parameter: one serves all tests of a run. */
@Tag("keycloak")
@ExtendWith(KeycloakTest.OneForAll.class)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface KeycloakTest {

    /** Starts it for the first test that asks, and ends it after the last. */
    final class OneForAll extends TypeBasedParameterResolver<Keycloak> {
        @Override
        public Keycloak resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot()
                    .getStore(Namespace.create(KeycloakTest.class))
                    .getOrComputeIfAbsent(Keycloak.class, key -> start(), Keycloak.class);
        }

        private static Keycloak start() {
            String home = System.getProperty("keycloak.home");
            if (home == null) {
                throw new IllegalStateException("no Keycloak: run 'mvn verify -Pkeycloak'");
            }
            try {
                return Keycloak.start(Path.of(home));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
