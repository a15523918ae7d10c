/*
 * cases_replay.c - frames that come twice, late or never: RFC 9605 9.3 leaves
 * it to the receiver, and what the receiver declares it does.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/conform/conform.h"

#define WIDEST (UINT64_C(1) << 40) /* window whose edges are asked for */
#define FULL   130 /* frames that fill a window, or the end of it */

struct stream {
	uint8_t base[32], pt[9];
	struct sf_plain f;
	uint64_t window; /* declared or asked for; 0: none */
	bool wanted;     /* there is one */
};

/* The width behind "window:", or 0. */
static uint64_t
declared_window(const struct sf_trial *t)
{
	const char *p = t->run->info.policy[SF_POLICY_REPLAY];

	return strncmp(p, "window:", 7) == 0 ? strtoull(p + 7, NULL, 10) : 0;
}

static bool
declares(const struct sf_trial *t, const char *word)
{
	return strcmp(t->run->info.policy[SF_POLICY_REPLAY], word) == 0;
}

static void
make(struct sf_trial *t, struct stream *s)
{
	sf_fill_key(t, s->base, sizeof(s->base));
	sf_fill_key(t, s->pt, sizeof(s->pt));
	s->f = (struct sf_plain){ .base = sf_bytes(s->base, sizeof(s->base)),
		.kid = 7,
		.meta = sf_bytes(NULL, 0),
		.pt = sf_bytes(s->pt, sizeof(s->pt)) };
	s->window = declared_window(t);
}

static void
begin(struct sf_trial *t, struct stream *s)
{
	make(t, s);
	sf_new(t, "a");
	sf_must_key(t, "a", "recv", s->f.kid, s->f.base);
}

static enum sf_reply
open_ctr(struct sf_trial *t, struct stream *s, uint64_t ctr)
{
	uint8_t ct[64];

	s->f.ctr = ctr;
	return sf_open(
	    t, "a", s->f.meta, sf_bytes(ct, sf_seal_by_us(t, &s->f, ct)));
}

static void
must_ctr(struct sf_trial *t, struct stream *s, uint64_t ctr, const char *what)
{
	open_ctr(t, s, ctr);
	if (sf_must_ok(t, what))
		sf_must_octets(t, "pt", s->f.pt);
}

/* Rising counters with gaps: nobody has a reason to refuse these. */
static void
in_order(struct sf_trial *t)
{
	static const uint64_t ctrs[] = { 0, 1, 2, 3, 7, 8, 9, 255, 256, 257,
		100000, UINT64_C(1) << 33 };
	struct stream s;

	begin(t, &s);
	for (unsigned i = 0; i < sizeof(ctrs) / sizeof(ctrs[0]); i++) {
		open_ctr(t, &s, ctrs[i]);
		/* RFC 9605 9.3: MAY, and not how */
		if (t->reply == SF_R_NO && ctrs[i] >= 100000 &&
		    !declares(t, "none") && !declares(t, "app"))
			sf_record(t, "a jump to CTR %llu is refused (%s)",
			    (unsigned long long)ctrs[i], t->reason);
		if (sf_must_ok(t, "a frame with a higher counter"))
			sf_must_octets(t, "pt", s.f.pt);
	}
}

/* Late by a few: within every window that there is; told when refused. */
static void
reordered(struct sf_trial *t)
{
	static const uint64_t ctrs[] = { 10, 12, 11, 15, 13, 14, 9, 8 };
	struct stream s;
	unsigned refused = 0;

	begin(t, &s);
	for (unsigned i = 0; i < 8 && !t->stopped; i++)
		refused += open_ctr(t, &s, ctrs[i]) == SF_R_NO;
	if (t->stopped || refused == 0)
		return;
	if (declares(t, "none") || declares(t, "app") || s.window >= 8)
		sf_fail(t,
		    "%u of 8 frames refused that came out of order, and the "
		    "shim declares replay:%s",
		    refused, t->run->info.policy[SF_POLICY_REPLAY]);
	else
		sf_record(
		    t, "%u of 8 frames out of order were refused", refused);
}

