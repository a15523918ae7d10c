/*
 * cases_ratchet.c - sender keys: RFC 9605 5.1. R is 4 where it does not matter.
 */
#include <string.h>

#include "cli/conform/conform.h"
#include "engine/crypto/kdf.h"

struct chain {
	unsigned r;
	uint64_t generation, step;
	uint8_t key[SF_BASE_MAX];
	size_t n;
	uint8_t pt[21];
	struct sf_plain f; /* of the step */
};

static void
settle(struct chain *c)
{
	uint64_t low = c->r == 0 ? 0 : c->step & ((UINT64_C(1) << c->r) - 1);

	c->f.base = sf_bytes(c->key, c->n);
	c->f.kid = (c->r == 0 ? c->generation : c->generation << c->r) + low;
}

static void
make(struct sf_trial *t, struct chain *c, unsigned r, uint64_t generation)
{
	memset(c, 0, sizeof(*c));
	c->r = r;
	c->generation = generation;
	c->n = 32;
	sf_fill_key(t, c->key, c->n);
	sf_fill_key(t, c->pt, sizeof(c->pt));
	c->f.meta = sf_bytes(NULL, 0);
	c->f.pt = sf_bytes(c->pt, sizeof(c->pt));
	settle(c);
}

static void
steps(struct sf_trial *t, struct chain *c, uint64_t n)
{
	uint8_t next[SF_HASH_MAX];

	for (; n > 0; n--, c->step++) {
		if (!sf_kdf_ratchet(
			next, t->run->crypto, t->suite, sf_bytes(c->key, c->n)))
			sf_fail(t, "our own library failed");
		c->n = t->suite->hash_octets;
		memcpy(c->key, next, c->n);
	}
	settle(c);
}

static enum sf_reply
give(struct sf_trial *t, const char *use, const struct chain *c)
{
	sf_begin(t, "rkey");
	sf_put(t, "ctx", "a");
	sf_put(t, "use", use);
	sf_put_u64(t, "r", c->r);
	sf_put_u64(t, "gen", c->generation);
	sf_put_hex(t, "base", c->f.base);
	return sf_ask(t);
}

static void
must_give(struct sf_trial *t, const char *use, const struct chain *c)
{
	sf_new(t, "a");
	give(t, use, c);
	sf_must_ok(t, "a key of a generation");
}

static enum sf_reply
step(struct sf_trial *t)
{
	sf_begin(t, "step");
	sf_put(t, "ctx", "a");
	return sf_ask(t);
}

static const struct {
	unsigned r;
	uint64_t generation;
} kids[] = { { 0, 0 }, { 0, 1 }, { 0, UINT64_MAX }, { 1, 0 }, { 1, 3 },
	{ 1, UINT64_MAX >> 1 }, { 4, 0 }, { 4, 1 }, { 4, UINT64_MAX >> 4 },
	{ 8, 1 }, { 8, UINT64_MAX >> 8 }, { 63, 1 } };

#define KIDS ((unsigned)(sizeof(kids) / sizeof(kids[0])))

/* The sender says its KID, and seals under it, step after step. */
static void
kid(struct sf_trial *t)
{
	struct chain c;
	uint64_t ctr;

	make(t, &c, kids[t->c->i].r, kids[t->c->i].generation);
	must_give(t, "send", &c);
	sf_must_u64(t, "kid", c.f.kid);
	sf_must_seal(t, "a", &c.f, &ctr);
	for (unsigned i = 0; i < 3 && c.r > 0; i++) {
		step(t);
		steps(t, &c, 1);
		if (sf_must_ok(t, "a ratchet step"))
			sf_must_u64(t, "kid", c.f.kid);
		sf_must_seal(t, "a", &c.f, &ctr);
		t->blame = "CTR-03";
		if (c.r > 1 && !t->stopped && ctr != 0)
			sf_fail(t, "the first counter of a step is %llu, not 0",
			    (unsigned long long)ctr);
		t->blame = NULL;
	}
}

