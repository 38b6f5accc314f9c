// sample plays the programs that Istio's documentation uses as workloads: httpbin, and the four
// services of bookinfo. Paths, ports, headers and JSON fields are those of the originals, as far as
// a mesh's tests look at them, so that a manifest of the originals works with these images.
//
// Usage: sample httpbin | details | ratings | reviews v1|v2|v3 | productpage
//
// Without arguments, the variable SAMPLE holds them: an image has its own.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	arguments := os.Args[1:]
	if len(arguments) == 0 {
		arguments = strings.Fields(os.Getenv("SAMPLE"))
	}
	arguments = append(arguments, "", "")
	var handler http.Handler
	port := "9080" // bookinfo's
	switch role, version := arguments[0], arguments[1]; role {
	case "httpbin":
		handler, port = httpbin(), "8080"
	case "details":
		handler = details()
	case "ratings":
		handler = ratings()
	case "reviews":
		handler = reviews(version)
	case "productpage":
		handler = productpage()
	default:
		fmt.Fprintln(os.Stderr, "usage: sample httpbin | details | ratings | reviews v1|v2|v3 | productpage")
		os.Exit(2)
	}
	if p := os.Getenv("PORT"); p != "" {
		port = p
	}
	serve(":"+port, handler)
}

// serve ends on SIGTERM after the requests under way: a rollout loses none of them.
func serve(address string, handler http.Handler) {
	stopped, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	server := &http.Server{Addr: address, Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-stopped.Done()
		deadline, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = server.Shutdown(deadline)
	}()
	log.Printf("listening on %s", address)
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		log.Fatal(err)
	}
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(value); err != nil {
		log.Printf("writing a response: %v", err)
	}
}
