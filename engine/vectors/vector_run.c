/*
 * vector_run.c - runs test vectors. A test is a row of claims; the first that
 * does not hold ends it. Of an invalid test some claim has to fail.
 */
#include "engine/vectors/vector_run.h"

#include <stdlib.h>
#include <string.h>

#include "engine/crypto/kdf.h"
#include "parsers/sframe/header.h"

struct run {
	const struct sf_crypto *crypto;
	const struct sf_vectorfile *file;
	const struct sf_vector_group *group;
	const struct sf_vector_case *test;
	struct sf_vector_outcome out;
};

static const struct {
	const char *choice;
	bool accepts;
} choices[SF_VECTOR_POLICIES] = {
	[SF_POLICY_NONMINIMAL_HEADER] = { "accept", true },
	[SF_POLICY_REPLAY] = { "none", true },
	[SF_POLICY_REKEY_SAME_KID] = { "refuse", false },
	[SF_POLICY_EMPTY_BASE_KEY] = { "reject", false },
	[SF_POLICY_COUNTER_LAST] = { "max", true },
	[SF_POLICY_SEND_RECV_SAME_KID] = { "separate", true },
};

const char *
sf_vector_choice(enum sf_vector_policy p)
{
	return choices[p].choice;
}

bool
sf_vector_accepts(enum sf_vector_policy p)
{
	return choices[p].accepts;
}

/* ---- claims -------------------------------------------------------------- */

/* Each returns true when the claim holds; else it has told why not. */

static bool
refused(struct run *r, enum sf_vector_field f)
{
	r->out.how = SF_VECTOR_REFUSED;
	r->out.field = f;
	return false;
}

static bool
broken(struct run *r)
{
	r->out.how = SF_VECTOR_BROKEN;
	return false;
}

static bool
number_is(struct run *r, enum sf_vector_field f, uint64_t got, uint64_t want)
{
	if (got == want)
		return true;
	r->out.how = SF_VECTOR_NUMBER;
	r->out.field = f;
	r->out.got = got;
	r->out.want = want;
	return false;
}

static bool
octets_are(struct run *r, enum sf_vector_field f, struct sf_bytes got,
    struct sf_bytes want)
{
	size_t at = 0;

	while (at < got.n && at < want.n && got.p[at] == want.p[at])
		at++;
	if (at == got.n && at == want.n)
		return true;
	r->out.how = got.n == want.n ? SF_VECTOR_DIFFERS : SF_VECTOR_LENGTH;
	r->out.field = f;
	r->out.at = at;
	r->out.got = got.n;
	r->out.want = want.n;
	return false;
}

/* The same, where the vector says anything about that field. */
static bool
number_fits(struct run *r, const struct sf_vector_values *v,
    enum sf_vector_field f, uint64_t got)
{
	return !sf_vector_has(v, f) ||
	       number_is(r, f, got, sf_vector_number(v, f));
}

static bool
octets_fit(struct run *r, const struct sf_vector_values *v,
    enum sf_vector_field f, const uint8_t *got, size_t n)
{
	return !sf_vector_has(v, f) ||
	       octets_are(r, f, sf_bytes(got, n), sf_vector_octets(v, f));
}

static bool
memory(struct run *r, uint8_t **out, size_t n)
{
	*out = malloc(n == 0 ? 1 : n);
	return *out != NULL || broken(r);
}

/* ---- headers ------------------------------------------------------------- */

static bool
header_reads(struct run *r, const struct sf_vector_values *v,
    struct sf_bytes in, struct sf_sframe_header *h, enum sf_vector_field f)
{
	struct sf_diag d;

	if (sf_sframe_header_parse(h, in, &d) != SF_OK)
		return refused(r, f);
	return number_fits(r, v, SF_VF_KID, h->kid) &&
	       number_fits(r, v, SF_VF_CTR, h->ctr);
}

