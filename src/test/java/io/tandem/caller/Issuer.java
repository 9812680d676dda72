package io.tandem.caller;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Instant;
import java.util.Date;
import java.util.function.UnaryOperator;

/** An authorization server that publishes its keys, or does not. */
final class Issuer implements AutoCloseable {
    static final String AUDIENCE = "https://tandem.example.com";

    private final WireMockServer server = new WireMockServer(
            WireMockConfiguration.options().bindAddress("127.0.0.1").dynamicPort());
    private RSAKey key = newKey("first");

    Issuer() {
        server.start();
        server.stubFor(WireMock.get("/.well-known/openid-configuration")
                .willReturn(WireMock.okJson(
                        """
                        {"issuer":"%s","jwks_uri":"%s/keys","token_endpoint":"%s/token",
                         "response_types_supported":["code"]}"""
                                .formatted(url(), url(), url()))));
        publish();
    }

    String url() {
        return "http://127.0.0.1:" + server.port();
    }

    RSAKey key() {
        return key;
    }

    /** From now on signs with another key. */
    void rotate(String id) {
        key = newKey(id);
    }

    void publish() {
        server.stubFor(WireMock.get("/keys").willReturn(WireMock.okJson(new JWKSet(key.toPublicJWK()).toString())));
    }

    void failing() {
        server.stubFor(WireMock.get("/keys").willReturn(WireMock.serverError()));
    }

    /** Its keys are somewhere else, it says. */
    void redirecting(String to) {
        server.stubFor(WireMock.get("/keys").willReturn(WireMock.temporaryRedirect(to)));
    }

    /** Its keys come with so many characters more. */
    void bloated(int characters) {
        server.stubFor(WireMock.get("/keys")
                .willReturn(WireMock.okJson(new JWKSet(key.toPublicJWK())
                        .toString()
                        .replaceFirst("\\{", "{\"x\":\"" + "x".repeat(characters) + "\","))));
    }

    int askedForKeys() {
        return server.findAll(WireMock.getRequestedFor(WireMock.urlEqualTo("/keys")))
                .size();
    }

    String token(UnaryOperator<JWTClaimsSet.Builder> claims) {
        return token(new JWSHeader.Builder(JWSAlgorithm.RS256).type(new JOSEObjectType("at+jwt")), claims);
    }

    String token(JWSHeader.Builder header, UnaryOperator<JWTClaimsSet.Builder> claims) {
        try {
            SignedJWT jwt = new SignedJWT(
                    header.keyID(key.getKeyID()).build(), claims.apply(claims()).build());
            jwt.sign(new RSASSASigner(key));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(url())
                .audience(AUDIENCE)
                .subject("shop")
                .claim("scope", "messages.write other")
                .expirationTime(Date.from(Instant.now().plusSeconds(60)));
    }

    private static RSAKey newKey(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop();
    }
}
