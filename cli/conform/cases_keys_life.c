/*
 * cases_keys_life.c - keys that go and come again, and their neighbours.
 */
#include "cli/conform/conform.h"
#include "parsers/sframe/header.h"

struct job {
	uint8_t base[32], other[32], pt[21];
	struct sf_plain f; /* under base */
};

static struct sf_bytes
other_of(const struct job *j)
{
	return sf_bytes(j->other, sizeof(j->other));
}

static void
make(struct sf_trial *t, struct job *j)
{
	sf_fill_key(t, j->base, sizeof(j->base));
	sf_fill_key(t, j->other, sizeof(j->other));
	sf_fill_key(t, j->pt, sizeof(j->pt));
	j->f = (struct sf_plain){ .base = sf_bytes(j->base, sizeof(j->base)),
		.kid = 0x123,
		.meta = sf_bytes(NULL, 0),
		.pt = sf_bytes(j->pt, sizeof(j->pt)) };
	sf_new(t, "a");
}

/* KIDs that have digits, or low octets, in common with the one that goes. */
static void
neighbours(struct sf_trial *t)
{
	static const uint64_t kids[] = { 0, 10, 11, 16, 257, 100000,
		(UINT64_C(1) << 32) + 1, (UINT64_C(1) << 63) + 1 };
	struct job j;

	make(t, &j);
	sf_must_key(t, "a", "recv", 1, other_of(&j));
	for (unsigned i = 0; i < sizeof(kids) / sizeof(kids[0]); i++)
		sf_must_key(t, "a", "recv", kids[i], j.f.base);
	sf_must_remove(t, "a", 1);
	for (unsigned i = 0; i < sizeof(kids) / sizeof(kids[0]); i++) {
		j.f.kid = kids[i];
		j.f.ctr = i; /* one window for all KIDs is another case */
		sf_must_open_ours(t, "a", &j.f);
	}
}

static bool
opens(struct sf_trial *t, struct job *j, uint64_t ctr)
{
	uint8_t ct[64];

	j->f.ctr = ctr;
	sf_open(t, "a", j->f.meta, sf_bytes(ct, sf_seal_by_us(t, &j->f, ct)));
	return t->reply == SF_R_OK;
}

/* What is remembered of the frames of a key goes with the key: the next one
   under its KID begins at CTR 0. Who knows a KID only once says so by value. */
static void
next_key(struct sf_trial *t)
{
	bool removes = t->c->i == 0;
	struct job j;

	make(t, &j);
	sf_must_key(t, "a", "recv", j.f.kid, j.f.base);
	j.f.ctr = 1000;
	sf_must_open_ours(t, "a", &j.f);
	if (removes)
		sf_must_remove(t, "a", j.f.kid);
	j.f.base = other_of(&j);
	sf_key(t, "a", "recv", j.f.kid, j.f.base);
	if (t->reply == SF_R_NO)
		sf_record(
		    t, "another key for the KID is refused (%s)", t->reason);
	if (removes || !opens(t, &j, 0)) {
		if (!removes && !opens(t, &j, 1001) && !t->stopped)
			sf_record(t, "the first key for the KID stays");
		j.f.ctr = 0;
		sf_must_open_ours(t, "a", &j.f);
	}
	j.f.ctr = 1000;
	sf_must_open_ours(t, "a", &j.f);
}

/* Some frames, whichever of the two keys they are under: who refuses the second, or
   keeps the first, is told so elsewhere. */
static void
seal_some(struct sf_trial *t, struct job *j, struct sf_bytes first)
{
	struct sf_bytes ct;
	uint64_t ctr;

	for (unsigned i = 0; i < 3 && !t->stopped; i++) {
		if (sf_seal(t, "a", j->f.kid, j->f.meta, j->f.pt) != SF_R_OK ||
		    !sf_take_hex(t, "ct", &ct))
			continue;
		j->f.base = other_of(j);
		if (!sf_opens_by_us(t, &j->f, ct))
			j->f.base = first;
		(void)sf_must_be_frame(t, &j->f, ct, &ctr);
	}
}

