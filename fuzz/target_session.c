/*
 * target_session.c - engine/session/: one side sends, the other receives, and
 * somebody between them sends what he likes. What was sealed opens to what it
 * was, once where there is a window; a counter is never used twice under a key;
 * nothing else opens.
 *
 * Input: an octet of settings, then steps of an octet for what is done, one for
 * the key, and what the step takes.
 */
#include "engine/session/session.h"
#include "fuzz/fuzz.h"

#include <string.h>

#define STEPS  200
#define SEALED 64
#define ROOM   512

struct sealed {
	size_t n, n_pt;
	uint64_t kid;
	bool opened;
	uint8_t octets[ROOM], pt[64];
};

struct run {
	struct sf_session *a, *b;
	bool window;
	unsigned n;
	struct sealed sealed[SEALED];
	const uint8_t *p;
	size_t left;
};

static uint8_t
take(struct run *r)
{
	if (r->left == 0)
		return 0;
	r->left--;
	return *r->p++;
}

static struct sf_bytes
take_octets(struct run *r, size_t most)
{
	size_t n = take(r) % (most + 1);
	struct sf_bytes out;

	if (n > r->left)
		n = r->left;
	out = sf_bytes(r->p, n);
	r->p += n;
	r->left -= n;
	return out;
}

/* Small, near an end, or any. */
static uint64_t
take_number(struct run *r)
{
	uint8_t how = take(r);
	uint64_t v = 0;

	if (how < 0x80)
		return how & 0x0f;
	if (how < 0xc0)
		return UINT64_MAX - (how & 0x0f);
	for (unsigned i = 0; i < 8; i++)
		v = v << 8 | take(r);
	return v;
}

static struct sf_bytes
base_of(uint64_t kid)
{
	static const uint8_t bases[16 + 16];

	return sf_bytes(bases, 16 + kid % 16);
}

static bool
same(const uint8_t *a, const uint8_t *b, size_t n)
{
	return n == 0 || memcmp(a, b, n) == 0;
}

static void
keep(struct run *r, uint64_t kid, struct sf_bytes pt, const uint8_t *out,
    size_t n)
{
	struct sealed *s = &r->sealed[r->n % SEALED];

	for (unsigned i = 0; i < SEALED && i < r->n; i++)
		FUZZ_CHECK(r->sealed[i].n != n || r->sealed[i].n_pt != pt.n ||
			   !same(r->sealed[i].octets, out, n));
	*s = (struct sealed){ .n = n, .n_pt = pt.n, .kid = kid };
	memcpy(s->octets, out, n);
	if (pt.n != 0)
		memcpy(s->pt, pt.p, pt.n);
	r->n++;
}

static void
seal(struct run *r)
{
	uint64_t kid = take_number(r);
	struct sf_bytes pt = take_octets(r, sizeof(r->sealed[0].pt));
	uint8_t out[ROOM];
	size_t n = 0;

	if (sf_session_seal(r->a, kid, sf_bytes(NULL, 0), pt, out, &n) !=
	    SF_SAID_OK)
		return;
	FUZZ_CHECK(n > pt.n && n <= ROOM);
	keep(r, kid, pt, out, n);
}

static void
deliver(struct run *r)
{
	struct sealed *s = &r->sealed[take(r) % SEALED];
	uint8_t flip = take(r), pt[ROOM], octets[ROOM];
	struct sf_session_opened o;
	enum sf_said said;

	if (s->n == 0)
		return;
	memcpy(octets, s->octets, s->n);
	if (flip != 0)
		octets[(size_t)take(r) % s->n] ^= flip;
	said = sf_session_open(
	    r->b, sf_bytes(NULL, 0), sf_bytes(octets, s->n), pt, &o);
	if (said != SF_SAID_OK)
		return;
	FUZZ_CHECK(flip == 0);
	FUZZ_CHECK(o.kid == s->kid && o.n == s->n_pt);
	FUZZ_CHECK(same(pt, s->pt, o.n));
	FUZZ_CHECK(!r->window || !s->opened);
	s->opened = true;
}

