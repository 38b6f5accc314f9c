// Many delta clients of Istio's own package adsc in one process: the peer of Pilothouse's xDS client.
// As those do, each keeps what it is sent.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	endpoint "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	v3 "istio.io/istio/pilot/pkg/xds/v3"
	"istio.io/istio/pkg/adsc"
	"istio.io/istio/pkg/log"
)

// held is what one proxy holds.
type held struct {
	sync.Mutex
	resources map[string]proto.Message
}

func (h *held) take(kind, name string, resource proto.Message, event adsc.Event) {
	h.Lock()
	defer h.Unlock()
	if event == adsc.EventDelete {
		delete(h.resources, kind+name)
	} else {
		h.resources[kind+name] = resource
	}
}

func routesOf(l *listener.Listener) []string {
	var names []string
	for _, chain := range l.GetFilterChains() {
		for _, filter := range chain.GetFilters() {
			manager := &hcm.HttpConnectionManager{}
			if filter.GetTypedConfig().MessageIs(manager) && filter.GetTypedConfig().UnmarshalTo(manager) == nil {
				if rds := manager.GetRds(); rds != nil {
					names = append(names, rds.GetRouteConfigName())
				}
			}
		}
	}
	return names
}

func start(address string, i int) *held {
	h := &held{resources: map[string]proto.Message{}}
	ip := fmt.Sprintf("10.%d.%d.%d", 64+i/65536, i/256%256, i%256)
	metadata, err := structpb.NewStruct(map[string]any{
		"NAME":          fmt.Sprintf("app-%d", i),
		"NAMESPACE":     "default",
		"CLUSTER_ID":    "Kubernetes",
		"INSTANCE_IPS":  ip,
		"ISTIO_VERSION": "1.31.0",
	})
	if err != nil {
		panic(err)
	}
	client := adsc.NewDelta(address, &adsc.DeltaADSConfig{Config: adsc.Config{
		Namespace: "default",
		Workload:  fmt.Sprintf("app-%d", i),
		IP:        ip,
		Meta:      metadata,
	}},
		adsc.Register(func(ctx adsc.HandlerContext, name, _ string, c *cluster.Cluster, event adsc.Event) {
			h.take("c/", name, c, event)
			if event == adsc.EventAdd && c.GetType() == cluster.Cluster_EDS {
				ctx.RegisterDependency(v3.EndpointType, c.GetEdsClusterConfig().GetServiceName())
			}
		}),
		adsc.Register(func(ctx adsc.HandlerContext, name, _ string, l *listener.Listener, event adsc.Event) {
			h.take("l/", name, l, event)
			if event == adsc.EventAdd {
				ctx.RegisterDependency(v3.RouteType, routesOf(l)...)
			}
		}),
		adsc.Register(func(_ adsc.HandlerContext, name, _ string, e *endpoint.ClusterLoadAssignment, event adsc.Event) {
			h.take("e/", name, e, event)
		}),
		adsc.Register(func(_ adsc.HandlerContext, name, _ string, r *route.RouteConfiguration, event adsc.Event) {
			h.take("r/", name, r, event)
		}),
		adsc.Watch[*cluster.Cluster]("*"),
		adsc.Watch[*listener.Listener]("*"),
	)
	go client.Run(context.Background())
	return h
}

func main() {
	for _, scope := range log.Scopes() {
		scope.SetOutputLevel(log.NoneLevel)
	}
	count, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	proxies := make([]*held, count)
	for i := range proxies {
		proxies[i] = start(os.Args[1], i)
	}
	// Each line asks for the heap that is in use.
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		runtime.GC()
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		total := 0
		for _, h := range proxies {
			h.Lock()
			total += len(h.resources)
			h.Unlock()
		}
		fmt.Println(memory.HeapAlloc, total)
	}
	runtime.KeepAlive(proxies)
}