/* A key for sending, another under its KID, and the first again: RFC 9605 7.4 knows
   no replacement that makes a nonce good again. */
static void
first_again(struct sf_trial *t, bool remove)
{
	struct job j;
	struct sf_bytes first;
	bool taken;

	make(t, &j);
	first = j.f.base;
	for (unsigned i = 0; i < 5 && !t->stopped; i++) {
		struct sf_bytes base = i % 2 == 0 ? first : other_of(&j);

		taken = sf_key(t, "a", "send", j.f.kid, base) == SF_R_OK;
		if (i == 0)
			sf_must_ok(t, "a key for sending");
		seal_some(t, &j, first);
		if (remove && taken)
			sf_must_remove(t, "a", j.f.kid);
	}
}

static void
replaced(struct sf_trial *t)
{
	first_again(t, false);
}

static void
removed(struct sf_trial *t)
{
	first_again(t, true);
	sf_forgive_reuse(t, "a key that was removed and comes again behind "
			    "another");
}

/* A frame under a key that is there, and its header says another KID with the same
   low octets: whoever looks a key up by these opens it. */
static void
alias(struct sf_trial *t)
{
	static const unsigned shifts[] = { 3, 8, 16, 32, 53 };
	uint8_t ct[64];
	struct job j;

	make(t, &j);
	sf_must_key(t, "a", "recv", j.f.kid, j.f.base);
	j.f.n_header = sf_sframe_header_write(j.f.header,
	    j.f.kid + (UINT64_C(1) << shifts[t->c->i]), j.f.ctr);
	sf_must_refuse(t, "a", j.f.meta,
	    sf_bytes(ct, sf_seal_by_us(t, &j.f, ct)),
	    "a frame whose KID has no key, under the key of a KID like it");
	j.f.n_header = 0;
	j.f.ctr = 1;
	sf_must_open_ours(t, "a", &j.f);
}

/* The same base key and KID in two suites are two keys. */
static void
two_suites(struct sf_trial *t)
{
	const struct sf_suite *mine = t->suite, *other = NULL;
	struct job j;

	for (uint16_t id = 1; id <= SF_SUITES && other == NULL; id++)
		if (id != mine->id && (t->run->info.suites >> id & 1) != 0)
			other = sf_suite_by_id(id);
	if (other == NULL) {
		sf_record(t, "there is no other suite");
		return;
	}
	make(t, &j);
	sf_must_key(t, "a", "recv", j.f.kid, j.f.base);
	t->suite = other;
	sf_new(t, "b");
	sf_must_key(t, "b", "recv", j.f.kid, j.f.base);
	sf_must_open_ours(t, "b", &j.f);
	t->suite = mine;
	sf_must_open_ours(t, "a", &j.f);
}

/* Base keys of other lengths, and with zeros in front, within and behind. */
static const struct {
	uint8_t octets, zero; /* how many; from which one on zeros stand */
	uint8_t zeros;
} bases[] = { { 16, 0, 0 }, { 24, 0, 0 }, { 48, 0, 0 }, { 64, 0, 0 },
	{ 65, 0, 0 }, { 80, 0, 0 }, { 96, 0, 0 }, { 129, 0, 0 }, { 32, 0, 1 },
	{ 32, 0, 3 }, { 32, 7, 1 }, { 32, 28, 4 }, { 16, 0, 2 },
	{ 16, 15, 1 } };

#define BASES ((unsigned)(sizeof(bases) / sizeof(bases[0])))

static void
base_key(struct sf_trial *t, struct job *j, uint8_t room[129])
{
	unsigned i = t->c->i;

	make(t, j);
	sf_fill(t, room, bases[i].octets);
	for (size_t k = 0; k < bases[i].octets; k++)
		room[k] |= room[k] == 0; /* zeros only where they are meant */
	for (size_t k = 0; k < bases[i].zeros; k++)
		room[bases[i].zero + k] = 0;
	j->f.base = sf_bytes(room, bases[i].octets);
}

