// Package day is the calendar of adjudication: days without a time of day, in the insurer's time zone.
//
// It owns the Date (a day), the Period (days, both ends included) and the Moment (a FHIR date or dateTime, which becomes
// a day only in a time zone). It must not know claims or plans, and it never asks for the time.
//
//	target := line.Serviced.Last(insurer.Zone)
//	waiting := cover.From.AddMonths(10)
//	if target < waiting { … }
package day
