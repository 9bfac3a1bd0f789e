// Go's ReverseProxy as the Docker API needs it: PORT ORIGIN.
package main

import (
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
)

func main() {
	origin, err := url.Parse("http://127.0.0.1:" + os.Args[2])
	if err != nil {
		panic(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(origin)
	// Events and logs are passed on as they come.
	proxy.FlushInterval = -1
	proxy.Transport = &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}
	panic(http.ListenAndServe("127.0.0.1:"+os.Args[1], proxy))
}
