/*
 * cases_mls.c - MLS epochs: RFC 9605 5.2. E is 4 and S is 6, as in figure 9.
 */
#include <string.h>

#include "cli/conform/conform.h"

#define E 4
#define S 6

struct group {
	uint8_t base[SF_KEY_MAX], pt[21];
	struct sf_plain f;
};

static uint64_t
kid_of(uint64_t context, uint64_t index, uint64_t epoch)
{
	return (context << (S + E)) + (index << E) + epoch % (1u << E);
}

/* An epoch's key has as many octets as the AEAD's. */
static void
make(struct sf_trial *t, struct group *g, uint64_t kid)
{
	sf_fill_key(t, g->base, sizeof(g->base));
	sf_fill_key(t, g->pt, sizeof(g->pt));
	g->f =
	    (struct sf_plain){ .base = sf_bytes(g->base, t->suite->key_octets),
		    .kid = kid,
		    .meta = sf_bytes(NULL, 0),
		    .pt = sf_bytes(g->pt, sizeof(g->pt)) };
}

static enum sf_reply
give(struct sf_trial *t, const struct group *g, uint64_t epoch, unsigned ebits,
    unsigned sbits)
{
	sf_begin(t, "epoch");
	sf_put(t, "ctx", "a");
	sf_put_u64(t, "epoch", epoch);
	sf_put_hex(t, "base", g->f.base);
	sf_put_u64(t, "ebits", ebits);
	sf_put_u64(t, "sbits", sbits);
	return sf_ask(t);
}

static void
must_give(struct sf_trial *t, const struct group *g, uint64_t epoch)
{
	give(t, g, epoch, E, S);
	sf_must_ok(t, "the base key of an epoch");
}

static enum sf_reply
seal(struct sf_trial *t, const struct group *g, uint64_t epoch, uint64_t index,
    uint64_t context)
{
	sf_begin(t, "mseal");
	sf_put(t, "ctx", "a");
	sf_put_u64(t, "epoch", epoch);
	sf_put_u64(t, "index", index);
	sf_put_u64(t, "context", context);
	sf_put_hex(t, "meta", g->f.meta);
	sf_put_hex(t, "pt", g->f.pt);
	return sf_ask(t);
}

/* Figure 9. */
static void
figure(struct sf_trial *t)
{
	static const struct {
		uint64_t context, index, epoch, kid;
	} rows[] = { { 0, 3, 14, 0x3e }, { 0, 7, 14, 0x7e },
		{ 0, 20, 14, 0x14e }, { 0, 3, 15, 0x3f }, { 0, 5, 15, 0x5f },
		{ 2, 2, 16, 0x820 }, { 3, 2, 16, 0xc20 }, { 0, 33, 17, 0x211 },
		{ 0, 51, 17, 0x331 } };
	struct group g;
	uint64_t ctr;

	make(t, &g, rows[t->c->i].kid);
	sf_new(t, "a");
	must_give(t, &g, rows[t->c->i].epoch);
	seal(t, &g, rows[t->c->i].epoch, rows[t->c->i].index,
	    rows[t->c->i].context);
	(void)sf_must_be_sealed(t, &g.f, &ctr);
	seal(t, &g, rows[t->c->i].epoch, rows[t->c->i].index,
	    rows[t->c->i].context);
	(void)sf_must_be_sealed(t, &g.f, &ctr);
}

/* Three members, two contexts, the epoch's key for all of them. */
static void
members(struct sf_trial *t)
{
	struct group g;
	uint64_t ctr = 0; /* one window for all KIDs is another case */

	sf_new(t, "a");
	for (uint64_t epoch = 14; epoch < 18; epoch++) {
		make(t, &g, 0);
		must_give(t, &g, epoch);
		for (uint64_t index = 1; index < 4; index++)
			for (uint64_t context = 0; context < 2; context++) {
				g.f.kid = kid_of(context, index, epoch);
				g.f.ctr = ctr++;
				sf_must_open_ours(t, "a", &g.f);
			}
	}
}

