package io.tandem.kafka;

import io.tandem.tls.KeyFileException;
import io.tandem.tls.TlsFiles;
import java.security.KeyStore;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.security.auth.SslEngineFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS to brokers by the same files, PEM or PKCS12, as to targets, read again when they changed. Made by Kafka, by name;
 * public for that reason. Thread-safe.
 */
public final class TlsEngines implements SslEngineFactory {
    /** The key of the client's configuration under which the files are. */
    static final String FILES = "tandem.tls.files";

    private @Nullable TlsFiles files;

    /** For Kafka. */
    public TlsEngines() {
        // configured by what follows
    }

    @Override
    public void configure(Map<String, ?> configs) {
        files = (TlsFiles) configs.get(FILES);
    }

    @Override
    public SSLEngine createClientSslEngine(String peerHost, int peerPort, String endpointIdentification) {
        TlsFiles known = files;
        if (known == null) {
            throw new KafkaException("there are no TLS files");
        }
        try {
            SSLEngine engine = known.context().createSSLEngine(peerHost, peerPort);
            engine.setUseClientMode(true);
            SSLParameters parameters = engine.getSSLParameters();
            // whatever else is configured: a certificate of somebody else is none
            parameters.setEndpointIdentificationAlgorithm("https");
            parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
            engine.setSSLParameters(parameters);
            return engine;
        } catch (KeyFileException e) {
            throw new KafkaException(e.getMessage(), e);
        }
    }

    @Override
    public SSLEngine createServerSslEngine(String peerHost, int peerPort) {
        throw new UnsupportedOperationException("Tandem is no broker");
    }

    @Override
    public boolean shouldBeRebuilt(Map<String, Object> nextConfigs) {
        return false;
    }

    @Override
    public Set<String> reconfigurableConfigs() {
        return Set.of();
    }

    @Override
    public @Nullable KeyStore keystore() {
        return null;
    }

    @Override
    public @Nullable KeyStore truststore() {
        return null;
    }

    @Override
    public void close() {
        // the files are read when they are needed
    }
}
