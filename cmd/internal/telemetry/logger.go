package telemetry

import (
	"io"
	"log/slog"
)

// NewLogger writes records of at least the level ("debug", "info", "warn", "error"; anything else counts as info) to w, as
// JSON when format is "json", else as text for people.
func NewLogger(w io.Writer, level, format string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: l}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
