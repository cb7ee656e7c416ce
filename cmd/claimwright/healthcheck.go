package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"
)

func newHealthcheck() *cobra.Command {
	var url string
	var timeout time.Duration
	c := &cobra.Command{
		Use:   "healthcheck",
		Short: "Ask a running server whether it is ready; exit 0 if it is",
		Long: `Asks /readyz of the server that this configuration describes (or of --url) and exits with 0 when it is ready, with 1
otherwise. Made for containers without a shell.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if url == "" {
				cfg, err := loadConfig(c, settingListen)
				if err != nil {
					return err
				}
				url = "http://" + reachable(cfg.Listen)
			}
			ctx, cancel := context.WithTimeout(c.Context(), timeout)
			defer cancel()
			if err := askReady(ctx, url); err != nil {
				return err
			}
			_, err := fmt.Fprintln(c.OutOrStdout(), "ready")
			return err
		},
	}
	settingsFlags(c.Flags(), settingListen)
	c.Flags().StringVar(&url, "url", "", "the server's `URL` without a path, such as http://127.0.0.1:8080")
	c.Flags().DurationVar(&timeout, "timeout", 3*time.Second, "how long to wait")
	return c
}

// reachable turns an address to listen on into one to connect to.
func reachable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

func askReady(ctx context.Context, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/readyz", nil)
	if err != nil {
		return fmt.Errorf("ask %s: %w", url, err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("not ready: %w", err)
	}
	defer func() { _ = response.Body.Close() }() // the status is all that was wanted
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s answers %s", url, response.Status)
	}
	return nil
}
