// Pilothouse's program on the nodes of a kind cluster. It is the entrypoint of the container that
// runs a hot-swapped istiod, and it takes new istiods on the node itself. Standard library only.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// program is the file name of the istiod in its directory.
const program = "pilot-discovery"

func main() {
	if len(os.Args) < 2 {
		fail(64, "usage: supervise DIRECTORY [ARGUMENT…] | take DIRECTORY IMAGE | back DIRECTORY")
	}
	switch role := os.Args[1]; role {
	case "supervise":
		arguments(role, 3, len(os.Args))
		os.Exit(supervise(os.Args[2], os.Args[3:]))
	case "take":
		arguments(role, 4, 4)
		image := lookFor(os.Args[3])
		report(take(os.Args[2]))
		fmt.Println("image", <-image)
	case "back":
		arguments(role, 3, 3)
		report(back(os.Args[2]))
	default:
		fail(64, "no role: "+role)
	}
}

// lookFor asks containerd for an image, while other things go on. For no image, nobody is asked.
func lookFor(image string) <-chan string {
	answer := make(chan string, 1)
	if image == "" {
		answer <- "not asked for"
		return answer
	}
	go func() {
		found, err := exec.Command("ctr", "-n", "k8s.io", "images", "ls", "-q", "name=="+image).Output()
		switch {
		case err != nil:
			answer <- "unknown: " + err.Error()
		case strings.TrimSpace(string(found)) == image:
			answer <- "present"
		default:
			answer <- "missing"
		}
	}()
	return answer
}

func arguments(role string, least, most int) {
	if len(os.Args) < least || len(os.Args) > most {
		fail(64, fmt.Sprintf("%s: %d arguments", role, len(os.Args)-2))
	}
}

func report(err error) {
	if err != nil {
		fail(1, err.Error())
	}
}

func fail(code int, message string) {
	fmt.Fprintln(os.Stderr, "pilothouse: "+message)
	os.Exit(code)
}