static bool
run_header(struct run *r)
{
	const struct sf_vector_values *v = &r->test->values;
	struct sf_bytes in = sf_vector_octets(v, SF_VF_ENCODED);
	uint8_t written[SF_SFRAME_HEADER_MAX];
	struct sf_sframe_header h;
	size_t n;

	if (!header_reads(r, v, in, &h, SF_VF_ENCODED) ||
	    !octets_are(r, SF_VF_ENCODED, h.aad, in))
		return false;
	/* What is not minimal can be read and is never written. */
	if (r->test->result == SF_VECTOR_POLICY)
		return true;
	n = sf_sframe_header_write(written, h.kid, h.ctr);
	return octets_are(r, SF_VF_ENCODED, sf_bytes(written, n), in);
}

/* ---- keys ---------------------------------------------------------------- */

static bool
labels_fit(struct run *r, const struct sf_vector_values *v, uint64_t kid)
{
	uint8_t label[40];
	size_t n = sf_kdf_label(label, false, kid, r->test->suite->id);

	if (!octets_fit(r, v, SF_VF_KEY_LABEL, label, n))
		return false;
	n = sf_kdf_label(label, true, kid, r->test->suite->id);
	return octets_fit(r, v, SF_VF_SALT_LABEL, label, n);
}

/* The schedule of a base key, compared with all that the vector says of it. */
static bool
schedule_fits(struct run *r, const struct sf_vector_values *v,
    struct sf_bytes base_key, uint64_t kid, struct sf_schedule *s)
{
	const struct sf_suite *suite = r->test->suite;

	if (!labels_fit(r, v, kid))
		return false;
	/* As in a key file, where a key without octets is a mistake. */
	if (base_key.n == 0)
		return refused(r, SF_VF_BASE_KEY);
	if (!sf_kdf_schedule(s, r->crypto, suite, base_key, kid))
		return broken(r);
	return octets_fit(r, v, SF_VF_SECRET, s->secret, suite->hash_octets) &&
	       octets_fit(r, v, SF_VF_KEY, s->key, suite->key_octets) &&
	       octets_fit(r, v, SF_VF_SALT, s->salt, SF_NONCE);
}

static bool
run_kdf(struct run *r)
{
	const struct sf_vector_values *v = &r->test->values;
	struct sf_schedule s = { .secret = { 0 } };
	bool holds = schedule_fits(r, v, sf_vector_octets(v, SF_VF_BASE_KEY),
	    sf_vector_number(v, SF_VF_KID), &s);

	r->crypto->wipe(&s, sizeof(s));
	return holds;
}

/* ---- sealing and opening ------------------------------------------------- */

/* A key ready for one frame. */
struct box {
	struct sf_aead *aead;
	uint8_t nonce[SF_NONCE];
	struct sf_bytes header; /* in front of the ciphertext, if any */
	struct sf_bytes aad1, aad2;
};

/* ct is the AEAD's, without a header; pt is compared if the vector has one. */
static bool
box_opens(struct run *r, const struct box *b, const struct sf_vector_values *v,
    struct sf_bytes ct)
{
	size_t tag = r->test->suite->tag_octets;
	enum sf_open_status st;
	uint8_t *pt;
	bool holds;

	if (ct.n < tag)
		return refused(r, SF_VF_CT);
	if (!memory(r, &pt, ct.n))
		return false;
	st = r->crypto->open(b->aead, b->nonce, b->aad1, b->aad2, ct, pt);
	if (st == SF_CRYPTO_FAILED)
		holds = broken(r);
	else if (st != SF_OPENED)
		holds = refused(r, SF_VF_CT);
	else
		holds = octets_fit(r, v, SF_VF_PT, pt, ct.n - tag);
	r->crypto->wipe(pt, ct.n);
	free(pt);
	return holds;
}

/* Header and what the AEAD makes of pt are the ct of the vector. */
static bool
box_seals(struct run *r, const struct box *b, const struct sf_vector_values *v)
{
	struct sf_bytes pt = sf_vector_octets(v, SF_VF_PT);
	size_t n = b->header.n + pt.n + r->test->suite->tag_octets;
	uint8_t *out;
	bool holds;

	if (!memory(r, &out, n))
		return false;
	memcpy(out, b->header.p, b->header.n);
	holds = r->crypto->seal(
		    b->aead, b->nonce, b->aad1, b->aad2, pt, out + b->header.n)
		    ? octets_fit(r, v, SF_VF_CT, out, n)
		    : broken(r);
	free(out);
	return holds;
}

