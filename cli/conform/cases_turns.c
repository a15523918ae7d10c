/*
 * cases_turns.c - long and short in turn: nothing of one frame is in the next,
 * not of its plaintext, nor of its metadata, nor of its header.
 */
#include <string.h>

#include "cli/conform/conform.h"

#define LONGEST 1200

struct turn {
	uint8_t base[32], pt[LONGEST], meta[LONGEST];
	struct sf_plain f;
};

static void
make(struct sf_trial *t, struct turn *j, const char *use)
{
	sf_fill_key(t, j->base, sizeof(j->base));
	j->f = (struct sf_plain){ .base = sf_bytes(j->base, sizeof(j->base)),
		.kid = 0x123 };
	sf_new(t, "a");
	sf_must_key(t, "a", use, j->f.kid, j->f.base);
}

/* The next frame, of these lengths. */
static void
fill(struct sf_trial *t, struct turn *j, size_t n_meta, size_t n)
{
	sf_fill_key(t, j->pt, n);
	sf_fill_key(t, j->meta, n_meta);
	j->f.pt = sf_bytes(j->pt, n);
	j->f.meta = sf_bytes(j->meta, n_meta);
}

static void
frame(struct sf_trial *t, struct turn *j, bool seals)
{
	uint64_t ctr;

	if (seals)
		sf_must_seal(t, "a", &j->f, &ctr);
	else
		sf_must_open_ours(t, "a", &j->f);
	j->f.ctr++;
}

/* ---- plaintext ----------------------------------------------------------- */

static const size_t sizes[] = { 200, 1, 64, 3, 17, 2, 256, 16, 15, 33, 4, 31 };

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

static void
plaintexts(struct sf_trial *t, bool seals)
{
	struct turn j;

	make(t, &j, seals ? "send" : "recv");
	for (size_t i = 0; i < SIZES && !t->stopped; i++) {
		fill(t, &j, 0, sizes[i]);
		frame(t, &j, seals);
	}
}

static void
turns_open(struct sf_trial *t)
{
	plaintexts(t, false);
}

static void
turns_seal(struct sf_trial *t)
{
	plaintexts(t, true);
}

/* A plaintext of nothing behind one of something: who takes none says so. */
static void
empty(struct sf_trial *t, bool seals)
{
	struct turn j;

	make(t, &j, seals ? "send" : "recv");
	for (unsigned i = 0; i < 4 && !t->stopped; i++) {
		fill(t, &j, 0, i % 2 == 0 ? 60 : 0);
		frame(t, &j, seals);
	}
}

static void
empty_open(struct sf_trial *t)
{
	empty(t, false);
}

static void
empty_seal(struct sf_trial *t)
{
	empty(t, true);
}

/* A long frame that is refused leaves nothing to the short one behind it. */
static void
after_forged(struct sf_trial *t)
{
	uint8_t ct[LONGEST + 17 + SF_TAG_MAX];
	struct turn j;
	size_t n;

	make(t, &j, "recv");
	t->otherwise = "DEC-05"; /* what was refused changes nothing */
	for (unsigned i = 0; i < 3 && !t->stopped; i++) {
		fill(t, &j, 40, 200);
		n = sf_seal_by_us(t, &j.f, ct);
		ct[n - 1] ^= 0x5a;
		sf_must_refuse_forged(
		    t, "a", j.f.meta, sf_bytes(ct, n), "a forged frame");
		fill(t, &j, 3, 5 + 9 * i);
		frame(t, &j, false);
	}
}

/* Beyond what everybody has to take. */
static void
large(struct sf_trial *t)
{
	static const size_t n[] = { LONGEST, 7, 1100, 600, 20 };
	struct turn j;

	make(t, &j, "recv");
	for (unsigned i = 0; i < 5 && !t->stopped; i++) {
		fill(t, &j, 0, n[i]);
		frame(t, &j, false);
	}
}

/* ---- metadata ------------------------------------------------------------ */

static void
metadata(struct sf_trial *t, bool seals)
{
	static const size_t n[] = { 40, 0, 3, 64, 1, 16, 0, 255, 2, 39 };
	struct turn j;

	make(t, &j, seals ? "send" : "recv");
	for (unsigned i = 0; i < 10 && !t->stopped; i++) {
		fill(t, &j, n[i], 21);
		if (i >= 7) /* and one that a string ends at */
			j.meta[i == 7 ? 200 : 0] = 0;
		frame(t, &j, seals);
	}
}

static void
metadata_open(struct sf_trial *t)
{
	metadata(t, false);
}

static void
metadata_seal(struct sf_trial *t)
{
	metadata(t, true);
}

/* ---- headers ------------------------------------------------------------- */

static const uint64_t kids[] = { UINT64_MAX, 1, 0x12345678, 0, 0x1234,
	UINT64_C(1) << 56, 7 };

#define KIDS (sizeof(kids) / sizeof(kids[0]))

/* Counters rise over all of them: who has one window for all is told so
   elsewhere. */
