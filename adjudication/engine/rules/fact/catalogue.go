package fact

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/rules/value"
)

// Kind is one of the names that a condition begins with, such as line.
type Kind struct {
	Name, Doc string
	// Fields are empty for kinds that are a value of their own, or have functions only.
	Fields []Field
	// Type is the CEL type of the kind itself.
	Type *cel.Type
	// PerLine tells that the kind's facts differ from line to line.
	PerLine bool
}

// Field is one fact.
type Field struct {
	Name, Doc, Example string
	Type               *cel.Type
	// Late tells that the fact is known only after the line was valued: rules that act before cannot ask it.
	Late bool
	get  func(source any) ref.Val
	// put takes a value of the Go type that the fact is kept as.
	put func(source, v any)
}

// The numbers of the kinds: places in Catalogue and in a View.
const (
	claimKind = iota
	lineKind
	memberKind
	coverKind
	planKind
	facilityKind
	visitKind
	diagnosesKind
	historyKind
	ledgerKind
	peersKind
	kindCount
)

// Catalogue are all facts, in the order in which the documentation has them.
var Catalogue = [kindCount]Kind{
	claimKind: {Name: "claim", Doc: "The claim as a whole.", Type: cel.ObjectType("claim"), Fields: []Field{
		text("type", "The kind of claim: professional, institutional, oral, pharmacy or vision.", `claim.type == "oral"`, func(c *Claim) *string { return &c.Type }),
		text("use", "claim, preauthorization or predetermination.", `claim.use == "claim"`, func(c *Claim) *string { return &c.Use }),
		date("created", "The day that the claim says it was made; not known when it does not say.", `claim.created < line.date`, func(c *Claim) *day.Date { return &c.Created }),
		date("received", "The day on which the claim was received and decided.", `claim.received - line.date > 90`, func(c *Claim) *day.Date { return &c.Received }),
		number("total", "What is billed for all lines.", `claim.total > 10000`, func(c *Claim) *money.Decimal { return &c.Total }),
		whole("lines", "How many lines it has; each detail of a line that has details counts.", `claim.lines > 50`, func(c *Claim) *int { return &c.Lines }),
		coded("services", "The codes of all lines.", `claim.services.any(list("surgery"))`, func(c *Claim) *[]string { return &c.Services }),
		coded("documents", "The kinds of the documents that are attached, by their codes.", `!("claim-form" in claim.documents)`, func(c *Claim) *[]string { return &c.Documents }),
		flag("authorized", "The claim names a pre-authorisation.", `!claim.authorized && claim.total > 10000`, func(c *Claim) *bool { return &c.Authorized }),
		flag("byMember", "The member has paid and claims the money back.", `claim.byMember`, func(c *Claim) *bool { return &c.ByMember }),
	}},
	lineKind: {Name: "line", Doc: "The line that the rule is asked about.", Type: cel.ObjectType("line"), PerLine: true, Fields: []Field{
		whole("sequence", "The line's number in the claim.", `line.sequence == 1`, func(l *Line) *int { return &l.Sequence }),
		text("code", "The code of the service or item in the register.", `line.code == "S-DEL"`, func(l *Line) *string { return &l.Code }),
		text("system", "The code's system.", `line.system == "http://loinc.org"`, func(l *Line) *string { return &l.System }),
		coded("codes", "All codes that the line gives for the service.", `"59400" in line.codes`, func(l *Line) *[]string { return &l.Codes }),
		text("kind", "service or item.", `line.kind == "item"`, func(l *Line) *string { return &l.Kind }),
		text("category", "The service's category: surgery, delivery, antenatal, hospitalisation, consultation, other, visit, or nothing.", `line.category == "surgery"`, func(l *Line) *string { return &l.Category }),
		date("date", "The date of service: the last day of the line, or else of the claim.", `line.date.weekend()`, func(l *Line) *day.Date { return &l.Date }),
		date("from", "The first day of the stay that the line is for.", `line.date - line.from > 30`, func(l *Line) *day.Date { return &l.From }),
		flag("authorized", "A pre-authorisation that the claim names grants the line.", `line.code == "CT" && !line.authorized`, func(l *Line) *bool { return &l.Authorized }),
		number("quantity", "The billed quantity.", `line.quantity > 30`, func(l *Line) *money.Decimal { return &l.Quantity }),
		number("unitPrice", "The billed price of one unit; 0 when the line has none.", `line.unitPrice > line.listPrice * 2`, func(l *Line) *money.Decimal { return &l.UnitPrice }),
		number("billed", "What is billed for the line, all its units.", `line.billed > 5000`, func(l *Line) *money.Decimal { return &l.Billed }),
		number("listPrice", "The agreed price of one unit; 0 when none is agreed.", `line.listPrice > 1000`, func(l *Line) *money.Decimal { return &l.ListPrice }),
		coded("modifiers", "The codes of the line's modifiers.", `"50" in line.modifiers`, func(l *Line) *[]string { return &l.Modifiers }),
		coded("diagnoses", "The diagnoses that the line points to, or all of the claim.", `line.diagnoses.none(within("O00-O9A"))`, func(l *Line) *[]string { return &l.Diagnoses }),
		late(number("eligible", "What is eligible: billed, less what prices, quantities and rules take off.", `line.eligible > 1000`, func(l *Line) *money.Decimal { return &l.Eligible })),
		late(number("paid", "What the plan pays, after deductibles, shares of the member and ceilings.", `line.paid > 50000`, func(l *Line) *money.Decimal { return &l.Paid })),
	}},
	memberKind: {Name: "member", Doc: "The member, on the date of service.", Type: cel.ObjectType("member"), PerLine: true, Fields: []Field{
		text("sex", "male, female, other, or nothing when not recorded.", `member.sex == "male"`, func(m *memberFacts) *string { return &m.facts.Member.Sex }),
		whole("age", "The age in full years on the date of service; -1 when the birth date is not known.", `member.age < 5`, func(m *memberFacts) *int { return &m.line.Age }),
		whole("ageInMonths", "The age in full months on the date of service; -1 when the birth date is not known.", `member.ageInMonths < 6`, func(m *memberFacts) *int { return &m.line.AgeInMonths }),
		date("born", "The birth date; not known when it is not recorded in full.", `member.born.known()`, func(m *memberFacts) *day.Date { return &m.facts.Member.Birth }),
		date("died", "The day of death; not known while alive.", `member.died.known() && line.date > member.died`, func(m *memberFacts) *day.Date { return &m.facts.Member.Died }),
	}},
	coverKind: {Name: "cover", Doc: "The cover that the line is decided on.", Type: cel.ObjectType("cover"), PerLine: true, Fields: []Field{
		text("id", "The id of the Coverage.", `cover.id == "c-1"`, func(l *Line) *string { return &l.Cover.ID }),
		text("plan", "The code of the plan that the cover names.", `cover.plan == "GOLD"`, func(l *Line) *string { return &l.Cover.Plan }),
		date("start", "The first day of the cover; not known when it is open.", `line.date - cover.start < 30`, func(l *Line) *day.Date { return &l.Cover.Start }),
		date("end", "The last day; not known for a cover without an end.", `cover.end.known()`, func(l *Line) *day.Date { return &l.Cover.End }),
		flag("renewed", "The cover renews an earlier one.", `!cover.renewed`, func(l *Line) *bool { return &l.Cover.Renewed }),
		whole("daysHeld", "The days from the start to the date of service: 0 on the first day.", `cover.daysHeld < 30`, func(l *Line) *int { return &l.Cover.DaysHeld }),
		number("memberPays", "The percentage agreed for the member; 0 when the plan's counts.", `cover.memberPays > 20`, func(l *Line) *money.Decimal { return &l.Cover.MemberPays }),
	}},
	planKind: {Name: "plan", Doc: "The plan that the line is decided on.", Type: cel.ObjectType("plan"), PerLine: true, Fields: []Field{
		text("code", "The plan's code.", `plan.code == "BASIC"`, func(l *Line) *string { return &l.Plan.Code }),
		text("name", "The plan's name.", `plan.name.startsWith("Gold")`, func(l *Line) *string { return &l.Plan.Name }),
		text("insurer", "The insurer, as Organization/id.", `plan.insurer == "Organization/umoja"`, func(l *Line) *string { return &l.Plan.Insurer }),
	}},
	facilityKind: {Name: "facility", Doc: "The facility that claims.", Type: cel.ObjectType("facility"), Fields: []Field{
		text("id", "The facility, as Organization/id.", `facility.id == "Organization/tumaini"`, func(f *Facility) *string { return &f.ID }),
		text("name", "Its name.", `facility.name.contains("Dental")`, func(f *Facility) *string { return &f.Name }),
		text("level", "D dispensary, C health centre, H hospital, or nothing.", `facility.level == "D"`, func(f *Facility) *string { return &f.Level }),
		text("care", "Where it treats: in, out or both.", `facility.care == "out"`, func(f *Facility) *string { return &f.Care }),
	}},
	visitKind: {Name: "visit", Doc: "The visit or stay that the claim is for.", Type: cel.ObjectType("visit"), Fields: []Field{
		text("type", "emergency, referral or other.", `visit.type == "emergency"`, func(v *Visit) *string { return &v.Type }),
		text("setting", "inpatient or outpatient.", `visit.setting == "inpatient"`, func(v *Visit) *string { return &v.Setting }),
		date("start", "The first day; not known when the claim does not say.", `visit.start.weekend()`, func(v *Visit) *day.Date { return &v.Start }),
		date("end", "The last day; not known when the claim does not say.", `visit.end.known()`, func(v *Visit) *day.Date { return &v.End }),
		whole("days", "Its days, the first and the last included; 1 when the claim does not say.", `visit.days > 14`, func(v *Visit) *int { return &v.Days }),
	}},
	diagnosesKind: {Name: "diagnoses", Doc: "The codes of the claim's diagnoses, the principal one first.", Type: value.CodedType},
	historyKind:   {Name: "history", Doc: "What the member had before this claim: services that were accepted, from the day on which a rule first asked for them.", Type: cel.ObjectType("history"), PerLine: true},
	ledgerKind:    {Name: "ledger", Doc: "What was used of the plan's limits before this claim, and not yet what its own lines use.", Type: cel.ObjectType("ledger"), PerLine: true},
	peersKind: {Name: "peers", Doc: "What is usual for the service at facilities of the same level (or at all facilities, where too few of the level provide it), as `claimwright rules profile` computed it from past claims. Nothing is known without such a profile: all is 0, so ask peers.lines first.",
		Type: cel.ObjectType("peers"), PerLine: true, Fields: []Field{
			whole("lines", "How many lines it was computed from; 0 when nothing is known.", `peers.lines >= 100`, func(l *Line) *int { return &l.Peers.Lines }),
			number("quantityMedian", "The quantity that half of the lines do not exceed.", `peers.lines >= 100 && line.quantity > peers.quantityMedian * 5`, func(l *Line) *money.Decimal { return &l.Peers.QuantityMedian }),
			number("quantity95", "The quantity that 95 % of the lines do not exceed.", `peers.lines >= 100 && line.quantity > peers.quantity95`, func(l *Line) *money.Decimal { return &l.Peers.Quantity95 }),
			number("priceMedian", "The unit price that half of the lines do not exceed.", `peers.lines >= 100 && line.unitPrice > peers.priceMedian * 3`, func(l *Line) *money.Decimal { return &l.Peers.PriceMedian }),
			number("price95", "The unit price that 95 % of the lines do not exceed.", `peers.lines >= 100 && line.unitPrice > peers.price95`, func(l *Line) *money.Decimal { return &l.Peers.Price95 }),
			number("perMonth95", "How many lines 95 % of the members who had the service at all had in a calendar month.", `peers.lines >= 100 && peers.perMonth95 < history.around(line.code, 15)`, func(l *Line) *money.Decimal { return &l.Peers.PerMonth95 }),
		}},
}

