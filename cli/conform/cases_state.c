/*
 * cases_state.c - what an attacker sends, and what it changes: nothing.
 */
#include <string.h>

#include "cli/conform/conform.h"
#include "parsers/sframe/header.h"

struct victim {
	uint8_t base[32], pt[21];
	struct sf_plain f;
};

static void
make(struct sf_trial *t, struct victim *v, uint64_t kid)
{
	sf_fill_key(t, v->base, sizeof(v->base));
	sf_fill_key(t, v->pt, sizeof(v->pt));
	v->f = (struct sf_plain){ .base = sf_bytes(v->base, sizeof(v->base)),
		.kid = kid,
		.meta = sf_bytes(NULL, 0),
		.pt = sf_bytes(v->pt, sizeof(v->pt)) };
}

/* A frame of noise behind a header. */
static size_t
forgery(struct sf_trial *t, uint64_t kid, uint64_t ctr, uint8_t out[64])
{
	size_t n = sf_sframe_header_write(out, kid, ctr);

	sf_fill(t, out + n, 32);
	return n + 32;
}

/* A forged frame under the KID that we are going to send with. */
static void
forge_own(struct sf_trial *t)
{
	struct victim v;
	uint8_t ct[64];
	uint64_t ctr;

	make(t, &v, 0x21);
	sf_new(t, "a");
	if (t->c->i == 0) {
		sf_must_refuse_forged(t, "a", v.f.meta,
		    sf_bytes(ct, forgery(t, v.f.kid, 3, ct)), "a forged frame");
		sf_must_key(t, "a", "send", v.f.kid, v.f.base);
	} else {
		sf_must_key(t, "a", "send", v.f.kid, v.f.base);
		sf_must_refuse_forged(t, "a", v.f.meta,
		    sf_bytes(ct, forgery(t, v.f.kid, 3, ct)), "a forged frame");
	}
	sf_must_seal(t, "a", &v.f, &ctr);
	sf_must_seal(t, "a", &v.f, &ctr);
}

#define FLOOD 10000

/* Many forged frames, each with a KID of its own: they fill no table. */
static void
flood(struct sf_trial *t)
{
	struct victim v;
	uint64_t before = 0, after;
	uint8_t ct[64];

	make(t, &v, 0x123);
	sf_new(t, "a");
	sf_must_key(t, "a", "recv", v.f.kid, v.f.base);
	for (unsigned i = 0; i < FLOOD && !t->stopped; i++) {
		sf_must_refuse(t, "a", v.f.meta,
		    sf_bytes(ct, forgery(t, 0x10000 + i, i, ct)),
		    "a forged frame");
		if (i == FLOOD / 4)
			before = sf_child_memory(t->child);
	}
	after = sf_child_memory(t->child);
	sf_must_open_ours(t, "a", &v.f);
	v.f.kid = 0x124;
	v.f.ctr = 1;
	sf_must_key(t, "a", "recv", v.f.kid, v.f.base);
	sf_must_open_ours(t, "a", &v.f);
	if (!t->stopped && before != 0 &&
	    after > before + (uint64_t)FLOOD / 4 * 3 * 256)
		sf_record(t,
		    "memory grew by about %llu octets for each forged frame "
		    "with a new KID (%llu KiB in all)",
		    (unsigned long long)((after - before) / (FLOOD / 4 * 3)),
		    (unsigned long long)((after - before) >> 10));
}

/* One of each way to be refused; a genuine frame opens all the same. */
static void
after_error(struct sf_trial *t)
{
	struct victim v;
	uint8_t ct[80], bad[80];
	size_t n, m;

	make(t, &v, 0x123);
	sf_new(t, "a");
	sf_must_key(t, "a", "recv", v.f.kid, v.f.base);
	n = m = sf_seal_by_us(t, &v.f, ct);
	memcpy(bad, ct, n);
	switch (t->c->i) {
	case 0:
		m = 0;
		break;
	case 1:
		m = 1;
		break;
	case 2:
		m = 3; /* a header and no tag */
		break;
	case 3:
		m = 3 + t->suite->tag_octets - 1u;
		break;
	case 4:
		bad[n - 1] ^= 1;
		break;
	case 5:
		bad[4] ^= 1;
		break;
	case 6:
		bad[1] ^= 1; /* another KID */
		break;
	case 7:
		m = n - 1;
		break;
	case 8:
		bad[n] = 0;
		m = n + 1;
		break;
	case 9:
		memset(bad, 0, n);
		break;
	case 10:
		memset(bad, 0xff, n);
		break;
	default:
		memset(bad + 3, 0, n - 3);
		break;
	}
	sf_must_refuse(
	    t, "a", v.f.meta, sf_bytes(bad, m), "a frame that is not genuine");
	sf_must_open(t, "a", &v.f, sf_bytes(ct, n));
}