static void
headers(struct sf_trial *t, bool seals)
{
	struct turn j;

	make(t, &j, seals ? "send" : "recv");
	for (unsigned i = 0; i < KIDS; i++)
		sf_must_key(
		    t, "a", seals ? "send" : "recv", kids[i], j.f.base);
	for (unsigned i = 0; i < 3 * KIDS && !t->stopped; i++) {
		fill(t, &j, i % 3, 21);
		j.f.kid = kids[i % KIDS];
		j.f.ctr += UINT64_C(1) << 3 * (i % 5);
		frame(t, &j, seals);
	}
}

static void
headers_open(struct sf_trial *t)
{
	headers(t, false);
}

static void
headers_seal(struct sf_trial *t)
{
	headers(t, true);
}

/* ---- what a plaintext is ------------------------------------------------- */

/* Zeros, ones, padding, text: octets are octets. */
static const struct {
	uint8_t first, rest, last;
} contents[] = { { 0, 0, 0 }, { 0xff, 0xff, 0xff }, { 0, 0x41, 0x41 },
	{ 0x41, 0x41, 0 }, { 0x10, 0x10, 0x10 }, { 0x41, 0x41, 1 },
	{ 0x20, 0x0a, 0x0d }, { 0x80, 0, 0 } };

#define CONTENTS ((unsigned)(sizeof(contents) / sizeof(contents[0])))

static void
content(struct sf_trial *t, bool seals)
{
	unsigned i = t->c->i;
	struct turn j;

	make(t, &j, seals ? "send" : "recv");
	for (size_t n = 16; n <= 32 && !t->stopped; n += 8) {
		fill(t, &j, 0, n);
		memset(j.pt, contents[i].rest, n);
		j.pt[0] = contents[i].first;
		j.pt[n - 1] = contents[i].last;
		frame(t, &j, seals);
	}
}

static void
content_open(struct sf_trial *t)
{
	content(t, false);
}

static void
content_seal(struct sf_trial *t)
{
	content(t, true);
}

void
sf_cases_turns(struct sf_catalogue *k)
{
	static const struct sf_family rows[] = {
		/* clang-format off */
		{ "fr-turns-open", "frames", "4.4.4", "CT-02 DEC-01", "A short frame behind a long one opens to its own octets", EACH_SUITE, 1, SF_NEED(OPEN), turns_open },
		{ "fr-turns-seal", "frames", "4.4.3", "CT-02 CT-03", "A short frame behind a long one is sealed to its own octets", EACH_SUITE, 1, SF_NEED(SEAL), turns_seal },
		{ "fr-turns-empty-open", "frames", "4.4.4", "CT-02 DEC-01", "A frame without plaintext behind a long one opens to nothing", EACH_SUITE, 1, SF_NEED(OPEN), empty_open },
		{ "fr-turns-empty-seal", "frames", "4.4.3", "CT-02 CT-03", "A frame without plaintext behind a long one is sealed to nothing", EACH_SUITE, 1, SF_NEED(SEAL), empty_seal },
		{ "fr-turns-forged", "frames", "4.4.4", "CT-02 DEC-05", "A long frame that is refused leaves nothing to a short one behind it", EACH_SUITE, 1, SF_NEED(OPEN), after_forged },
		{ "fr-turns-large", "frames", "4.4.4", "CT-02 DEC-01", "A small frame behind one of 1,200 octets opens to its own octets", EACH_SUITE, 1, SF_NEED(OPEN), large },
		{ "fr-content-open", "frames", "4.4.4", "CT-02 DEC-01", "A plaintext that looks like text, padding or the end of a string opens", FIRST_SUITE, CONTENTS, SF_NEED(OPEN), content_open },
		{ "fr-content-seal", "frames", "4.4.3", "CT-02 CT-03", "A plaintext that looks like text, padding or the end of a string is sealed", FIRST_SUITE, CONTENTS, SF_NEED(SEAL), content_seal },
		{ "md-turns-open", "metadata", "4.4.4", "DEC-03 AEAD-01", "Nothing of a long metadata is authenticated with the next, short one", EACH_SUITE, 1, SF_NEED(OPEN), metadata_open },
		{ "md-turns-seal", "metadata", "4.4.3", "AEAD-01", "Nothing of a long metadata is authenticated with the next, short one", EACH_SUITE, 1, SF_NEED(SEAL), metadata_seal },
		{ "hdr-turns-open", "header", "4.4.4", "DEC-02 DEC-03", "Long and short headers of many keys in turn", EACH_SUITE, 1, SF_NEED(OPEN), headers_open },
		{ "hdr-turns-seal", "header", "4.3", "KEY-06 HDR-05", "Long and short headers of many keys in turn", EACH_SUITE, 1, SF_NEED(SEAL), headers_seal },
		/* clang-format on */
	};

	sf_catalogue_add(k, rows, sizeof(rows) / sizeof(rows[0]));
}