/* A published key is given in its two parts, too. */
static bool
key_parts_fit(
    struct run *r, const struct sf_vector_values *v, struct sf_bytes key)
{
	size_t n = r->test->suite->enc_octets;

	return octets_fit(r, v, SF_VF_ENC_KEY, key.p, n) &&
	       octets_fit(r, v, SF_VF_AUTH_KEY, key.p + n, key.n - n);
}

static bool
run_aead(struct run *r)
{
	const struct sf_vector_values *v = &r->test->values;
	struct sf_bytes key = sf_vector_octets(v, SF_VF_KEY);
	struct sf_bytes nonce = sf_vector_octets(v, SF_VF_NONCE);
	struct box b = { .aad1 = sf_vector_octets(v, SF_VF_AAD) };
	bool holds;

	b.header = b.aad2 = sf_bytes(NULL, 0);
	if (key.n != r->test->suite->key_octets)
		return refused(r, SF_VF_KEY);
	if (nonce.n != SF_NONCE)
		return refused(r, SF_VF_NONCE);
	if (!key_parts_fit(r, v, key))
		return false;
	memcpy(b.nonce, nonce.p, SF_NONCE);
	b.aead = r->crypto->aead_new(r->test->suite, key.p);
	if (b.aead == NULL)
		return broken(r);
	holds = (!sf_vector_has(v, SF_VF_PT) || box_seals(r, &b, v)) &&
		box_opens(r, &b, v, sf_vector_octets(v, SF_VF_CT));
	r->crypto->aead_free(b.aead);
	return holds;
}

/* What SFrame puts under the AEAD, compared where the vector says it. */
static bool
aad_fits(struct run *r, const struct sf_vector_values *v, const struct box *b)
{
	struct sf_bytes want = sf_vector_octets(v, SF_VF_AAD);
	struct sf_bytes part = want;

	if (!octets_fit(r, v, SF_VF_NONCE, b->nonce, SF_NONCE))
		return false;
	if (!sf_vector_has(v, SF_VF_AAD))
		return true;
	if (!number_is(r, SF_VF_AAD, b->aad1.n + b->aad2.n, want.n))
		return false;
	part.n = b->aad1.n;
	if (!octets_are(r, SF_VF_AAD, b->aad1, part))
		return false;
	part = sf_bytes(want.p + b->aad1.n, b->aad2.n);
	return octets_are(r, SF_VF_AAD, b->aad2, part);
}

/* One frame of a vector, and the key it is under. */
struct frame {
	const struct sf_vector_values *v;
	struct sf_bytes base_key;
	uint64_t kid, ctr;
	struct sf_bytes header;
};

/* False when the key or what follows from it is not as the vector says. */
static bool
box_make(struct run *r, struct box *b, const struct frame *f)
{
	struct sf_schedule s = { .secret = { 0 } };
	bool holds = schedule_fits(r, f->v, f->base_key, f->kid, &s);

	*b = (struct box){ .header = f->header, .aad1 = f->header };
	b->aad2 = sf_vector_octets(f->v, SF_VF_METADATA);
	if (holds) {
		sf_kdf_nonce(b->nonce, s.salt, f->ctr);
		b->aead = r->crypto->aead_new(r->test->suite, s.key);
		holds = b->aead != NULL ? aad_fits(r, f->v, b) : broken(r);
	}
	r->crypto->wipe(&s, sizeof(s));
	return holds;
}

static bool
frame_opens(struct run *r, const struct sf_vector_values *v,
    const struct sf_sframe_header *h, struct sf_bytes base_key)
{
	struct frame f = { v, base_key, h->kid, h->ctr, h->aad };
	struct box b;
	bool holds = box_make(r, &b, &f) && box_opens(r, &b, v, h->payload);

	r->crypto->aead_free(b.aead);
	return holds;
}

