package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

// What is read of a request's body.
const maxBody = 1 << 20

// httpbin answers as go-httpbin does, Istio's sample: a header is a list of values. The field
// "pod", the name of the pod that answered, is not in the original: with it a test sees which
// replica or version a route led to.
func httpbin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", echo)
	mux.HandleFunc("/headers", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, http.StatusOK, map[string]any{"headers": headers(r)})
	})
	mux.HandleFunc("/ip", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, http.StatusOK, map[string]any{"origin": origin(r)})
	})
	mux.HandleFunc("/status/{code}", func(w http.ResponseWriter, r *http.Request) {
		code, err := strconv.Atoi(r.PathValue("code"))
		if err != nil || code < 200 || code > 599 {
			http.Error(w, "a status is a number from 200 to 599", http.StatusBadRequest)
			return
		}
		w.WriteHeader(code)
	})
	mux.HandleFunc("/delay/{seconds}", func(w http.ResponseWriter, r *http.Request) {
		seconds, err := strconv.ParseFloat(r.PathValue("seconds"), 64)
		if err != nil || seconds < 0 || seconds > 10 {
			http.Error(w, "a delay is 0 to 10 seconds", http.StatusBadRequest)
			return
		}
		select {
		case <-time.After(time.Duration(seconds * float64(time.Second))):
			echo(w, r)
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("/response-headers", func(w http.ResponseWriter, r *http.Request) {
		for name, values := range r.URL.Query() {
			for _, value := range values {
				w.Header().Add(name, value)
			}
		}
		writeJSON(w, http.StatusOK, r.URL.Query())
	})
	return mux
}

// echo tells what arrived: /get, /post, /anything and any other path.
func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, fmt.Sprintf("reading the body: %v", err), http.StatusBadRequest)
		return
	}
	pod, _ := os.Hostname()
	writeJSON(w, http.StatusOK, map[string]any{
		"method":  r.Method,
		"path":    r.URL.Path,
		"url":     "http://" + r.Host + r.URL.RequestURI(),
		"args":    r.URL.Query(),
		"headers": headers(r),
		"origin":  origin(r),
		"data":    string(body),
		"pod":     pod,
	})
}

// headers gives Host back to the headers: net/http takes it out.
func headers(r *http.Request) http.Header {
	all := r.Header.Clone()
	all.Set("Host", r.Host)
	return all
}

func origin(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