static void
base_open(struct sf_trial *t)
{
	uint8_t room[129];
	struct job j;

	base_key(t, &j, room);
	sf_must_key(t, "a", "recv", j.f.kid, j.f.base);
	sf_must_open_ours(t, "a", &j.f);
}

static void
base_seal(struct sf_trial *t)
{
	uint8_t room[129];
	struct job j;
	uint64_t ctr;

	base_key(t, &j, room);
	sf_must_key(t, "a", "send", j.f.kid, j.f.base);
	sf_must_seal(t, "a", &j.f, &ctr);
}

/* Keys that come and go leave the counters of others where they are. */
static void
others(struct sf_trial *t)
{
	struct job j;
	uint64_t ctr;

	make(t, &j);
	sf_must_key(t, "a", "send", j.f.kid, j.f.base);
	for (uint64_t i = 0; i < 3 && !t->stopped; i++) {
		sf_must_seal(t, "a", &j.f, &ctr);
		sf_must_seal(t, "a", &j.f, &ctr);
		sf_fill_key(t, j.other, sizeof(j.other));
		sf_must_key(
		    t, "a", i == 1 ? "recv" : "send", 0x200 + i, other_of(&j));
	}
	sf_must_seal(t, "a", &j.f, &ctr);
	sf_new(t, "b");
	sf_fill_key(t, j.other, sizeof(j.other));
	sf_must_key(t, "b", "send", 0x300, other_of(&j));
	sf_must_seal(t, "a", &j.f, &ctr);
}

void
sf_cases_keys_life(struct sf_catalogue *k)
{
	static const struct sf_family rows[] = {
		/* clang-format off */
		{ "key-neighbours", "keys", "4.4.1", "KEY-06 SK-10", "A key that is removed takes no other with it", FIRST_SUITE, 1, SF_NEED(OPEN) | SF_NEED(RMKEY), neighbours },
		{ "key-next", "keys", "9.3", "REP-03 KEY-02", "Frames of the next key under a KID open, whatever came under the one before", FIRST_SUITE, 2, SF_NEED(OPEN) | SF_NEED(RMKEY), next_key },
		{ "key-alias", "keys", "4.4.4", "DEC-02 DEC-04", "A frame is not opened with the key of another KID that has octets in common with its own", FIRST_SUITE, 5, SF_NEED(OPEN), alias },
		{ "key-return", "keys", "7.4", "CTR-06", "A key that another replaced, and that comes again, does not start its counter again", EACH_SUITE, 1, SF_NEED(SEAL), replaced },
		{ "key-return-removed", "keys", "9.1", "CTR-06", "A key that comes again behind another, each of them removed in between", FIRST_SUITE, 1, SF_NEED(SEAL) | SF_NEED(RMKEY), removed },
		{ "key-base-open", "keys", "4.4.2", "KDF-02", "A frame opens whatever the length of its base key, and with zeros in it", EACH_SUITE, BASES, SF_NEED(OPEN), base_open },
		{ "key-base-seal", "keys", "4.4.2", "KDF-02", "A frame is sealed whatever the length of the base key, and with zeros in it", EACH_SUITE, BASES, SF_NEED(SEAL), base_seal },
		{ "key-others", "keys", "4.4.1", "CTR-02 KEY-05", "A key that comes does not start the counter of another again", EACH_SUITE, 1, SF_NEED(SEAL), others },
		{ "key-suites", "keys", "4.4.2", "KDF-05 KEY-06", "One base key and KID in two suites are two keys", EACH_SUITE, 1, SF_NEED(OPEN), two_suites },
		/* clang-format on */
	};

	sf_catalogue_add(k, rows, sizeof(rows) / sizeof(rows[0]));
}