static bool
frame_seals(
    struct run *r, const struct sf_vector_values *v, struct sf_bytes base_key)
{
	struct frame f = { v, base_key, sf_vector_number(v, SF_VF_KID),
		sf_vector_number(v, SF_VF_CTR), sf_bytes(NULL, 0) };
	uint8_t header[SF_SFRAME_HEADER_MAX];
	struct box b;
	bool holds;

	f.header =
	    sf_bytes(header, sf_sframe_header_write(header, f.kid, f.ctr));
	holds = box_make(r, &b, &f) && box_seals(r, &b, v);
	r->crypto->aead_free(b.aead);
	return holds;
}

/* ---- which key ----------------------------------------------------------- */

static bool
key_of(struct run *r, uint64_t kid, struct sf_bytes *base_key)
{
	const struct sf_vector_key *keys = r->file->keys + r->group->keys.first;

	for (size_t i = 0; i < r->group->keys.n; i++)
		if (keys[i].kid == kid) {
			*base_key = keys[i].base_key;
			return true;
		}
	return refused(r, SF_VF_KID);
}

/* A published test has its key with it, ours have it in the group. */
static bool
base_key_of(struct run *r, uint64_t kid, struct sf_bytes *base_key)
{
	if (!sf_vector_has(&r->test->values, SF_VF_BASE_KEY))
		return key_of(r, kid, base_key);
	*base_key = sf_vector_octets(&r->test->values, SF_VF_BASE_KEY);
	return true;
}

static bool
run_open(struct run *r)
{
	const struct sf_vector_values *v = &r->test->values;
	struct sf_sframe_header h;
	struct sf_bytes base_key;

	return header_reads(
		   r, v, sf_vector_octets(v, SF_VF_CT), &h, SF_VF_CT) &&
	       base_key_of(r, h.kid, &base_key) &&
	       frame_opens(r, v, &h, base_key);
}

static bool
run_seal(struct run *r)
{
	struct sf_bytes base_key;

	return base_key_of(r, sf_vector_number(&r->test->values, SF_VF_KID),
		   &base_key) &&
	       frame_seals(r, &r->test->values, base_key) && run_open(r);
}

/* ---- ratchet ------------------------------------------------------------- */

/* The low bits of v; all of them for 64. */
static uint64_t
low(uint64_t v, uint64_t bits)
{
	return bits >= 64 ? v : v & ((UINT64_C(1) << bits) - 1);
}

/* v shifted left; false when it does not fit. */
static bool
shifted(uint64_t v, uint64_t bits, uint64_t *out)
{
	if (bits >= 64 ? v != 0 : bits != 0 && v >> (64 - bits) != 0)
		return false;
	*out = bits >= 64 ? 0 : v << bits;
	return true;
}

/* The key of a chain, and how far it has come. */
struct chain {
	uint64_t first, step;
	size_t n;
	uint8_t key[SF_BASE_MAX];
};

static bool
chain_goes_to(struct run *r, struct chain *k, uint64_t step)
{
	uint8_t next[SF_HASH_MAX];

	if (step < k->step || step - k->first > SF_VECTOR_STEPS)
		return refused(r, SF_VF_STEP);
	for (; k->step < step; k->step++) {
		if (!sf_kdf_ratchet(next, r->crypto, r->test->suite,
			sf_bytes(k->key, k->n)))
			return broken(r);
		k->n = r->test->suite->hash_octets;
		memcpy(k->key, next, k->n);
	}
	return true;
}

static bool
step_fits(struct run *r, struct chain *k, const struct sf_vector_values *item)
{
	const struct sf_vector_values *v = &r->test->values;
	uint64_t bits = sf_vector_number(v, SF_VF_RATCHET_BITS);
	uint64_t step = sf_vector_number(item, SF_VF_STEP);
	uint64_t kid;

	if (!shifted(sf_vector_number(v, SF_VF_GENERATION), bits, &kid))
		return refused(r, SF_VF_GENERATION);
	return number_fits(r, item, SF_VF_KID, kid + low(step, bits)) &&
	       chain_goes_to(r, k, step) &&
	       octets_fit(r, item, SF_VF_BASE_KEY, k->key, k->n);
}