/* The drafts -00 and -01 had a base key for each sender. */
static void
per_sender(struct sf_trial *t)
{
	const struct sf_crypto *crypto = t->run->crypto;
	uint8_t derived[SF_HASH_MAX], info[8] = { 0 }, ct[80];
	struct group g;

	make(t, &g, kid_of(0, 3, 14));
	sf_new(t, "a");
	must_give(t, &g, 14);
	info[7] = 3;
	if (!crypto->expand(t->suite->hash, g.f.base,
		sf_bytes(info, t->c->i == 0 ? 8 : 4), derived,
		t->suite->hash_octets))
		sf_fail(t, "our own library failed");
	g.f.base = sf_bytes(derived, t->suite->hash_octets);
	sf_must_refuse(t, "a", g.f.meta,
	    sf_bytes(ct, sf_seal_by_us(t, &g.f, ct)),
	    "a frame under a base key for each sender, as old drafts had it");
}

/* RFC 9605 5.2: MUST remove an old epoch when a new one shares its bits. */
static void
evict(struct sf_trial *t)
{
	struct group old, fresh;
	uint8_t ct[80];

	make(t, &old, kid_of(0, 3, 2));
	make(t, &fresh, kid_of(0, 3, 18));
	sf_new(t, "a");
	must_give(t, &old, 2);
	sf_must_open_ours(t, "a", &old.f);
	/* and members whose keys are there as well, in another context too */
	for (unsigned i = 0; i < 2; i++) {
		old.f.kid = kid_of(i, 60 - i, 2);
		sf_must_open_ours(t, "a", &old.f);
	}
	must_give(t, &fresh, 18);
	sf_must_open_ours(t, "a", &fresh.f);
	old.f.ctr = 1;
	for (unsigned i = 0; i < 2; i++) {
		old.f.kid = kid_of(i, 60 - i, 2);
		sf_must_refuse(t, "a", old.f.meta,
		    sf_bytes(ct, sf_seal_by_us(t, &old.f, ct)),
		    "a frame of another member, or in another context, of an "
		    "epoch that was replaced");
	}
	old.f.kid = kid_of(0, 3, 2);
	sf_must_refuse(t, "a", old.f.meta,
	    sf_bytes(ct, sf_seal_by_us(t, &old.f, ct)),
	    "a frame of an epoch that another with the same low bits replaced");
	/* one that nobody has asked for yet goes as well */
	old.f.kid = kid_of(1, 5, 2);
	sf_must_refuse(t, "a", old.f.meta,
	    sf_bytes(ct, sf_seal_by_us(t, &old.f, ct)),
	    "a frame of a member of the epoch that was replaced");
	seal(t, &old, 2, 3, 0);
	sf_must_no(t, "to seal in an epoch that was replaced");
}

/* The KID that we send with is the same in the new epoch, and the key is not. */
static void
evict_send(struct sf_trial *t)
{
	struct group old, fresh;
	uint64_t ctr;

	make(t, &old, kid_of(0, 3, 2));
	make(t, &fresh, kid_of(0, 3, 18));
	sf_new(t, "a");
	must_give(t, &old, 2);
	for (unsigned i = 0; i < 3; i++) {
		seal(t, &old, 2, 3, 0);
		(void)sf_must_be_sealed(t, &old.f, &ctr);
	}
	must_give(t, &fresh, 18);
	for (unsigned i = 0; i < 2; i++) {
		seal(t, &fresh, 18, 3, 0);
		if (t->reply == SF_R_OK)
			t->blame = "MLS-05";
		(void)sf_must_be_sealed(t, &fresh.f, &ctr);
	}
}

/* An epoch that is let go of takes no other with it. */
static void
removed_others(struct sf_trial *t)
{
	struct group g[3];
	uint64_t ctr;

	sf_new(t, "a");
	for (unsigned i = 0; i < 3; i++) {
		make(t, &g[i], kid_of(0, 3, 2 + i));
		must_give(t, &g[i], 2 + i);
		sf_must_open_ours(t, "a", &g[i].f);
	}
	sf_begin(t, "rmepoch");
	sf_put(t, "ctx", "a");
	sf_put_u64(t, "epoch", 2);
	sf_ask(t);
	sf_must_ok(t, "to remove an epoch");
	for (unsigned i = 1; i < 3; i++) {
		g[i].f.ctr = 1;
		sf_must_open_ours(t, "a", &g[i].f);
		g[i].f.kid = kid_of(0, 4, 2 + i);
		seal(t, &g[i], 2 + i, 4, 0);
		(void)sf_must_be_sealed(t, &g[i].f, &ctr);
	}
}