/* The receiver follows, over steps that it did not see. */
static void
follow(struct sf_trial *t)
{
	static const unsigned ahead[] = { 0, 1, 2, 7, 15 };
	struct chain c;

	make(t, &c, 4, 3);
	must_give(t, "recv", &c);
	steps(t, &c, ahead[t->c->i]);
	sf_must_open_ours(t, "a", &c.f);
	c.f.ctr = 1;
	sf_must_open_ours(t, "a", &c.f);
	steps(t, &c, 1);
	sf_must_open_ours(t, "a", &c.f);
}

/* Twice around the step field. */
static void
wrap(struct sf_trial *t)
{
	struct chain c;

	make(t, &c, 2, 1);
	must_give(t, "recv", &c);
	for (unsigned i = 0; i < 10; i++) {
		sf_must_open_ours(t, "a", &c.f);
		steps(t, &c, 1);
	}
}

static void
wrap_send(struct sf_trial *t)
{
	struct chain c;
	uint64_t ctr;

	make(t, &c, 2, 1);
	must_give(t, "send", &c);
	for (unsigned i = 0; i < 10; i++) {
		sf_must_seal(t, "a", &c.f, &ctr);
		step(t);
		sf_must_ok(t, "a ratchet step");
		steps(t, &c, 1);
	}
}

static void
old(struct sf_trial *t)
{
	struct chain c, before;
	uint8_t ct[80];
	bool opened;

	make(t, &c, 4, 3);
	must_give(t, "recv", &c);
	sf_must_open_ours(t, "a", &c.f);
	before = c;
	settle(&before);
	before.f.pt = sf_bytes(before.pt, sizeof(before.pt));
	before.f.ctr = 1;
	steps(t, &c, 1);
	sf_must_open_ours(t, "a", &c.f);
	sf_open(t, "a", before.f.meta,
	    sf_bytes(ct, sf_seal_by_us(t, &before.f, ct)));
	opened = t->reply == SF_R_OK;
	c.f.ctr = 1;
	sf_must_open_ours(t, "a", &c.f);
	steps(t, &c, 1);
	sf_must_open_ours(t, "a", &c.f);
	sf_record(
	    t, "a frame of the step before: %s", opened ? "opened" : "refused");
}

/* A new key: step and counter start again, the old chain is of no use. */
static void
generation(struct sf_trial *t)
{
	struct chain c, fresh;
	uint8_t ct[80];

	make(t, &c, 4, 0);
	must_give(t, "recv", &c);
	steps(t, &c, 1);
	sf_must_open_ours(t, "a", &c.f);
	make(t, &fresh, 4, 1);
	give(t, "recv", &fresh);
	sf_must_ok(t, "the key of the next generation");
	sf_must_open_ours(t, "a", &fresh.f);
	/* the old chain under the new generation's KID */
	c.generation = 1;
	c.step = 1;
	settle(&c);
	sf_must_refuse(t, "a", c.f.meta,
	    sf_bytes(ct, sf_seal_by_us(t, &c.f, ct)),
	    "the old chain under a KID of the new generation");
}

static void
generation_send(struct sf_trial *t)
{
	struct chain c, fresh;
	uint64_t ctr;

	make(t, &c, 4, 0);
	must_give(t, "send", &c);
	sf_must_seal(t, "a", &c.f, &ctr);
	sf_must_seal(t, "a", &c.f, &ctr);
	make(t, &fresh, 4, 1);
	give(t, "send", &fresh);
	if (sf_must_ok(t, "the key of the next generation"))
		sf_must_u64(t, "kid", fresh.f.kid);
	sf_must_seal(t, "a", &fresh.f, &ctr);
	t->blame = "CTR-03";
	if (!t->stopped && ctr != 0)
		sf_fail(t, "the first counter of a generation is %llu, not 0",
		    (unsigned long long)ctr);
}

/* A step that the sender has left: RFC 9605 5.1 has its key deleted promptly, so
   one step later it may be there, and three steps later not. Whatever is sealed
   is right, and repeats no counter. */