/* The first step says where the chain begins. */
static bool
run_ratchet(struct run *r)
{
	const struct sf_vector_values *items =
	    r->file->items + r->test->steps.first;
	struct sf_bytes start = sf_vector_octets(items, SF_VF_BASE_KEY);
	struct chain k = { .step = sf_vector_number(items, SF_VF_STEP) };
	bool holds = true;

	k.first = k.step;
	k.n = start.n;
	memcpy(k.key, start.p, start.n);
	r->out.list = "steps";
	for (size_t i = 0; i < r->test->steps.n && holds; i++) {
		r->out.index = i;
		holds = step_fits(r, &k, &items[i]);
	}
	r->crypto->wipe(&k, sizeof(k));
	return holds;
}

/* ---- MLS ----------------------------------------------------------------- */

static bool
epoch_fits(struct run *r, const struct sf_vector_values *epoch)
{
	struct sf_bytes secret = sf_vector_octets(epoch, SF_VF_EXPORTER_SECRET);
	size_t n = r->test->suite->key_octets;
	uint8_t key[SF_KEY_MAX];

	if (!sf_vector_has(epoch, SF_VF_EXPORTER_SECRET))
		return true;
	if (!sf_kdf_mls_export(key, n, r->crypto,
		(enum sf_hash_name)sf_vector_number(epoch, SF_VF_MLS_HASH),
		secret))
		return broken(r);
	return octets_fit(r, epoch, SF_VF_BASE_KEY, key, n);
}

static bool
epochs_fit(struct run *r)
{
	const struct sf_vector_values *epochs =
	    r->file->items + r->test->epochs.first;
	bool holds = true;

	r->out.list = "epochs";
	for (size_t i = 0; i < r->test->epochs.n && holds; i++) {
		r->out.index = i;
		holds = epoch_fits(r, &epochs[i]);
	}
	return holds;
}

/* The newest epoch that fits: of two with the same low bits the older is gone
   (RFC 9605 5.2). NULL when there is none. */
static const struct sf_vector_values *
epoch_of(const struct run *r, uint64_t epoch, uint64_t bits)
{
	const struct sf_vector_values *epochs =
	    r->file->items + r->test->epochs.first;

	for (size_t i = r->test->epochs.n; i-- > 0;)
		if (low(sf_vector_number(&epochs[i], SF_VF_EPOCH), bits) ==
		    low(epoch, bits))
			return &epochs[i];
	return NULL;
}

/* RFC 9605 5.2: context, sender, low bits of the epoch. */
static bool
mls_kid_fits(struct run *r, const struct sf_vector_values *frame)
{
	const struct sf_vector_values *v = &r->test->values;
	uint64_t e = sf_vector_number(v, SF_VF_EPOCH_BITS);
	uint64_t s = sf_vector_number(v, SF_VF_SENDER_BITS);
	uint64_t sender = sf_vector_number(frame, SF_VF_SENDER);
	uint64_t context, index;

	if (low(sender, s) != sender || !shifted(sender, e, &index))
		return refused(r, SF_VF_SENDER);
	if (!shifted(sf_vector_number(frame, SF_VF_CONTEXT), e + s, &context))
		return refused(r, SF_VF_CONTEXT);
	return number_fits(r, frame, SF_VF_KID,
	    context + index + low(sf_vector_number(frame, SF_VF_EPOCH), e));
}

static bool
mls_frame_fits(struct run *r, const struct sf_vector_values *frame)
{
	struct sf_bytes ct = sf_vector_octets(frame, SF_VF_CT);
	const struct sf_vector_values *epoch;
	struct sf_sframe_header h;
	struct sf_bytes key;

	if (!mls_kid_fits(r, frame) ||
	    !header_reads(r, frame, ct, &h, SF_VF_CT))
		return false;
	epoch = epoch_of(
	    r, h.kid, sf_vector_number(&r->test->values, SF_VF_EPOCH_BITS));
	if (epoch == NULL)
		return refused(r, SF_VF_EPOCH);
	key = sf_vector_octets(epoch, SF_VF_BASE_KEY);
	return (!sf_vector_has(frame, SF_VF_PT) ||
		   frame_seals(r, frame, key)) &&
	       frame_opens(r, frame, &h, key);
}

