package dev.pilothouse.istiod;

import io.fabric8.kubernetes.client.KubernetesClient;
import org.jspecify.annotations.Nullable;

/**
 * What stays the same while an istiod is restarted and replaced.
 *
 * @param launch how it is started
 * @param meshConfig what it is given
 * @param admin its HTTP port
 * @param webhook its validation webhook, or null
 * @param client reaches the cluster; does not repeat what fails
 */
record Setup(
    Launch launch,
    MeshConfig meshConfig,
    AdminApi admin,
    @Nullable ValidationWebhook webhook,
    KubernetesClient client) {}
