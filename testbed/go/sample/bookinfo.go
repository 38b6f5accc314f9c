package main

import (
	"encoding/json"
	"fmt"
	"html/template"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// What bookinfo's services pass on to the next one: what routes are made by, and what traces are
// made of.
var passedOn = []string{
	"end-user", "user-agent", "cookie", "authorization", "x-request-id", "x-b3-traceid",
	"x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "x-b3-flags", "traceparent", "tracestate",
}

var client = &http.Client{Timeout: 3 * time.Second}

func service() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("/health", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, http.StatusOK, map[string]any{"status": "healthy"})
	})
	return mux
}

func details() http.Handler {
	mux := service()
	mux.HandleFunc("/details/{id}", withID(func(w http.ResponseWriter, r *http.Request, id int) {
		writeJSON(w, http.StatusOK, map[string]any{
			"id": id, "author": "William Shakespeare", "year": 1595, "type": "paperback",
			"pages": 200, "publisher": "PublisherA", "language": "English",
			"ISBN-10": "1234567890", "ISBN-13": "123-1234567890",
		})
	}))
	return mux
}

func ratings() http.Handler {
	mux := service()
	mux.HandleFunc("/ratings/{id}", withID(func(w http.ResponseWriter, r *http.Request, id int) {
		writeJSON(w, http.StatusOK, map[string]any{
			"id": id, "ratings": map[string]int{"Reviewer1": 5, "Reviewer2": 4},
		})
	}))
	return mux
}

// reviews asks ratings for stars in v2 (black) and v3 (red), and shows none in v1.
func reviews(version string) http.Handler {
	color := map[string]string{"v2": "black", "v3": "red"}[version]
	pod, _ := os.Hostname()
	mux := service()
	mux.HandleFunc("/reviews/{id}", withID(func(w http.ResponseWriter, r *http.Request, id int) {
		list := []map[string]any{
			{"reviewer": "Reviewer1", "text": "Two pairs of twins, and I lost count before the second act."},
			{"reviewer": "Reviewer2", "text": "Short, loud and funny; better seen than read."},
		}
		if color != "" {
			var answer struct{ Ratings map[string]int }
			err := ask(r, "ratings", "/ratings/"+strconv.Itoa(id), &answer)
			for _, review := range list {
				if err != nil {
					review["rating"] = map[string]any{"error": "Ratings service is currently unavailable"}
					continue
				}
				stars := answer.Ratings[review["reviewer"].(string)]
				review["rating"] = map[string]any{"stars": stars, "color": color}
			}
		}
		writeJSON(w, http.StatusOK, map[string]any{"id": strconv.Itoa(id), "podname": pod, "reviews": list})
	}))
	return mux
}

var page = template.Must(template.New("productpage").Parse(`<!DOCTYPE html>
<html>
<head><title>Simple Bookstore App</title></head>
<body>
<h1>The Comedy of Errors</h1>
{{with .Details}}<dl>{{range $name, $value := .}}<dt>{{$name}}</dt><dd>{{$value}}</dd>
{{end}}</dl>{{else}}<p>Error fetching product details!</p>{{end}}
{{with .Reviews}}<p>Reviews served by: {{.podname}}</p>
{{range .reviews}}<blockquote>{{.text}} <small>{{.reviewer}}</small>{{with .rating}}
{{if .error}}<i>{{.error}}</i>{{else}}<font color="{{.color}}">{{.stars}} stars</font>{{end}}{{end}}</blockquote>
{{end}}{{else}}<p>Error fetching product reviews!</p>{{end}}
</body>
</html>
`))

func productpage() http.Handler {
	mux := service()
	product := map[string]any{"id": 0, "title": "The Comedy of Errors"}
	mux.HandleFunc("/productpage", func(w http.ResponseWriter, r *http.Request) {
		// The original's front page sends the user whom its login named; here a query says who.
		if user := r.URL.Query().Get("u"); user != "" {
			r.Header.Set("end-user", user)
		}
		var shown struct{ Details, Reviews map[string]any }
		for name, into := range map[string]*map[string]any{"details": &shown.Details, "reviews": &shown.Reviews} {
			if err := ask(r, name, "/"+name+"/0", into); err != nil {
				log.Printf("%v", err)
			}
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err := page.Execute(w, shown); err != nil {
			log.Printf("writing the page: %v", err)
		}
	})
	mux.HandleFunc("/api/v1/products", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, http.StatusOK, []any{product})
	})
	mux.HandleFunc("/api/v1/products/{id}", withID(func(w http.ResponseWriter, r *http.Request, id int) {
		relay(w, r, "details", "/details/"+strconv.Itoa(id))
	}))
	for _, name := range []string{"reviews", "ratings"} {
		mux.HandleFunc("/api/v1/products/{id}/"+name, withID(func(w http.ResponseWriter, r *http.Request, id int) {
			relay(w, r, name, "/"+name+"/"+strconv.Itoa(id))
		}))
	}
	return mux
}

func withID(handle func(http.ResponseWriter, *http.Request, int)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id, err := strconv.Atoi(r.PathValue("id"))
		if err != nil {
			writeJSON(w, http.StatusBadRequest, map[string]any{"error": "please provide numeric product ID"})
			return
		}
		handle(w, r, id)
	}
}

func relay(w http.ResponseWriter, r *http.Request, name, path string) {
	var answer map[string]any
	if err := ask(r, name, path, &answer); err != nil {
		writeJSON(w, http.StatusServiceUnavailable, map[string]any{"error": err.Error()})
		return
	}
	writeJSON(w, http.StatusOK, answer)
}

// ask calls another service of bookinfo. DETAILS_HOSTNAME and its like name another host, as in the
// originals.
func ask(r *http.Request, name, path string, into any) error {
	host := os.Getenv(strings.ToUpper(name) + "_HOSTNAME")
	if host == "" {
		host = name
	}
	request, err := http.NewRequestWithContext(r.Context(), http.MethodGet, "http://"+host+":9080"+path, nil)
	if err != nil {
		return err
	}
	for _, header := range passedOn {
		if value := r.Header.Get(header); value != "" {
			request.Header.Set(header, value)
		}
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", request.URL, response.Status)
	}
	return json.NewDecoder(response.Body).Decode(into)
}
