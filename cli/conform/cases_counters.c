/*
 * cases_counters.c - the sender's counter: RFC 9605 4.4.1, 7.4, 9.1.
 */
#include <string.h>

#include "cli/conform/conform.h"

struct sender {
	uint8_t base[32], pt[9];
	struct sf_plain f;
};

static void
make(struct sf_trial *t, struct sender *s, uint64_t kid)
{
	sf_fill_key(t, s->base, sizeof(s->base));
	sf_fill_key(t, s->pt, sizeof(s->pt));
	s->f = (struct sf_plain){ .base = sf_bytes(s->base, sizeof(s->base)),
		.kid = kid,
		.meta = sf_bytes(NULL, 0),
		.pt = sf_bytes(s->pt, sizeof(s->pt)) };
}

static void
begin(struct sf_trial *t, struct sender *s)
{
	make(t, s, 7);
	sf_new(t, "a");
	sf_must_key(t, "a", "send", s->f.kid, s->f.base);
}

static enum sf_reply
set(struct sf_trial *t, uint64_t kid, uint64_t next)
{
	sf_begin(t, "ctr");
	sf_put(t, "ctx", "a");
	sf_put_u64(t, "kid", kid);
	sf_put_u64(t, "next", next);
	return sf_ask(t);
}

static void
start(struct sf_trial *t)
{
	struct sender s;
	uint64_t ctr;

	begin(t, &s);
	sf_must_seal(t, "a", &s.f, &ctr);
	if (!t->stopped && ctr != 0)
		sf_fail(t, "the first counter of a key is %llu, not 0",
		    (unsigned long long)ctr);
}

/* One more each time; gaps are told, and are nobody's fault (9.1). */
static void
step(struct sf_trial *t)
{
	struct sender s;
	uint64_t ctr, before = 0;
	unsigned gaps = 0;

	begin(t, &s);
	for (unsigned i = 0; i < 300 && !t->stopped; i++) {
		sf_must_seal(t, "a", &s.f, &ctr);
		gaps += i > 0 && ctr != before + 1;
		before = ctr;
	}
	if (!t->stopped && gaps > 0)
		sf_record(
		    t, "%u of 299 counters are not the one before and 1", gaps);
}

static void
must_be_first(struct sf_trial *t, unsigned kid, uint64_t ctr)
{
	if (t->stopped || ctr == 0)
		return;
	t->blame = "CTR-03";
	sf_fail(t, "the first counter of KID %u is not 0", kid);
}

static void
per_kid(struct sf_trial *t)
{
	struct sender a, b;
	uint64_t ctr;

	begin(t, &a);
	make(t, &b, 8);
	sf_must_key(t, "a", "send", b.f.kid, b.f.base);
	for (unsigned i = 0; i < 6 && !t->stopped; i++) {
		sf_must_seal(t, "a", &a.f, &ctr);
		if (i == 0)
			must_be_first(t, 7, ctr);
		sf_must_seal(t, "a", &b.f, &ctr);
		if (i == 0)
			must_be_first(t, 8, ctr);
	}
}

/* A seal that is refused costs no counter, and brings none back. */
static void
burn(struct sf_trial *t)
{
	struct sender s;
	uint64_t ctr;

	begin(t, &s);
	if (t->c->i > 0)
		sf_must_key(t, "a", "recv", 9, s.f.base);
	for (unsigned i = 0; i < 4; i++) {
		sf_must_seal(t, "a", &s.f, &ctr);
		sf_seal(t, "a", 9, s.f.meta, s.f.pt);
		t->blame = t->c->i == 0 ? "KEY-06" : "KEY-08";
		sf_must_no(t, t->c->i == 0
				  ? "to seal under a KID that has no key"
				  : "to seal with a key that is for receiving");
		t->blame = NULL;
	}
	sf_must_seal(t, "a", &s.f, &ctr);
}

/* What is received moves no counter of what is sent. */
static void
received(struct sf_trial *t)
{
	struct sender s, other;
	uint64_t ctr;

	begin(t, &s);
	make(t, &other, 8);
	sf_must_key(t, "a", "recv", other.f.kid, other.f.base);
	for (unsigned i = 0; i < 4 && !t->stopped; i++) {
		sf_must_seal(t, "a", &s.f, &ctr);
		sf_must_seal(t, "a", &s.f, &ctr);
		other.f.ctr = i;
		sf_must_open_ours(t, "a", &other.f);
	}
	sf_must_seal(t, "a", &s.f, &ctr);
}