static void
late_key(struct sf_trial *t)
{
	struct victim v;
	uint8_t ct[80];
	size_t n;

	make(t, &v, 0x123);
	sf_new(t, "a");
	n = sf_seal_by_us(t, &v.f, ct);
	for (unsigned i = 0; i < 3; i++)
		sf_must_refuse(t, "a", v.f.meta, sf_bytes(ct, n),
		    "a frame whose key is not there yet");
	sf_must_key(t, "a", "recv", v.f.kid, v.f.base);
	sf_must_open(t, "a", &v.f, sf_bytes(ct, n));
}

/* Noise of every length up to 64. */
static void
noise(struct sf_trial *t)
{
	struct victim v;
	uint8_t ct[64];

	make(t, &v, 0x123);
	sf_new(t, "a");
	for (uint64_t kid = 0; kid < 8; kid++)
		sf_must_key(t, "a", "recv", kid, v.f.base);
	for (unsigned n = 0; n < 64; n++) {
		struct sf_sframe_header h;
		struct sf_diag d;

		sf_fill(t, ct, n);
		sf_open(t, "a", v.f.meta, sf_bytes(ct, n));
		if (t->reply == SF_R_OK)
			t->blame = t->asked_short;
		/* four octets of tag can be right by chance: not these */
		if (t->reply == SF_R_OK &&
		    (sf_sframe_header_parse(&h, sf_bytes(ct, n), &d) != SF_OK ||
			h.payload.n < t->suite->tag_octets))
			sf_fail(t,
			    "%u octets of noise opened, fewer than a header "
			    "and a tag",
			    n);
		else if (t->reply == SF_R_OK)
			sf_fail(t, "%u octets of noise opened", n);
	}
}

/* Many contexts, each with a key, and all of them at once. */
static void
contexts(struct sf_trial *t)
{
	struct victim v[16];
	char name[8];

	for (unsigned i = 0; i < 16; i++) {
		make(t, &v[i], 5);
		snprintf(name, sizeof(name), "c%u", i);
		sf_new(t, name);
		sf_must_key(t, name, "recv", 5, v[i].f.base);
	}
	for (unsigned i = 16; i-- > 0;) {
		snprintf(name, sizeof(name), "c%u", i);
		sf_must_open_ours(t, name, &v[i].f);
	}
}

void
sf_cases_state(struct sf_catalogue *k)
{
	static const struct sf_family rows[] = {
		/* clang-format off */
		{ "st-forge-own", "state", "4.4.1", "KEY-08 DEC-05", "A forged frame does not spoil the KID that we send with", EACH_SUITE, 2, SF_NEED(OPEN) | SF_NEED(SEAL), forge_own },
		{ "st-forge-flood", "state", "4.4.4", "DEC-04 KEY-05", "10,000 forged frames, each with another KID, fill no table", FIRST_SUITE, 1, SF_NEED(OPEN), flood },
		{ "st-after-error", "state", "4.4.4", "DEC-05 AEAD-09", "A frame that is refused changes nothing for the next one", EACH_SUITE, 12, SF_NEED(OPEN), after_error },
		{ "st-late-key", "state", "4.4.4", "DEC-04", "A frame that came before its key opens when it comes again", EACH_SUITE, 1, SF_NEED(OPEN), late_key },
		{ "st-noise", "state", "4.4.4", "DEC-05 HDR-09", "Noise of every length is refused, and nothing falls over", EACH_SUITE, 1, SF_NEED(OPEN), noise },
		{ "st-contexts", "state", "4.4.1", "KEY-06", "Sixteen contexts keep to themselves", FIRST_SUITE, 1, SF_NEED(OPEN), contexts },
		/* clang-format on */
	};

	sf_catalogue_add(k, rows, sizeof(rows) / sizeof(rows[0]));
}
