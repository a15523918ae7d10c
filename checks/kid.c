/*
 * kid.c - what a key id is made of.
 */
#include "checks/kid.h"

static uint64_t
low_bits(uint64_t v, unsigned n)
{
	return n >= 64 ? v : v & (((uint64_t)1 << n) - 1);
}

static uint64_t
above(uint64_t v, unsigned n)
{
	return n >= 64 ? 0 : v >> n;
}

struct sf_kid_parts
sf_kid_parts(const struct sf_kid_form *form, uint64_t kid)
{
	struct sf_kid_parts p = { .high = kid };

	switch (form->scheme) {
	case SF_KID_SENDER:
		p.width = form->ratchet_bits;
		break;
	case SF_KID_MLS:
		p.width = form->epoch_bits;
		p.index =
		    low_bits(above(kid, form->epoch_bits), form->sender_bits);
		p.context = above(kid, form->epoch_bits + form->sender_bits);
		break;
	case SF_KID_UNSAID:
	case SF_KID_RAW:
		p.width = form->evident_bits;
		if (form->evident_shift > 0)
			return (struct sf_kid_parts){ low_bits(kid,
							  form->evident_shift),
				above(kid, form->evident_shift),
				64 - form->evident_shift, 0, 0 };
		break;
	}
	if (p.width == 0)
		return p;
	p.high = above(kid, p.width);
	p.low = low_bits(kid, p.width);
	return p;
}

/* The high part changed. */
static enum sf_kid_change
change_of_high(const struct sf_kid_form *form, const struct sf_kid_parts *a,
    const struct sf_kid_parts *b)
{
	switch (form->scheme) {
	case SF_KID_SENDER:
		return b->high > a->high ? SF_CHANGE_GENERATION
					 : SF_CHANGE_BACK;
	case SF_KID_MLS:
		return a->index != b->index ? SF_CHANGE_OTHER
					    : SF_CHANGE_CONTEXT;
	case SF_KID_UNSAID:
	case SF_KID_RAW:
		break;
	}
	return SF_CHANGE_PLAIN;
}

enum sf_kid_change
sf_kid_change(const struct sf_kid_form *form, uint64_t from, uint64_t to)
{
	struct sf_kid_parts a = sf_kid_parts(form, from);
	struct sf_kid_parts b = sf_kid_parts(form, to);
	uint64_t steps;

	if (a.width == 0)
		return SF_CHANGE_PLAIN;
	if (a.high != b.high)
		return change_of_high(form, &a, &b);
	steps = low_bits(b.low - a.low, a.width);
	if (b.low < a.low && steps == 1)
		return SF_CHANGE_WRAP;
	/* more than half the way round is a step back */
	if (b.low < a.low && above(steps, a.width - 1) != 0)
		return SF_CHANGE_BACK;
	return steps == 1 ? SF_CHANGE_NEXT : SF_CHANGE_SKIP;
}

const char *
sf_kid_change_name(enum sf_kid_change c)
{
	static const char *const names[SF_CHANGES] = {
		[SF_CHANGE_PLAIN] = "changed",
		[SF_CHANGE_NEXT] = "next",
		[SF_CHANGE_SKIP] = "skipped",
		[SF_CHANGE_WRAP] = "wrapped",
		[SF_CHANGE_GENERATION] = "new-generation",
		[SF_CHANGE_OTHER] = "other-sender",
		[SF_CHANGE_CONTEXT] = "other-context",
		[SF_CHANGE_BACK] = "back",
	};

	return names[c];
}

const char *
sf_kid_scheme_name(enum sf_kid_scheme s)
{
	static const char *const names[] = { "unsaid", "raw", "sender", "mls" };

	return names[s];
}