static void
duplicate(struct sf_trial *t)
{
	struct stream s;

	begin(t, &s);
	must_ctr(t, &s, 5, "a frame that is genuine");
	open_ctr(t, &s, 5);
	if (t->stopped)
		return;
	sf_chose(t, SF_POLICY_REPLAY, t->reply == SF_R_OK ? "none" : "window");
	if (t->reply == SF_R_OK && s.window > 0)
		sf_fail(t,
		    "a frame opens twice, and the shim declares replay:%s",
		    t->run->info.policy[SF_POLICY_REPLAY]);
	else if (t->reply == SF_R_NO &&
		 (declares(t, "none") || declares(t, "app")))
		sf_fail(t,
		    "the same frame again is refused (%s), and the shim "
		    "declares replay:%s",
		    t->reason, t->run->info.policy[SF_POLICY_REPLAY]);
	else
		sf_record(t, "replay: the same frame again is %s",
		    t->reply == SF_R_OK ? "opened" : "refused");
}

/* A key that comes leaves the windows of others as they are. */
static void
duplicate_later(struct sf_trial *t)
{
	struct stream s;
	bool again;

	begin(t, &s);
	must_ctr(t, &s, 5, "a frame that is genuine");
	open_ctr(t, &s, 5);
	again = t->reply == SF_R_OK;
	sf_must_key(t, "a", "recv", 9, s.f.base);
	open_ctr(t, &s, 5);
	if (s.window > 0)
		sf_must_no(t, "the same frame again, behind another key");
	else if (!again && t->reply == SF_R_OK)
		sf_record(t, "a frame that was refused when it came twice "
			     "opens again when another key was given");
}

/* Cases that go on with a jump. */
static bool
jumps(unsigned i)
{
	return i == 2 || i == 3 || i == 4 || i == 6 || i == 9 || i == 10;
}

/* The window is full: nothing of that may stay behind a jump. */
static void
fill_window(struct sf_trial *t, struct stream *s, uint64_t end, uint64_t w)
{
	for (uint64_t left = w < FULL ? w : FULL; left > 1; left--)
		must_ctr(t, s, end - left + 1, "a frame with a higher counter");
}

/* What opened once is no less opened when the window has left it behind. */
static void
gone_by(struct sf_trial *t, struct stream *s, uint64_t top, uint64_t w)
{
	bool opened;

	must_ctr(t, s, top + w, "a jump of one window");
	open_ctr(t, s, top);
	sf_must_no(t, "a frame that opened before, older than the window");
	open_ctr(t, s, top - w);
	opened = t->reply == SF_R_OK;
	if (opened) {
		open_ctr(t, s, top - w);
		sf_must_no(t, "the same frame again, older than the window");
	}
	if (t->reply != SF_R_NONE)
		sf_record(t, "a frame older than the window is %s",
		    opened ? "opened" : "refused");
}

