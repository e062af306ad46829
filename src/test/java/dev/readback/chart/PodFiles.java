package dev.readback.chart;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.SecretVolumeSource;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The files that a Pod's container sees, in a directory instead of at its root: what a node does with volumes. */
final class PodFiles {

    private final Path root;
    private final Rendered rendered;

    private PodFiles(Path root, Rendered rendered) {
        this.root = root;
        this.rendered = rendered;
    }

    /**
     * Writes the files.
     *
     * @param secrets what the cluster's Secrets hold, by their names
     */
    static PodFiles mount(Path root, Rendered rendered, Map<String, Map<String, String>> secrets) throws IOException {
        PodFiles files = new PodFiles(root, rendered);
        for (VolumeMount mount : rendered.container().getVolumeMounts()) {
            Volume volume = rendered.pod().getVolumes().stream()
                    .filter(it -> it.getName().equals(mount.getName()))
                    .findFirst()
                    .orElseThrow();
            Path directory =
                    Files.createDirectories(root.resolve(mount.getMountPath().substring(1)));
            for (Map.Entry<String, String> file : files.content(volume, secrets).entrySet()) {
                Files.writeString(directory.resolve(file.getKey()), files.moved(file.getValue()));
            }
        }
        return files;
    }

    /** An environment variable of the container. */
    String variable(String name) {
        return rendered.container().getEnv().stream()
                .filter(it -> it.getName().equals(name))
                .map(EnvVar::getValue)
                .map(this::moved)
                .findFirst()
                .orElseThrow();
    }

    private String moved(String text) {
        return text.replace(":/etc/readback/", ":" + root + "/etc/readback/");
    }

    private Map<String, String> content(Volume volume, Map<String, Map<String, String>> secrets) {
        if (volume.getConfigMap() != null) {
            return rendered.named(ConfigMap.class, volume.getConfigMap().getName())
                    .getData();
        }
        if (volume.getSecret() != null) {
            SecretVolumeSource source = volume.getSecret();
            Map<String, String> data = Objects.requireNonNull(secrets.get(source.getSecretName()));
            Map<String, String> files = new HashMap<>();
            for (KeyToPath item : items(source)) {
                files.put(item.getPath(), Objects.requireNonNull(data.get(item.getKey())));
            }
            return files;
        }
        return Map.of();
    }

    private static List<KeyToPath> items(SecretVolumeSource source) {
        if (source.getItems().isEmpty()) {
            throw new IllegalStateException(source.getSecretName() + " is mounted whole");
        }
        return source.getItems();
    }
}