/* Other epochs stay when one is replaced. */
static void
keep(struct sf_trial *t)
{
	struct group other, old, fresh;

	make(t, &other, kid_of(0, 3, 3));
	make(t, &old, kid_of(0, 3, 2));
	make(t, &fresh, kid_of(0, 3, 18));
	sf_new(t, "a");
	must_give(t, &old, 2);
	must_give(t, &other, 3);
	sf_must_open_ours(t, "a", &other.f);
	must_give(t, &fresh, 18);
	other.f.ctr = 1;
	sf_must_open_ours(t, "a", &other.f);
	sf_must_open_ours(t, "a", &fresh.f);
}

static void
removed(struct sf_trial *t)
{
	struct group g;
	uint8_t ct[80];

	make(t, &g, kid_of(0, 3, 2));
	sf_new(t, "a");
	must_give(t, &g, 2);
	sf_must_open_ours(t, "a", &g.f);
	sf_begin(t, "rmepoch");
	sf_put(t, "ctx", "a");
	sf_put_u64(t, "epoch", 2);
	sf_ask(t);
	sf_must_ok(t, "to remove an epoch");
	g.f.ctr = 1;
	sf_must_refuse(t, "a", g.f.meta,
	    sf_bytes(ct, sf_seal_by_us(t, &g.f, ct)),
	    "a frame of an epoch that was removed");
}

/* An old epoch that is let go of late: the one in its place stays. */
static void
removed_late(struct sf_trial *t)
{
	struct group old, fresh;

	make(t, &old, kid_of(0, 3, 2));
	make(t, &fresh, kid_of(0, 3, 18));
	sf_new(t, "a");
	must_give(t, &old, 2);
	must_give(t, &fresh, 18);
	sf_must_open_ours(t, "a", &fresh.f);
	sf_begin(t, "rmepoch");
	sf_put(t, "ctx", "a");
	sf_put_u64(t, "epoch", 2);
	sf_ask(t);
	fresh.f.ctr = 1;
	sf_must_open_ours(t, "a", &fresh.f);
}

/* The same epoch once more is refused, or goes on. */
static void
again(struct sf_trial *t)
{
	struct group g;
	uint64_t ctr;

	make(t, &g, kid_of(0, 3, 14));
	sf_new(t, "a");
	must_give(t, &g, 14);
	for (unsigned i = 0; i < 4 && !t->stopped; i++) {
		if (i == 2)
			give(t, &g, 14, E, S);
		seal(t, &g, 14, 3, 0);
		if (i < 2 || t->reply == SF_R_OK)
			(void)sf_must_be_sealed(t, &g.f, &ctr);
	}
}

/* What does not fit into its bits is refused and not cut. */
static void
range(struct sf_trial *t)
{
	struct group g;
	uint64_t ctr;

	make(t, &g, 0);
	sf_new(t, "a");
	switch (t->c->i) {
	case 0:
		must_give(t, &g, 14);
		seal(t, &g, 14, 64, 0);
		sf_must_no(t, "an index of 64 in six bits");
		break;
	case 1:
		must_give(t, &g, 14);
		seal(t, &g, 14, 3, UINT64_C(1) << 54);
		sf_must_no(t, "a context of 2^54 in 54 bits");
		break;
	case 2:
		must_give(t, &g, 14);
		seal(t, &g, 13, 3, 0);
		sf_must_no(t, "an epoch that is not there");
		seal(t, &g, 30, 3, 0);
		sf_must_no(t, "an epoch that only shares its low bits");
		break;
	case 3: /* all bits are used: taken, or refused by value */
		if (give(t, &g, 14, 32, 32) != SF_R_OK)
			break;
		seal(t, &g, 14, 0xffffffff, 0);
		g.f.kid = UINT64_C(0xffffffff0000000e);
		if (t->reply == SF_R_OK)
			(void)sf_must_be_sealed(t, &g.f, &ctr);
		break;
	case 4:
		give(t, &g, 14, 40, 40);
		sf_must_no(t, "40 bits of epoch and 40 of sender");
		break;
	default:
		give(t, &g, 14, 0, 6);
		if (t->reply == SF_R_OK) {
			seal(t, &g, 14, 3, 0);
			g.f.kid = 3;
			if (t->reply == SF_R_OK)
				(void)sf_must_be_sealed(t, &g.f, &ctr);
		}
		break;
	}
}

