// Package telemetry makes the logger. It knows the format of log lines and nothing of what is logged; who logs decides
// that no line holds data of a patient.
//
//	log := telemetry.NewLogger(os.Stderr, "info", "json")
package telemetry