/* Around the edges of a declared window. */
static void
window(struct sf_trial *t)
{
	struct stream s;
	uint64_t w, top;

	begin(t, &s);
	w = s.window;
	if (w < 2 || w > WIDEST) {
		sf_record(t, w == 0 ? "no replay window is declared"
				    : "a window without edges to ask for");
		return;
	}
	top = 10 * w;
	if (jumps(t->c->i))
		fill_window(t, &s, top, w);
	must_ctr(t, &s, top, "the first frame");
	switch (t->c->i) {
	case 0:
		must_ctr(t, &s, top - w + 1, "the oldest frame of the window");
		break;
	case 1:
		must_ctr(t, &s, top - 1, "a frame late by one");
		open_ctr(t, &s, top - 1);
		sf_must_no(t, "the same frame again, within the window");
		break;
	case 2:
		must_ctr(t, &s, top + 2 * w, "a jump of two windows");
		open_ctr(t, &s, top + 2 * w);
		sf_must_no(t, "the same frame again, behind a jump");
		must_ctr(t, &s, top + 2 * w - 1, "a frame late by one");
		break;
	case 3:
		must_ctr(t, &s, top + (UINT64_C(1) << 32), "a jump of 2^32");
		must_ctr(t, &s, top + (UINT64_C(1) << 32) + 1, "one more");
		break;
	case 4:
		must_ctr(t, &s, top + w - 1, "a jump of one window less one");
		must_ctr(t, &s, top + w, "one more");
		open_ctr(t, &s, top + w - 1);
		sf_must_no(t, "the same frame again");
		break;
	case 5:
		must_ctr(t, &s, top + 1, "a jump of one");
		must_ctr(t, &s, top - w + 2, "the oldest frame of the window");
		open_ctr(t, &s, top - w + 2);
		sf_must_no(t, "the same frame again");
		break;
	case 6:
		must_ctr(t, &s, top + w, "a jump of one window");
		must_ctr(t, &s, top + 1, "the oldest frame of the window");
		open_ctr(t, &s, top + w);
		sf_must_no(t, "the same frame again");
		break;
	case 7:
		gone_by(t, &s, top, w);
		break;
	case 8:
		must_ctr(t, &s, top - w + 1, "the oldest frame of the window");
		open_ctr(t, &s, top - w + 1);
		sf_must_no(t, "the oldest frame of the window again");
		break;
	case 9:
		must_ctr(t, &s, top + w + 1, "a jump of one window and one");
		must_ctr(t, &s, top + 2, "the oldest frame of the window");
		open_ctr(t, &s, top + 2);
		sf_must_no(t, "the same frame again");
		break;
	case 10:
		must_ctr(t, &s, top + (UINT64_C(1) << 32), "a jump of 2^32");
		must_ctr(t, &s, top + (UINT64_C(1) << 32) - w + 1,
		    "the oldest frame of the window");
		open_ctr(t, &s, top + (UINT64_C(1) << 32));
		sf_must_no(t, "the same frame again, behind a jump");
		break;
	default:
		for (uint64_t i = 1; i < 20; i++)
			must_ctr(t, &s, top + 2 * i, "every other frame");
		for (uint64_t i = 19; i > 0 && 2 * i + w > 39; i--)
			must_ctr(t, &s, top + 2 * i - 1,
			    "the frame between, in the other order");
		open_ctr(t, &s, top + 38);
		sf_must_no(t, "the same frame again");
		break;
	}
}

/* ---- against a model ----------------------------------------------------- */

#define STEPS  400
#define SLOWLY 4096 /* frames that are sent one by one to leave one behind */

struct model {
	uint64_t top, w;
	unsigned n;
	uint64_t opened[STEPS];
};

static bool
has_opened(const struct model *m, uint64_t ctr)
{
	for (unsigned i = 0; i < m->n; i++)
		if (m->opened[i] == ctr)
			return true;
	return false;
}

/* Ahead by a little or by about a window, or a multiple of a word; late by as
   much; or one that was there before. */
static uint64_t
some_ctr(struct sf_trial *t, const struct model *m)
{
	static const uint64_t steps[] = { 1, 2, 31, 32, 33, 63, 64, 65, 128 };
	uint64_t r = sf_next(t), w = m->w;
	uint64_t near[] = { steps[r >> 8 & 7], w - 1, w, w + 1, 2 * w,
		w / 2 + 1 };
	uint64_t by = near[(r >> 16) % 6];

	switch (r % 8) {
	case 0:
	case 1:
		return m->top + 1;
	case 2:
		return m->top + (by == 0 ? 1 : by);
	case 3:
	case 4:
		return m->opened[(r >> 24) % m->n];
	case 5:
		return by > m->top ? m->top : m->top - by;
	default:
		by = (r >> 24) % w;
		return by > m->top ? m->top : m->top - by;
	}
}

static void
model_step(struct sf_trial *t, struct stream *s, struct model *m, uint64_t ctr)
{
	bool before = has_opened(m, ctr);

	if (ctr > m->top || (!before && m->top - ctr < m->w))
		must_ctr(t, s, ctr,
		    ctr > m->top ? "a frame with a higher counter"
				 : "a late frame within the window");
	else
		open_ctr(t, s, ctr);
	if (before)
		sf_must_no(t, "a frame that opened before");
	if (t->reply == SF_R_OK)
		m->opened[m->n++] = ctr;
	if (t->reply == SF_R_OK && ctr > m->top)
		m->top = ctr;
}

/* Late, twice, far ahead: what opened once does not open again, and what is new
   and within the window does. */