static void
resize(struct sf_trial *t)
{
	struct group g, wide;
	uint8_t ct[80];

	make(t, &g, kid_of(0, 3, 14));
	make(t, &wide, kid_of(0, 3, 15));
	sf_new(t, "a");
	must_give(t, &g, 14);
	give(t, &wide, 15, E, S + 1);
	if (t->reply != SF_R_OK) {
		if (t->reply == SF_R_NO)
			sf_record(t, "another S for another epoch: refused");
		return;
	}
	sf_must_open_ours(t, "a", &wide.f);
	sf_open(t, "a", g.f.meta, sf_bytes(ct, sf_seal_by_us(t, &g.f, ct)));
	if (t->reply != SF_R_NONE)
		sf_record(t,
		    "another S for another epoch: taken; frames of the epoch "
		    "before: %s",
		    t->reply == SF_R_OK ? "opened" : "refused");
}

/* A forged frame under our own KID of the epoch. */
static void
forge_own(struct sf_trial *t)
{
	struct group g;
	uint8_t ct[80];
	uint64_t ctr;
	size_t n;

	make(t, &g, kid_of(0, 3, 14));
	sf_new(t, "a");
	must_give(t, &g, 14);
	n = sf_seal_by_us(t, &g.f, ct);
	ct[n - 1] ^= 1;
	sf_must_refuse_forged(t, "a", g.f.meta, sf_bytes(ct, n),
	    "a forged frame under our own KID");
	seal(t, &g, 14, 3, 0);
	(void)sf_must_be_sealed(t, &g.f, &ctr);
}

void
sf_cases_mls(struct sf_catalogue *k)
{
	static const struct sf_family rows[] = {
		/* clang-format off */
		{ "ml-figure", "mls", "5.2", "MLS-03 MLS-01", "The KIDs of figure 9, and frames under them", FIRST_SUITE, 9, SF_NEED(MLS), figure },
		{ "ml-members", "mls", "5.2", "MLS-01 MLS-02", "Frames of three members in two contexts and four epochs", EACH_SUITE, 1, SF_NEED(MLS) | SF_NEED(OPEN), members },
		{ "ml-sender-key", "mls", "5.2", "MLS-01", "A frame under a base key for each sender is refused", EACH_SUITE, 2, SF_NEED(MLS) | SF_NEED(OPEN), per_sender },
		{ "ml-replaced", "mls", "5.2", "MLS-05", "An epoch goes when one with the same low bits comes", EACH_SUITE, 1, SF_NEED(MLS) | SF_NEED(OPEN), evict },
		{ "ml-replaced-send", "mls", "5.2", "MLS-05 CTR-02", "What is sealed behind the change is under the new epoch's key", EACH_SUITE, 1, SF_NEED(MLS), evict_send },
		{ "ml-removed-others", "mls", "5.2", "MLS-05 MLS-06", "An epoch that is removed takes no newer one with it", FIRST_SUITE, 1, SF_NEED(MLS) | SF_NEED(OPEN), removed_others },
		{ "ml-others", "mls", "5.2", "MLS-05 MLS-06", "Other epochs stay when one is replaced", EACH_SUITE, 1, SF_NEED(MLS) | SF_NEED(OPEN), keep },
		{ "ml-removed", "mls", "5.2", "MLS-05", "An epoch that was removed opens nothing", EACH_SUITE, 1, SF_NEED(MLS) | SF_NEED(OPEN), removed },
		{ "ml-removed-late", "mls", "5.2", "MLS-05 MLS-06", "An epoch stays when the one that it replaced is removed later", FIRST_SUITE, 1, SF_NEED(MLS) | SF_NEED(OPEN), removed_late },
		{ "ml-again", "mls", "7.4", "CTR-06", "The same epoch given again does not start its counters again", FIRST_SUITE, 1, SF_NEED(MLS), again },
		{ "ml-bits", "mls", "5.2", "MLS-03", "What does not fit into its bits is refused", FIRST_SUITE, 6, SF_NEED(MLS), range },
		{ "ml-resize", "mls", "5.2", "MLS-04", "The width of the index changes between epochs", FIRST_SUITE, 1, SF_NEED(MLS) | SF_NEED(OPEN), resize },
		{ "st-forge-member", "state", "5.2", "KEY-08 DEC-05", "A forged frame does not spoil the KID that we send with", EACH_SUITE, 1, SF_NEED(MLS) | SF_NEED(OPEN), forge_own },
		/* clang-format on */
	};

	sf_catalogue_add(k, rows, sizeof(rows) / sizeof(rows[0]));
}
