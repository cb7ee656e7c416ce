package engine

// notDuplicate: the claim's identifier was not used before for other content.
func (d *decider) notDuplicate(*Line) Denial {
	if d.DuplicateOf != "" {
		return Duplicate
	}
	return NotDenied
}

// priorKnown: the claim that this one takes the place of is known.
func (d *decider) priorKnown(*Line) Denial {
	if d.UnknownPrior != "" {
		return ClaimNotFound
	}
	return NotDenied
}

// memberValid: the member's record is active, and the service was not after the member's death.
func (d *decider) memberValid(l *Line) Denial {
	if d.Member.Inactive || d.Member.Died != 0 && l.Target > d.Member.Died {
		return MemberNotValid
	}
	return NotDenied
}
