package io.tandem.openapi;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.tandem.caller.Permission;
import io.tandem.config.Settings;
import io.tandem.config.Settings.CallerAuth;
import io.tandem.message.ProblemType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How callers show who they are, as the document describes it. Immutable. */
final class Security {
    private final Settings.Callers callers;

    Security(Settings.Callers callers) {
        this.callers = callers;
    }

    /** Adds a scheme for each way in which callers may show who they are. */
    void addTo(Components components) {
        for (CallerAuth auth : callers.auth()) {
            SecurityScheme scheme = scheme(auth);
            if (scheme != null) {
                components.addSecuritySchemes(auth.word(), scheme);
            }
        }
    }

    private @Nullable SecurityScheme scheme(CallerAuth auth) {
        return switch (auth) {
            case NONE -> null;
            case API_KEY ->
                new SecurityScheme()
                        .type(SecurityScheme.Type.APIKEY)
                        .in(SecurityScheme.In.HEADER)
                        .name(callers.keyHeader())
                        .description("An API key, alone in the header.");
            case BASIC ->
                new SecurityScheme()
                        .type(SecurityScheme.Type.HTTP)
                        .scheme("basic")
                        .description("Name and password (RFC 7617).");
            case JWT ->
                new SecurityScheme()
                        .type(SecurityScheme.Type.HTTP)
                        .scheme("bearer")
                        .bearerFormat("JWT")
                        .description("An access token (RFC 6750).");
            case MTLS ->
                new SecurityScheme().type(SecurityScheme.Type.MUTUALTLS).description("A client certificate.");
        };
    }

    /** Says what a caller must have been granted for an operation; any of the schemes suffices. */
    void require(Operation operation, Permission permission) {
        if (callers.anonymous()) {
            // unless a REST definition says so (securityDefinitions, security), nobody is asked who they are
            return;
        }
        operation.setSecurity(callers.auth().stream()
                .map(auth ->
                        new SecurityRequirement().addList(auth.word(), List.of(permission.scope(callers.scopes()))))
                .toList());
    }

    /** Whether the answer to a caller without the scope names it (RFC 6750 §3.1). */
    boolean namesScope() {
        return callers.auth().contains(CallerAuth.JWT);
    }

    /** Whether callers can get a problem. */
    boolean allows(ProblemType type) {
        return switch (type) {
            case UNAUTHORIZED -> !callers.anonymous();
            case AUTHENTICATION_UNAVAILABLE ->
                callers.auth().contains(CallerAuth.BASIC) || callers.auth().contains(CallerAuth.JWT);
            case RATE_LIMITED -> callers.rate() != null;
            default -> true;
        };
    }
}
