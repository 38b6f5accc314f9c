/**
 * What only kind and Docker can do: the life of a cluster, images, and fast ways into its nodes.
 * Start at {@link dev.pilothouse.kind.KindClusters}.
 *
 * <p>Clusters of others (Docker Desktop, minikube, a cloud) are not managed here: {@link
 * dev.pilothouse.cluster.ClusterManager#kubeconfig()} attaches to any cluster behind a kubeconfig.
 */
@NullMarked
package dev.pilothouse.kind;

import org.jspecify.annotations.NullMarked;