static void
by_model(struct sf_trial *t)
{
	struct model m = { .top = 1000 };
	struct stream s;

	begin(t, &s);
	m.w = s.window;
	if (m.w == 0 || m.w > WIDEST) {
		sf_record(t, "no replay window is declared");
		return;
	}
	m.top = 3 * m.w;
	must_ctr(t, &s, m.top, "the first frame");
	m.opened[m.n++] = m.top;
	while (m.n < STEPS && !t->stopped && t->n_answers < 2 * STEPS)
		model_step(t, &s, &m, some_ctr(t, &m));
}

/* One frame after the other, as in a call, until the first is behind the window:
   who remembers so many counters and no more forgets it now. */
static void
left_behind(struct sf_trial *t)
{
	struct stream s;
	uint64_t n;
	bool again;

	begin(t, &s);
	n = s.window == 0 || s.window > SLOWLY ? 1024 : s.window;
	must_ctr(t, &s, 0, "the first frame");
	open_ctr(t, &s, 0);
	again = t->reply == SF_R_OK;
	for (uint64_t i = 1; i < n + 20 && !t->stopped; i++)
		must_ctr(t, &s, i, "the next frame");
	for (uint64_t i = 0; i < 6 && !t->stopped; i++) {
		open_ctr(t, &s, i == 4 ? 0 : i == 5 ? n + 19 : i);
		if (s.window != 0)
			sf_must_no(t, "a frame that opened before");
		else if (!again && t->reply == SF_R_OK)
			sf_record(t,
			    "a frame that was refused when it came twice "
			    "opens again %llu frames later",
			    (unsigned long long)n);
	}
}

/* Over the end of 31, 32, 53 and 63 bits, and up to the last but one. */
static void
far(struct sf_trial *t)
{
	static const uint64_t ends[] = { UINT64_C(1) << 31, UINT64_C(1) << 32,
		UINT64_C(1) << 53, UINT64_C(1) << 63, UINT64_MAX - 2 };
	uint64_t end = ends[t->c->i];
	struct stream s;

	begin(t, &s);
	open_ctr(t, &s, end - 2);
	if (t->reply == SF_R_NO && !declares(t, "none") && !declares(t, "app"))
		sf_record(t, "a first frame with CTR %llu is refused (%s)",
		    (unsigned long long)(end - 2), t->reason);
	sf_must_ok(t, "the first frame");
	for (uint64_t ctr = end - 1; ctr < end + 2; ctr++)
		must_ctr(t, &s, ctr, "the next frame");
	open_ctr(t, &s, end - 1);
	if (s.window > 2)
		sf_must_no(t, "a frame that opened before");
}

static void
per_kid(struct sf_trial *t)
{
	struct stream s;

	begin(t, &s);
	must_ctr(t, &s, 5, "a frame under KID 7");
	s.f.kid = 8;
	sf_must_key(t, "a", "recv", 8, s.f.base);
	must_ctr(t, &s, 5, "a frame with the same counter under KID 8");
}

static void
top(struct sf_trial *t)
{
	static const uint64_t ctrs[] = { (UINT64_C(1) << 63) - 1,
		UINT64_C(1) << 63, UINT64_MAX };
	struct stream s;

	begin(t, &s);
	must_ctr(t, &s, ctrs[t->c->i], "a frame with a very high counter");
	open_ctr(t, &s, 3);
	if (t->reply != SF_R_NONE)
		sf_record(t, "a small counter behind a very high one: %s",
		    t->reply == SF_R_OK ? "opened" : "refused");
}

/* ---- forgeries ----------------------------------------------------------- */

static void
forge_ctr(struct sf_trial *t, struct stream *s, uint64_t ctr)
{
	uint8_t ct[64];
	size_t n;

	s->f.ctr = ctr;
	n = sf_seal_by_us(t, &s->f, ct);
	ct[n - 1] ^= 0x5a;
	sf_must_refuse(t, "a", s->f.meta, sf_bytes(ct, n), "a forged frame");
}

/* A forged counter moves nothing: what is genuine opens. */
static void
forged_high(struct sf_trial *t)
{
	static const uint64_t highs[] = { 100000, UINT64_C(1) << 40,
		UINT64_MAX };
	struct stream s;

	begin(t, &s);
	must_ctr(t, &s, 10, "a frame that is genuine");
	forge_ctr(t, &s, highs[t->c->i]);
	must_ctr(t, &s, 11,
	    "a genuine frame behind a forged one with a high counter (a "
	    "window moves behind a tag that verified, or one packet stops "
	    "the sender)");
	must_ctr(t, &s, 12, "the genuine frame behind that");
}

