/**
 * Istiod as an image, and on its way to where pods can run it. Values and interfaces: nothing here
 * needs Docker.
 *
 * <p>{@code dev.pilothouse.kind} of the module kind-support has what builds images and brings an
 * istiod into the nodes of a kind cluster. Where an image lies in a registry that the nodes can
 * reach, {@link dev.pilothouse.image.Delivery#image} is enough, on any cluster.
 */
@NullMarked
package dev.pilothouse.image;

import org.jspecify.annotations.NullMarked;
