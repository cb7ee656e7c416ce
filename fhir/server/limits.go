package server

import "time"

// Limits bound what one request, and all requests together, may cost. A zero field means its default.
type Limits struct {
	// Body is the largest request body in bytes; 10 MiB.
	Body int64
	// Bodies is how many bytes of request bodies and large answers are held at once, over all requests; 256 MiB. It should
	// leave room for several answers of resources.Options.MaxAnswer.
	Bodies int64
	// URL is the longest request target in bytes; 16 KiB.
	URL int
	// Header is the largest request header in bytes, the request line included; 64 KiB.
	Header int
	// Requests is how many requests are worked on at once; 1024. Further ones are told to come back.
	Requests int64
	// Connections is how many connections are open at once; 4096. Further clients wait.
	Connections int
	// Timeout bounds the work on one request after its body was read; 30 s.
	Timeout time.Duration
	// ReadHeader and Read bound how long a client may take to send the header (10 s) and the whole request (60 s).
	ReadHeader, Read time.Duration
	// Write bounds the time from the end of the header to the end of the answer; Read + Timeout + 30 s.
	Write time.Duration
	// Idle is how long an unused connection is kept; 120 s.
	Idle time.Duration
	// Stop is how long a stopping server waits for the requests in flight; 30 s.
	Stop time.Duration
}

// withDefaults fills in what was left zero.
func (l Limits) withDefaults() Limits {
	l.Body = orDefault(l.Body, 10<<20)
	l.Bodies = max(orDefault(l.Bodies, 256<<20), l.Body)
	l.URL = orDefault(l.URL, 16<<10)
	l.Header = orDefault(l.Header, 64<<10)
	l.Requests = orDefault(l.Requests, 1024)
	l.Connections = orDefault(l.Connections, 4096)
	l.Timeout = orDefault(l.Timeout, 30*time.Second)
	l.ReadHeader = orDefault(l.ReadHeader, 10*time.Second)
	l.Read = orDefault(l.Read, time.Minute)
	l.Write = orDefault(l.Write, l.Read+l.Timeout+30*time.Second)
	l.Idle = orDefault(l.Idle, 2*time.Minute)
	l.Stop = orDefault(l.Stop, 30*time.Second)
	return l
}

func orDefault[T int | int64 | time.Duration](given, otherwise T) T {
	if given > 0 {
		return given
	}
	return otherwise
}