static bool
run_mls(struct run *r)
{
	const struct sf_vector_values *frames =
	    r->file->items + r->test->frames.first;
	bool holds = epochs_fit(r);

	if (!holds)
		return false;
	r->out.list = "frames";
	for (size_t i = 0; i < r->test->frames.n && holds; i++) {
		r->out.index = i;
		holds = mls_frame_fits(r, &frames[i]);
	}
	return holds;
}

/* ---- keys of each SSRC --------------------------------------------------- */

static bool
ssrc_fits(struct run *r, enum sf_vector_field ssrc, enum sf_vector_field want,
    uint8_t key[SF_HASH_MAX])
{
	const struct sf_vector_values *v = &r->test->values;

	if (!sf_kdf_per_ssrc(key, r->crypto, r->test->suite,
		sf_vector_octets(v, SF_VF_BASE_KEY),
		(uint32_t)sf_vector_number(v, ssrc)))
		return broken(r);
	return octets_fit(r, v, want, key, r->test->suite->hash_octets);
}

static bool
run_per_ssrc(struct run *r)
{
	const struct sf_vector_values *v = &r->test->values;
	uint8_t octets[SF_HASH_MAX];
	struct sf_bytes key = sf_bytes(octets, r->test->suite->hash_octets);
	struct sf_bytes ct = sf_vector_octets(v, SF_VF_CT);
	struct sf_sframe_header h;
	bool holds =
	    (!sf_vector_has(v, SF_VF_SSRC_B) ||
		ssrc_fits(r, SF_VF_SSRC_B, SF_VF_STREAM_KEY_B, octets)) &&
	    ssrc_fits(r, SF_VF_SSRC, SF_VF_STREAM_KEY, octets);

	if (holds && sf_vector_has(v, SF_VF_PT))
		holds = frame_seals(r, v, key);
	if (holds && sf_vector_has(v, SF_VF_CT))
		holds = header_reads(r, v, ct, &h, SF_VF_CT) &&
			frame_opens(r, v, &h, key);
	r->crypto->wipe(octets, sizeof(octets));
	return holds;
}

/* ---- all of them --------------------------------------------------------- */

static bool (*const runs[SF_VECTOR_TYPES])(struct run *r) = {
	[SF_VECTOR_HEADER] = run_header,
	[SF_VECTOR_KDF] = run_kdf,
	[SF_VECTOR_AEAD] = run_aead,
	[SF_VECTOR_SEAL] = run_seal,
	[SF_VECTOR_OPEN] = run_open,
	[SF_VECTOR_RATCHET] = run_ratchet,
	[SF_VECTOR_MLS] = run_mls,
	[SF_VECTOR_PER_SSRC] = run_per_ssrc,
};

static bool
has_to_fail(const struct sf_vector_case *test)
{
	return test->result == SF_VECTOR_INVALID ||
	       (test->result == SF_VECTOR_POLICY &&
		   !sf_vector_accepts(test->policy));
}

struct sf_vector_outcome
sf_vector_run(const struct sf_crypto *c, const struct sf_vectorfile *file,
    const struct sf_vector_group *group, const struct sf_vector_case *test)
{
	struct run r = {
		.crypto = c, .file = file, .group = group, .test = test
	};
	bool holds = runs[group->type](&r);

	if (r.out.how == SF_VECTOR_BROKEN)
		return r.out;
	if (has_to_fail(test))
		holds = !holds;
	if (holds)
		return (struct sf_vector_outcome){ .how = SF_VECTOR_HOLDS };
	if (has_to_fail(test))
		r.out = (struct sf_vector_outcome){ .how = SF_VECTOR_TAKEN };
	return r.out;
}