/* Over the end of each length. */
static void
grow(struct sf_trial *t)
{
	unsigned octets = t->c->i + 1;
	uint64_t from = octets == 8 ? (UINT64_C(1) << 63) - 2
				    : (UINT64_C(1) << 8 * octets) - 2;
	struct sender s;
	uint64_t ctr;

	begin(t, &s);
	set(t, s.f.kid, from);
	sf_must_ok(t, "to go on with a counter that was not used yet");
	for (unsigned i = 0; i < 4 && !t->stopped; i++) {
		sf_must_seal(t, "a", &s.f, &ctr);
		if (t->stopped || ctr >= from)
			continue;
		t->blame = "CTR-04";
		sf_fail(t, "the next counter was set to %llu; %llu was used",
		    (unsigned long long)from, (unsigned long long)ctr);
	}
}

/* At the end there is no next counter: refused, for ever. */
static void
last(struct sf_trial *t)
{
	struct sender s;
	uint64_t ctr, most = 0;
	unsigned taken = 0;

	begin(t, &s);
	set(t, s.f.kid, UINT64_MAX - 1);
	sf_must_ok(t, "to go on with a counter that was not used yet");
	for (unsigned i = 0; i < 5 && !t->stopped; i++) {
		sf_seal(t, "a", s.f.kid, s.f.meta, s.f.pt);
		if (t->reply != SF_R_OK)
			continue;
		taken++;
		if (!sf_must_be_sealed(t, &s.f, &ctr))
			return;
		if (ctr < UINT64_MAX - 1)
			sf_fail(t,
			    "after CTR 2^64-2 comes %llu: the counter wrapped",
			    (unsigned long long)ctr);
		most = ctr > most ? ctr : most;
	}
	if (!t->stopped && taken > 2)
		sf_fail(t, "%u frames with the last two counters", taken);
	if (!t->stopped && taken == 0)
		sf_record(t, "no frame with CTR 2^64-2 or 2^64-1");
	else if (!t->stopped)
		sf_choose(t, SF_POLICY_COUNTER_LAST, most == UINT64_MAX, "max",
		    "max-1");
}

static void
set_back(struct sf_trial *t)
{
	struct sender s;
	uint64_t ctr;

	begin(t, &s);
	for (unsigned i = 0; i < 4; i++)
		sf_must_seal(t, "a", &s.f, &ctr);
	set(t, s.f.kid, t->c->i);
	/* refused here or there; what matters is that none comes twice */
	sf_seal(t, "a", s.f.kid, s.f.meta, s.f.pt);
	if (t->reply == SF_R_OK)
		(void)sf_must_be_sealed(t, &s.f, &ctr);
}

void
sf_cases_counters(struct sf_catalogue *k)
{
	static const struct sf_family rows[] = {
		/* clang-format off */
		{ "ctr-start", "counters", "4.4.1", "CTR-03", "The first counter of a key is 0", EACH_SUITE, 1, SF_NEED(SEAL), start },
		{ "ctr-step", "counters", "4.4.1", "CTR-04 CTR-05", "300 frames have 300 counters, each with a minimal header", EACH_SUITE, 1, SF_NEED(SEAL), step },
		{ "ctr-perkid", "counters", "4.4.1", "KEY-05 CTR-03", "Each key has a counter of its own", EACH_SUITE, 1, SF_NEED(SEAL), per_kid },
		{ "ctr-received", "counters", "7.4", "CTR-06 KEY-08", "Frames that are received do not move the counter of those that are sent", FIRST_SUITE, 1, SF_NEED(SEAL) | SF_NEED(OPEN), received },
		{ "ctr-fail-burn", "counters", "4.4.1", "CTR-04", "A seal that is refused brings no counter back", EACH_SUITE, 2, SF_NEED(SEAL), burn },
		{ "ctr-grow", "counters", "4.3", "HDR-05 CTR-04", "The counter grows over the end of a length", EACH_SUITE, 8, SF_NEED(SEAL) | SF_NEED(CTR_SET), grow },
		{ "ctr-last", "counters", "7.4", "CTR-07 CTR-06", "Behind the last counter nothing is sealed", EACH_SUITE, 1, SF_NEED(SEAL) | SF_NEED(CTR_SET), last },
		{ "ctr-set-back", "counters", "7.4", "CTR-06", "A counter that was used is not used again", EACH_SUITE, 3, SF_NEED(SEAL) | SF_NEED(CTR_SET), set_back },
		/* clang-format on */
	};

	sf_catalogue_add(k, rows, sizeof(rows) / sizeof(rows[0]));
}