static void
forge(struct run *r)
{
	struct sf_bytes ct = take_octets(r, 100);
	uint8_t pt[ROOM];
	struct sf_session_opened o;

	FUZZ_CHECK(
	    sf_session_open(r->b, sf_bytes(NULL, 0), ct, pt, &o) != SF_SAID_OK);
}

/* A key that a receiver is given again has seen nothing yet: those whose KID has
   these bits, by itself, as a step of a chain, or in an epoch. */
static void
given(struct run *r, uint64_t bits, uint64_t mask)
{
	for (unsigned i = 0; i < SEALED; i++)
		if (((r->sealed[i].kid ^ bits) & mask) == 0)
			r->sealed[i].opened = false;
}

static void
set_key(struct run *r, bool sender)
{
	uint64_t kid = take_number(r);
	enum sf_said said = sf_session_key(sender ? r->a : r->b,
	    sender ? SF_USE_SEND : SF_USE_RECEIVE, kid, base_of(kid));

	if (!sender && said == SF_SAID_OK)
		given(r, kid, UINT64_MAX);
}

static void
set_chain(struct run *r)
{
	unsigned bits = take(r) % 66;
	uint64_t generation = take_number(r), kid;
	enum sf_said a = sf_session_chain(
	    r->a, SF_USE_SEND, bits, generation, base_of(generation), &kid);
	enum sf_said b = sf_session_chain(
	    r->b, SF_USE_RECEIVE, bits, generation, base_of(generation), &kid);

	FUZZ_CHECK(bits <= 63 || (a != SF_SAID_OK && b != SF_SAID_OK));
	if (b == SF_SAID_OK)
		given(r, generation << bits, UINT64_MAX << bits);
}

static void
set_epoch(struct run *r)
{
	uint64_t epoch = take_number(r);
	unsigned bits = take(r) % 66, senders = take(r) % 66;
	enum sf_said said;

	(void)sf_session_epoch(r->a, epoch, base_of(epoch), bits, senders);
	said = sf_session_epoch(r->b, epoch, base_of(epoch), bits, senders);
	if (said == SF_SAID_OK)
		given(r, epoch, UINT64_MAX >> (64 - bits));
}

static void
seal_mls(struct run *r)
{
	uint64_t epoch = take_number(r), sender = take_number(r);
	struct sf_bytes pt = take_octets(r, sizeof(r->sealed[0].pt));
	uint8_t out[ROOM];
	size_t n = 0;

	if (sf_session_seal_mls(r->a, epoch, sender, take_number(r),
		sf_bytes(NULL, 0), pt, out, &n) == SF_SAID_OK)
		FUZZ_CHECK(n > pt.n && n <= ROOM);
}

static void
step(struct run *r)
{
	uint64_t kid;

	switch (take(r) % 12) {
	case 0:
		set_key(r, true);
		break;
	case 1:
		set_key(r, false);
		break;
	case 2:
		(void)sf_session_remove(r->a, take_number(r));
		break;
	case 3:
		kid = take_number(r);
		(void)sf_session_counter(r->a, kid, take_number(r));
		break;
	case 4:
		set_chain(r);
		break;
	case 5:
		(void)sf_session_step(r->a, &kid);
		break;
	case 6:
		set_epoch(r);
		break;
	case 7:
		(void)sf_session_epoch_remove(r->b, take_number(r));
		break;
	case 8:
		seal_mls(r);
		break;
	case 9:
		forge(r);
		break;
	case 10:
		deliver(r);
		break;
	default:
		seal(r);
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run *r = calloc(1, sizeof(*r));
	const struct sf_suite *suite;
	uint8_t settings;

	FUZZ_CHECK(r != NULL);
	r->p = data;
	r->left = size;
	settings = take(r);
	suite = sf_suite_by_id((uint16_t)(4 + settings % 2));
	FUZZ_CHECK(suite != NULL);
	r->window = (settings & 0x80) != 0;
	r->a = sf_session_new(&sf_crypto_ossl, suite, 0);
	r->b = sf_session_new(&sf_crypto_ossl, suite, r->window ? 64 : 0);
	FUZZ_CHECK(r->a != NULL && r->b != NULL);
	for (unsigned i = 0; i < STEPS && r->left > 0; i++)
		step(r);
	sf_session_free(r->a);
	sf_session_free(r->b);
	free(r);
	return 0;
}
