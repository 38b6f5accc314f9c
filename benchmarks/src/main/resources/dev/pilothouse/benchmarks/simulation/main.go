// Istio's own simulation of a proxy, asked about listeners and calls that come in as JSON: the peer of
// Pilothouse's request tracer. Each line of the input is one question, each line of the output its answer.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	"google.golang.org/protobuf/encoding/protojson"

	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/networking/core"
	"istio.io/istio/pilot/pkg/simulation"
	// All types that an Any may hold.
	_ "istio.io/istio/pkg/config/xds"
	"istio.io/istio/pkg/log"
)

type call struct {
	Address  string
	Port     int
	Protocol string
	TLS      bool
	Alpn     string
	Sni      string
	Host     string
	Path     string
	Headers  http.Header
}

// question has the listener that connections arrive at first, and those beside it.
type question struct {
	Listeners []json.RawMessage
	Calls     []call
	// How often all calls are made; the time of each round is part of the answer.
	Rounds int
}

type result struct {
	Listener, Chain, Host, Route, Cluster, Error string
}

type answer struct {
	Results []result
	Nanos   []int64
}

func listeners(q question) ([]*listener.Listener, error) {
	var all []*listener.Listener
	for i, text := range q.Listeners {
		l := &listener.Listener{}
		if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(text, l); err != nil {
			return nil, err
		}
		if i == 0 {
			// It takes what no other listener is bound for.
			l.Name = model.VirtualOutboundListenerName
		}
		all = append(all, l)
	}
	return all, nil
}

func (c call) call() simulation.Call {
	tls := simulation.Plaintext
	if c.TLS {
		tls = simulation.TLS
	}
	headers := http.Header{}
	for name, values := range c.Headers {
		headers[name] = values
	}
	return simulation.Call{
		Address:    c.Address,
		Port:       c.Port,
		Protocol:   simulation.Protocol(c.Protocol),
		TLS:        tls,
		Alpn:       c.Alpn,
		Sni:        c.Sni,
		HostHeader: c.Host,
		Path:       c.Path,
		Headers:    headers,
		CallMode:   simulation.CallModeOutbound,
	}
}

// run makes a call; what the simulation does not know ends its goroutine.
func run(s *simulation.Simulation, c simulation.Call) result {
	done := make(chan result, 1)
	go func() {
		answer := result{Error: "it gave up"}
		defer func() {
			if cause := recover(); cause != nil {
				answer.Error = fmt.Sprint(cause)
			}
			done <- answer
		}()
		r := s.Run(c)
		answer = result{
			Listener: r.ListenerMatched,
			Chain:    r.FilterChainMatched,
			Host:     r.VirtualHostMatched,
			Route:    r.RouteMatched,
			Cluster:  r.ClusterMatched,
		}
		if r.Error != nil {
			answer.Error = r.Error.Error()
		}
	}()
	return <-done
}

func ask(s *simulation.Simulation, q question) answer {
	all, err := listeners(q)
	a := answer{Results: make([]result, len(q.Calls))}
	if err != nil {
		for i := range a.Results {
			a.Results[i] = result{Error: err.Error()}
		}
		return a
	}
	s.Listeners = all
	for i := 0; i < max(q.Rounds, 1); i++ {
		start := time.Now()
		for j, c := range q.Calls {
			a.Results[j] = run(s, c.call())
		}
		a.Nanos = append(a.Nanos, time.Since(start).Nanoseconds())
	}
	return a
}

func answerAll(t *testing.T) {
	for _, scope := range log.Scopes() {
		scope.SetOutputLevel(log.NoneLevel)
	}
	generator := core.NewConfigGenTest(t, core.TestOptions{})
	s := simulation.NewSimulationFromConfigGen(t, generator, generator.SetupProxy(nil))
	in := json.NewDecoder(bufio.NewReaderSize(os.Stdin, 1<<20))
	out := json.NewEncoder(os.Stdout)
	for {
		var q question
		if err := in.Decode(&q); err != nil {
			return
		}
		if err := out.Encode(ask(s, q)); err != nil {
			t.Fatal(err)
		}
	}
}

// The simulation is made for tests, so that this is one.
func main() {
	all := func(_, _ string) (bool, error) { return true, nil }
	testing.Main(all, []testing.InternalTest{{Name: "simulation", F: answerAll}}, nil, nil)
}
