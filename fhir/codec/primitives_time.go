package codec

// twoDigits reads two decimal digits; anything else is out of every range.
func twoDigits(text []byte) int {
	high, low := text[0]-'0', text[1]-'0'
	if high > 9 || low > 9 {
		return 1000
	}
	return int(high)*10 + int(low)
}

// isDate accepts YYYY, YYYY-MM and YYYY-MM-DD. Unlike R4's regular expression it knows the length of months; like it,
// it has no year 0000.
func isDate(text []byte) bool {
	if len(text) != 4 && len(text) != 7 && len(text) != 10 {
		return false
	}
	century, rest := twoDigits(text), twoDigits(text[2:])
	if century > 99 || rest > 99 || century+rest == 0 {
		return false
	}
	if len(text) == 4 {
		return true
	}
	month := twoDigits(text[5:])
	if text[4] != '-' || month < 1 || month > 12 {
		return false
	}
	if len(text) == 7 {
		return true
	}
	day := twoDigits(text[8:])
	return text[7] == '-' && day >= 1 && day <= daysOf(month, century*100+rest)
}

func daysOf(month, year int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// isTime accepts hh:mm:ss with any number of fraction digits. 24:00 is not allowed by R4; the leap second :60 is, but
// no time type downstream could hold it, so it is refused (see differences.md).
func isTime(text []byte) bool {
	if len(text) < 8 || text[2] != ':' || text[5] != ':' ||
		twoDigits(text) > 23 || twoDigits(text[3:]) > 59 || twoDigits(text[6:]) > 59 {
		return false
	}
	if len(text) == 8 {
		return true
	}
	if text[8] != '.' || len(text) == 9 {
		return false
	}
	for _, c := range text[9:] {
		if !isDigit(c) {
			return false
		}
	}
	return true
}

// isInstant accepts a date and a time with a zone: Z or an offset of at most 14:00.
func isInstant(text []byte) bool {
	if len(text) < len("2006-01-02T15:04:05Z") || text[10] != 'T' || !isDate(text[:10]) {
		return false
	}
	clock := text[11:]
	if clock[len(clock)-1] == 'Z' {
		return isTime(clock[:len(clock)-1])
	}
	zone := clock[len(clock)-len("+00:00"):]
	hours, minutes := twoDigits(zone[1:]), twoDigits(zone[4:])
	return (zone[0] == '+' || zone[0] == '-') && zone[3] == ':' &&
		minutes <= 59 && (hours < 14 || hours == 14 && minutes == 0) && isTime(clock[:len(clock)-len(zone)])
}