// memberFacts joins what is known of the member with the age on the date of service.
type memberFacts struct {
	facts *Facts
	line  *Line
}

// field makes a fact of where it is kept, and of how conditions see it.
func field[S, V any](name, doc, example string, t *cel.Type, at func(*S) *V, seen func(V) ref.Val) Field {
	return Field{
		Name: name, Doc: doc, Example: example, Type: t,
		get: func(source any) ref.Val { return seen(*at(source.(*S))) },
		put: func(source, v any) { *at(source.(*S)) = v.(V) },
	}
}

func text[S any](name, doc, example string, at func(*S) *string) Field {
	return field(name, doc, example, cel.StringType, at, func(v string) ref.Val { return types.String(v) })
}

func whole[S any](name, doc, example string, at func(*S) *int) Field {
	return field(name, doc, example, cel.IntType, at, func(v int) ref.Val { return types.Int(v) })
}

func flag[S any](name, doc, example string, at func(*S) *bool) Field {
	return field(name, doc, example, cel.BoolType, at, func(v bool) ref.Val { return types.Bool(v) })
}

func number[S any](name, doc, example string, at func(*S) *money.Decimal) Field {
	return field(name, doc, example, value.DecimalType, at, func(v money.Decimal) ref.Val { return value.DecimalOf(v) })
}

func date[S any](name, doc, example string, at func(*S) *day.Date) Field {
	return field(name, doc, example, value.DateType, at, func(v day.Date) ref.Val { return value.Date(v) })
}

func coded[S any](name, doc, example string, at func(*S) *[]string) Field {
	return field(name, doc, example, value.CodedType, at, func(v []string) ref.Val { return value.Coded(v) })
}

func late(f Field) Field {
	f.Late = true
	return f
}
