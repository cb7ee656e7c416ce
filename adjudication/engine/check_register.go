package engine

import (
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/scheme"
)

// inRegister: one of the line's codes is in the register on the target date; the first that is counts. Where the check does
// not deny, a code is a service that nothing more is known of.
func (d *decider) inRegister(l *Line) Denial {
	if l.Service != nil {
		return NotDenied
	}
	if len(l.Item.Codes) == 0 {
		l.Denial = NotInRegister // there is nothing that could be paid for
	} else if !d.denies(l, NotInRegister) {
		id := l.Item.Codes[0].String()
		l.Service = &scheme.Item{ID: id, QuantityLimit: scheme.QuantityLimit(id), Codes: l.Item.Codes, Service: true}
	}
	return NotInRegister
}

// registered is what the register has for a line, nil when it has nothing.
func (d *decider) registered(item *ClaimLine, at day.Date) *scheme.Item {
	for _, c := range item.Codes {
		if service := d.Scheme.Item(c, at); service != nil {
			return service
		}
	}
	return nil
}

// inPriceList: the facility has agreed on a price with the insurer, on the target date, or the insurer reimburses the
// service by a tariff. Where the check does not deny, the
// register's price counts, or else what was billed.
func (d *decider) inPriceList(l *Line) Denial {
	denial := NotDenied
	if l.Price, l.Listed = d.prices.Price(l.Service, d.out.Currency, l.Target); !l.Listed {
		d.tariff(l)
	}
	if !l.Listed {
		if base, ok := l.Service.BasePrice(d.out.Currency); ok && !d.denies(l, NotInPriceList) {
			l.Price, l.Listed = scheme.Price{Unit: base, FromRegister: true, List: l.Service.Source}, true
		}
		denial = NotInPriceList
	} else {
		d.practisePrice(l)
	}
	if l.Listed && (len(l.Item.Modifiers) > 0 || l.Service.HasTax) {
		d.adjust(l)
	}
	return denial
}

// practisePrice puts another price in the place of the listed one where the practice asks for it.
func (d *decider) practisePrice(l *Line) {
	p := d.practice(l)
	if p.CurrentPrice {
		if now, ok := d.prices.Price(l.Service, d.out.Currency, d.today()); ok {
			l.Price = now
		}
	}
	if base, ok := l.Service.BasePrice(d.out.Currency); ok && p.ZeroPriceIsNone && l.Price.Unit.IsZero() {
		l.Price.Unit, l.Price.FromRegister = base, true
	}
}

// careFits: the facility and the stay fit in-patient or out-patient services. A strict plan asks in-patient services to
// be claimed over several days and out-patient ones on one day; a lenient one asks only the facility.
func (d *decider) careFits(l *Line) Denial {
	at, care := d.out.Facility.Care, l.Service.Care
	wrong := at == scheme.OutPatientCare && (d.multiDay || care == scheme.InPatientCare) ||
		at == scheme.InPatientCare && care == scheme.OutPatientCare
	if l.Plan.Settings.StrictCare {
		wrong = care == scheme.InPatientCare && (at == scheme.OutPatientCare || !d.multiDay) ||
			care == scheme.OutPatientCare && (at == scheme.InPatientCare || d.multiDay)
	}
	if wrong {
		return WrongCareType
	}
	return NotDenied
}
