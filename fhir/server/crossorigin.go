package server

import (
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

// crossOrigin lets the pages of some origins use the server from a browser (R4 §3.1.0.1.15). There are no cookies to be
// misused; a page brings its own token. Pages may send any header and read those that FHIR gives a meaning.
func crossOrigin(origins []string) echo.MiddlewareFunc {
	return middleware.CORSWithConfig(middleware.CORSConfig{
		AllowOrigins: origins,
		ExposeHeaders: []string{
			"Content-Location", "ETag", "Expires", "Last-Modified", "Location", "Retry-After", headerCorrelationID, headerRequestID, "X-Progress",
		},
		MaxAge: int((10 * time.Minute).Seconds()),
	})
}
