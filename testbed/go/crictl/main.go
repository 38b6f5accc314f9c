// crictl stands in for the tool of cri-tools in a node: kind asks it for images (inspecti), and
// people look with it at what a node runs (images, ps, pods). Other subcommands it has not got.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

const usage = "usage: crictl inspecti IMAGE... | images | ps | pods"

func main() {
	connection, err := grpc.NewClient("unix:///run/containerd/containerd.sock",
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(64<<20)))
	if err == nil {
		defer connection.Close()
		err = run(cri.NewImageServiceClient(connection), cri.NewRuntimeServiceClient(connection), os.Args[1:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "crictl:", err)
		os.Exit(1)
	}
}

func run(images cri.ImageServiceClient, runtime cri.RuntimeServiceClient, arguments []string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if len(arguments) == 0 {
		return fmt.Errorf(usage)
	}
	switch arguments[0] {
	case "inspecti":
		return inspect(ctx, images, arguments[1:])
	case "images":
		return list(ctx, images)
	case "ps":
		return containers(ctx, runtime)
	case "pods":
		return pods(ctx, runtime)
	}
	return fmt.Errorf("no subcommand %q here; %s", arguments[0], usage)
}

// inspect prints the fields of the real tool's answer that name the image.
func inspect(ctx context.Context, images cri.ImageServiceClient, names []string) error {
	for _, name := range names {
		answer, err := images.ImageStatus(ctx, &cri.ImageStatusRequest{Image: &cri.ImageSpec{Image: name}})
		if err != nil {
			return err
		}
		if answer.Image == nil {
			return fmt.Errorf("no such image %q present", name)
		}
		text, err := json.MarshalIndent(map[string]any{"status": map[string]any{
			"id": answer.Image.Id, "repoTags": answer.Image.RepoTags, "repoDigests": answer.Image.RepoDigests,
			"size": fmt.Sprint(answer.Image.Size)}}, "", "  ")
		if err != nil {
			return err
		}
		fmt.Println(string(text))
	}
	return nil
}

// list has the real tool's columns: image, tag, image id, size.
func list(ctx context.Context, images cri.ImageServiceClient) error {
	answer, err := images.ListImages(ctx, &cri.ListImagesRequest{})
	if err != nil {
		return err
	}
	const row = "%-60s %-25s %-15.13s %s\n"
	fmt.Printf(row, "IMAGE", "TAG", "IMAGE ID", "SIZE")
	for _, image := range answer.Images {
		names := image.RepoTags
		if len(names) == 0 {
			names = []string{"<none>:<none>"}
		}
		for _, name := range names {
			colon := strings.LastIndex(name, ":")
			fmt.Printf(row, name[:colon], name[colon+1:], strings.TrimPrefix(image.Id, "sha256:"),
				fmt.Sprintf("%.1fMB", float64(image.Size)/1e6))
		}
	}
	return nil
}

func containers(ctx context.Context, runtime cri.RuntimeServiceClient) error {
	answer, err := runtime.ListContainers(ctx, &cri.ListContainersRequest{})
	if err != nil {
		return err
	}
	const row = "%-15.13s %-10s %-28s %-8v %s\n"
	fmt.Printf(row, "CONTAINER", "STATE", "NAME", "ATTEMPT", "POD")
	for _, c := range answer.Containers {
		pod := c.Labels["io.kubernetes.pod.namespace"] + "/" + c.Labels["io.kubernetes.pod.name"]
		fmt.Printf(row, c.Id, strings.TrimPrefix(c.State.String(), "CONTAINER_"), c.Metadata.Name, c.Metadata.Attempt, pod)
	}
	return nil
}

func pods(ctx context.Context, runtime cri.RuntimeServiceClient) error {
	answer, err := runtime.ListPodSandbox(ctx, &cri.ListPodSandboxRequest{})
	if err != nil {
		return err
	}
	const row = "%-15.13s %-10s %s\n"
	fmt.Printf(row, "POD ID", "STATE", "POD")
	for _, p := range answer.Items {
		fmt.Printf(row, p.Id, strings.TrimPrefix(p.State.String(), "SANDBOX_"), p.Metadata.Namespace+"/"+p.Metadata.Name)
	}
	return nil
}