static void
forged_copy(struct sf_trial *t)
{
	struct stream s;

	begin(t, &s);
	must_ctr(t, &s, 10, "a frame that is genuine");
	forge_ctr(t, &s, 11);
	must_ctr(t, &s, 11,
	    "the genuine frame whose forged copy came first (a counter is "
	    "marked behind a tag that verified)");
}

/* The same of a frame that is late. */
static void
forged_late(struct sf_trial *t)
{
	struct stream s;

	begin(t, &s);
	must_ctr(t, &s, 20, "a frame that is genuine");
	forge_ctr(t, &s, 18);
	open_ctr(t, &s, 18);
	if (t->reply == SF_R_NO && s.window < 3 && !declares(t, "none") &&
	    !declares(t, "app"))
		sf_record(t, "a frame that is late is refused (%s)", t->reason);
	sf_must_ok(t, "the genuine late frame whose forged copy came first");
}

/* The first frame of a sender is forged. */
static void
forged_first(struct sf_trial *t)
{
	struct stream s;

	begin(t, &s);
	forge_ctr(t, &s, UINT64_C(1) << 33);
	must_ctr(t, &s, 0, "the first genuine frame behind a forged one");
	must_ctr(t, &s, 1, "the second genuine frame behind a forged one");
}

void
sf_cases_replay(struct sf_catalogue *k)
{
	static const struct sf_family rows[] = {
		/* clang-format off */
		{ "rp-order", "replay", "9.3", "REP-02 DEC-02", "Frames with rising counters open, whatever the gaps", EACH_SUITE, 1, SF_NEED(OPEN), in_order },
		{ "rp-reorder", "replay", "9.3", "REP-03", "Frames out of order", EACH_SUITE, 1, SF_NEED(OPEN), reordered },
		{ "rp-duplicate", "replay", "9.3", "REP-03", "The same frame again", EACH_SUITE, 1, SF_NEED(OPEN), duplicate },
		{ "rp-other-key", "replay", "9.3", "REP-03", "The same frame again, when another key was given", FIRST_SUITE, 1, SF_NEED(OPEN), duplicate_later },
		{ "rp-window", "replay", "9.3", "REP-03", "The edges of the window that is declared", EACH_SUITE, 12, SF_NEED(OPEN), window },
		{ "rp-model", "replay", "9.3", "REP-03", "Late, twice and far ahead in any order: what the window that is declared lets through", FIRST_SUITE, 4, SF_NEED(OPEN), by_model },
		{ "rp-behind", "replay", "9.3", "REP-03", "What opened once does not open again when the window has left it behind", FIRST_SUITE, 1, SF_NEED(OPEN), left_behind },
		{ "rp-far", "replay", "9.3", "REP-03 HDR-07", "Counters that rise over the end of 31, 32, 53 and 63 bits", FIRST_SUITE, 5, SF_NEED(OPEN), far },
		{ "rp-perkid", "replay", "9.3", "REP-03", "One counter under two KIDs is two frames", EACH_SUITE, 1, SF_NEED(OPEN), per_kid },
		{ "rp-top", "replay", "9.3", "REP-03", "Counters near the end of 64 bits", FIRST_SUITE, 3, SF_NEED(OPEN), top },
		{ "rp-forge", "replay", "4.4.4", "DEC-05 REP-03", "A forged frame with a high counter does not stop the sender", EACH_SUITE, 3, SF_NEED(OPEN), forged_high },
		{ "rp-forge-dup", "replay", "4.4.4", "DEC-05 REP-03", "A forged copy does not use up a frame", EACH_SUITE, 1, SF_NEED(OPEN), forged_copy },
		{ "rp-forge-late", "replay", "4.4.4", "DEC-05 REP-03", "A forged copy does not use up a frame that is late", EACH_SUITE, 1, SF_NEED(OPEN), forged_late },
		{ "rp-forge-first", "replay", "4.4.4", "DEC-05 REP-03", "A forged frame in front of all others changes nothing", EACH_SUITE, 1, SF_NEED(OPEN), forged_first },
		/* clang-format on */
	};

	sf_catalogue_add(k, rows, sizeof(rows) / sizeof(rows[0]));
}