static void
old_send(struct sf_trial *t)
{
	struct chain c, first;
	bool taken = false;
	uint64_t ctr;

	make(t, &c, 4, 1);
	first = c;
	settle(&first);
	first.f.pt = sf_bytes(first.pt, sizeof(first.pt));
	must_give(t, "send", &c);
	sf_must_seal(t, "a", &c.f, &ctr);
	for (unsigned i = 0; i < 3 && !t->stopped; i++) {
		step(t);
		sf_must_ok(t, "a ratchet step");
		steps(t, &c, 1);
		sf_must_seal(t, "a", &c.f, &ctr);
		sf_seal(t, "a", first.f.kid, first.f.meta, first.f.pt);
		if (t->reply != SF_R_OK)
			continue;
		taken = true;
		(void)sf_must_be_sealed(t, &first.f, &ctr);
	}
	if (!t->stopped && t->reply == SF_R_OK)
		sf_fail(t,
		    "three steps later a frame is still sealed under the key "
		    "of the first: keys of old steps are deleted promptly "
		    "(RFC 9605 5.1)");
	if (taken)
		sf_record(t, "one step later the key of the step before still "
			     "seals");
}

/* Seals under this step, if the shim still or again has its key. */
static void
may_seal(struct sf_trial *t, const struct chain *c)
{
	struct sf_plain f = c->f;
	uint64_t ctr;

	f.base = sf_bytes(c->key, c->n);
	f.pt = sf_bytes(c->pt, sizeof(c->pt));
	if (sf_seal(t, "a", f.kid, f.meta, f.pt) == SF_R_OK)
		(void)sf_must_be_sealed(t, &f, &ctr);
}

/* The same generation once more is refused, or goes on: right away, behind a step,
   or behind the next generation. */
static void
again_send(struct sf_trial *t)
{
	struct chain first, c, fresh;
	uint64_t ctr;

	make(t, &first, 4, 1);
	must_give(t, "send", &first);
	sf_must_seal(t, "a", &first.f, &ctr);
	sf_must_seal(t, "a", &first.f, &ctr);
	c = first;
	steps(t, &c, 1);
	switch (t->c->i) {
	case 1:
		step(t);
		sf_must_ok(t, "a ratchet step");
		may_seal(t, &c);
		break;
	case 2:
		make(t, &fresh, 4, 2);
		give(t, "send", &fresh);
		sf_must_ok(t, "the key of the next generation");
		break;
	default:
		break;
	}
	give(t, "send", &first);
	may_seal(t, &first);
	may_seal(t, &c);
	step(t);
	may_seal(t, &c);
	if (t->c->i == 2)
		sf_forgive_reuse(
		    t, "a generation that was left and is given again");
}

/* Frames of a sender whose ratchet is not that of RFC 9605. */
static void
wrong(struct sf_trial *t)
{
	static const char *const labels[] = { "Sframe 1.0 Ratchet",
		"SFrame 1.0 Ratchet ", "SFrame 1.0 Ratchet",
		"SFrame 1.0 Ratchet", "SFrame 1.0 Ratchet" };
	static const char *const what[] = { "a ratchet with the label Sframe",
		"a ratchet whose label ends with a blank",
		"a ratchet without an extract",
		"a ratchet to as many octets as a nonce has",
		"a ratchet to as many octets as the AEAD key has" };
	const struct sf_crypto *crypto = t->run->crypto;
	unsigned i = t->c->i;
	struct chain c;
	uint8_t prk[SF_HASH_MAX], ct[80];
	struct sf_bytes label = sf_bytes(labels[i], strlen(labels[i]));
	size_t n = i == 3   ? SF_NONCE
		   : i == 4 ? t->suite->key_octets
			    : t->suite->hash_octets;

	if (i == 4 && n == t->suite->hash_octets) {
		sf_record(t, "key and hash are of one length in this suite");
		return;
	}
	make(t, &c, 4, 0);
	must_give(t, "recv", &c);
	memcpy(prk, c.key, 32);
	if (i != 2 && !crypto->extract(t->suite->hash, sf_bytes(NULL, 0),
			  sf_bytes(c.key, c.n), prk))
		sf_fail(t, "our own library failed");
	if (!crypto->expand(t->suite->hash,
		sf_bytes(prk, i == 2 ? 32 : t->suite->hash_octets), label,
		c.key, n))
		sf_fail(t, "our own library failed");
	c.n = n;
	c.step = 1;
	settle(&c);
	sf_must_refuse(t, "a", c.f.meta,
	    sf_bytes(ct, sf_seal_by_us(t, &c.f, ct)), what[i]);
}

