package io.tandem.app;

import io.tandem.config.Settings;
import java.util.concurrent.TimeUnit;
import org.apache.camel.cluster.CamelClusterService;
import org.apache.camel.component.file.cluster.FileLockClusterService;
import org.apache.camel.component.kubernetes.cluster.KubernetesClusterService;
import org.jspecify.annotations.Nullable;

/**
 * What elects one instance among several, for users' routes that start with {@code master:}. Tandem itself needs none:
 * whatever it does, several instances may do (see docs/decisions/0028).
 */
final class Elections {
    /** How soon a leader that has ended is followed by another one. */
    private static final long LOOK_MILLIS = 1000;

    private Elections() {}

    /** A new one, for one set of routes; null when there is to be none. */
    static @Nullable CamelClusterService by(Settings.Cluster cluster) {
        return switch (cluster.election()) {
            case NONE -> null;
            case FILE -> byFile(cluster);
            case KUBERNETES -> byLease(cluster);
        };
    }

    private static CamelClusterService byFile(Settings.Cluster cluster) {
        FileLockClusterService service = new FileLockClusterService();
        service.setRoot(cluster.dir().toString());
        // told with its unit: that of a bare number is not the same in all versions of Camel
        service.setAcquireLockDelay(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        service.setAcquireLockInterval(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        return service;
    }

    private static CamelClusterService byLease(Settings.Cluster cluster) {
        KubernetesClusterService service = new KubernetesClusterService();
        service.setKubernetesResourceName("tandem-leaders");
        if (cluster.namespace() != null) {
            service.setNamespace(cluster.namespace());
            service.setKubernetesResourcesNamespace(cluster.namespace());
        }
        return service;
    }
}
