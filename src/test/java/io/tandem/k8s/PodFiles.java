package io.tandem.k8s;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * The files that a pod finds at {@code /etc/camel}: as a Deployment mounts them, or as Camel K's operator does for an
 * Integration.
 */
final class PodFiles {
    /** Where they are, whoever mounts them. */
    static final String ROOT = "/etc/camel";

    private final Manifests manifests;
    private final Map<String, String> secrets;

    /** Of an Integration, by name. */
    private final Map<String, String> sources = new LinkedHashMap<>();

    /** By folder, and name below it. */
    private final Map<String, Map<String, String>> mounts = new LinkedHashMap<>();

    private PodFiles(Manifests manifests, Map<String, String> secrets) {
        this.manifests = manifests;
        this.secrets = secrets;
    }

    /**
     * Writes them below a folder: each mount as the kubelet makes it, files behind a symbolic link that it can switch;
     * sources by themselves, as Camel K mounts them.
     *
     * @param secrets what is in the Secret tandem-credentials
     */
    static void write(Manifests manifests, Map<String, String> secrets, Path root) {
        PodFiles files = new PodFiles(manifests, secrets);
        if (manifests.has("Integration")) {
            files.ofIntegration(manifests.the("Integration", "tandem"));
        } else {
            files.ofDeployment(manifests.the("Deployment", "tandem"));
        }
        try {
            for (Map.Entry<String, String> source : files.sources.entrySet()) {
                writeFile(root.resolve("sources").resolve(source.getKey()), source.getValue());
            }
            for (Map.Entry<String, Map<String, String>> mount : files.mounts.entrySet()) {
                mount(root.resolve(mount.getKey().substring(ROOT.length() + 1)), mount.getValue(), "..1");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Mounts files, or puts others in their place, in one step as the kubelet does. */
    static void mount(Path folder, Map<String, String> files, String version) throws IOException {
        for (Map.Entry<String, String> file : files.entrySet()) {
            writeFile(folder.resolve(version).resolve(file.getKey()), file.getValue());
        }
        Path data = folder.resolve("..data");
        Path next = Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of(version));
        Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
        for (String file : files.keySet()) {
            Path first = Path.of(file).getName(0);
            Path link = folder.resolve(first);
            if (!Files.isSymbolicLink(link)) {
                Files.createSymbolicLink(link, Path.of("..data").resolve(first));
            }
        }
    }

    private static void writeFile(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void ofIntegration(JsonNode integration) {
        for (JsonNode source : integration.at("/spec/sources")) {
            sources.put(
                    source.path("name").stringValue(), source.path("content").stringValue());
        }
        for (String config : Manifests.strings(integration.at("/spec/traits/mount/configs"))) {
            String[] parts = config.split(":", 2);
            mounts.put("%s/conf.d/_%ss/%s".formatted(ROOT, parts[0], parts[1]), files(parts[0], parts[1]));
        }
        for (String resource : Manifests.strings(integration.at("/spec/traits/mount/resources"))) {
            String[] parts = resource.split("[:@]", 3);
            mounts.put(parts[2], files(parts[0], parts[1]));
        }
        ofPod(integration.at("/spec/template/spec"));
    }

    private void ofDeployment(JsonNode deployment) {
        ofPod(deployment.at("/spec/template/spec"));
    }

    private void ofPod(JsonNode pod) {
        Map<String, JsonNode> volumes = new LinkedHashMap<>();
        pod.path("volumes").forEach(volume -> volumes.put(volume.path("name").stringValue(), volume));
        for (JsonNode mount : pod.at("/containers/0/volumeMounts")) {
            JsonNode volume = volumes.get(mount.path("name").stringValue());
            String path = mount.path("mountPath").stringValue();
            if (volume == null) {
                throw new IllegalStateException("there is no volume for " + mount);
            }
            if (path.startsWith(ROOT)) {
                mounts.put(path, files(volume));
            }
        }
    }

    private Map<String, String> files(JsonNode volume) {
        if (volume.has("configMap")) {
            return files("configmap", volume.at("/configMap/name").stringValue());
        }
        if (volume.has("secret")) {
            return files("secret", volume.at("/secret/secretName").stringValue());
        }
        Map<String, String> files = new LinkedHashMap<>();
        for (JsonNode source : volume.at("/projected/sources")) {
            Map<String, String> all =
                    files("configmap", source.at("/configMap/name").stringValue());
            JsonNode items = source.at("/configMap/items");
            if (items.isMissingNode()) {
                files.putAll(all);
            } else {
                Function<JsonNode, String> key = item -> item.path("key").stringValue();
                items.forEach(item -> files.put(item.path("path").stringValue(), all.get(key.apply(item))));
            }
        }
        return files;
    }

    private Map<String, String> files(String kind, String name) {
        if (kind.equals("secret")) {
            return secrets;
        }
        Map<String, String> files = new LinkedHashMap<>();
        manifests.the("ConfigMap", name).path("data").forEachEntry((file, text) -> files.put(file, text.stringValue()));
        return files;
    }
}