/* A forged KID that asks for as many steps as there can be. */
static void
forged(struct sf_trial *t)
{
	static const unsigned bits[] = { 4, 8, 20, 63 };
	struct chain c;
	uint8_t ct[80];
	uint64_t far;
	size_t n;

	make(t, &c, bits[t->c->i], 1);
	must_give(t, "recv", &c);
	sf_must_open_ours(t, "a", &c.f);
	far = c.f.kid;
	c.f.kid = far + ((UINT64_C(1) << c.r) - 1);
	n = sf_seal_by_us(t, &c.f, ct);
	ct[n - 1] ^= 1;
	for (unsigned i = 0; i < 20; i++)
		sf_must_refuse_forged(t, "a", c.f.meta, sf_bytes(ct, n),
		    "a forged frame that asks for 2^R-1 ratchet steps");
	c.f.kid = far;
	c.f.ctr = 1;
	sf_must_open_ours(t, "a", &c.f);
	steps(t, &c, 1);
	sf_must_open_ours(t, "a", &c.f);
}

void
sf_cases_ratchet(struct sf_catalogue *k)
{
	static const struct sf_family rows[] = {
		/* clang-format off */
		{ "rt-send", "ratchet", "5.1", "SK-06 SK-04 SK-05", "The sender's KID is generation and step, and its key follows the ratchet", FIRST_SUITE, KIDS, SF_NEED(RATCHET_STORE) | SF_NEED(SEAL), kid },
		{ "rt-follow", "ratchet", "5.1", "SK-09 SK-05", "The receiver follows a KID that is steps ahead", EACH_SUITE, 5, SF_NEED(RATCHET_STORE) | SF_NEED(OPEN), follow },
		{ "rt-wrap", "ratchet", "5.1", "SK-06 SK-08", "The receiver follows a step field that wraps", EACH_SUITE, 1, SF_NEED(RATCHET_STORE) | SF_NEED(OPEN), wrap },
		{ "rt-wrap-send", "ratchet", "5.1", "SK-06 CTR-02", "The sender's step field wraps, and no counter comes twice under a key", EACH_SUITE, 1, SF_NEED(RATCHET_STORE) | SF_NEED(SEAL), wrap_send },
		{ "rt-old", "ratchet", "5.1", "SK-10", "A frame of the step before, after one of the next", FIRST_SUITE, 1, SF_NEED(RATCHET_STORE) | SF_NEED(OPEN), old },
		{ "rt-old-send", "ratchet", "5.1", "SK-10 SK-04", "Nothing is sealed under a step that the sender has left long ago", EACH_SUITE, 1, SF_NEED(RATCHET_STORE) | SF_NEED(SEAL), old_send },
		{ "rt-gen", "ratchet", "5.1", "SK-04 SK-12", "A new generation has a key of its own", EACH_SUITE, 1, SF_NEED(RATCHET_STORE) | SF_NEED(OPEN), generation },
		{ "rt-gen-send", "ratchet", "5.1", "SK-04 CTR-03", "A new generation starts its step and its counter at 0", EACH_SUITE, 1, SF_NEED(RATCHET_STORE) | SF_NEED(SEAL), generation_send },
		{ "rt-again", "ratchet", "7.4", "CTR-06", "The same generation given again does not start its counter again", FIRST_SUITE, 3, SF_NEED(RATCHET_STORE) | SF_NEED(SEAL), again_send },
		{ "rt-other", "ratchet", "5.1", "SK-05", "A frame of a sender with another ratchet is refused", EACH_SUITE, 5, SF_NEED(RATCHET_STORE) | SF_NEED(OPEN), wrong },
		{ "st-forge-ratchet", "state", "5.1", "SK-09 DEC-05", "A forged KID takes bounded time and moves no ratchet", FIRST_SUITE, 4, SF_NEED(RATCHET_STORE) | SF_NEED(OPEN), forged },
		/* clang-format on */
	};

	sf_catalogue_add(k, rows, sizeof(rows) / sizeof(rows[0]));
}
