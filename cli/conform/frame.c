/*
 * frame.c - frames made by us and frames made by a shim, each opened by the
 * other; and the requests that most cases make.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/conform/trial.h"
#include "engine/base/hash.h"
#include "engine/crypto/kdf.h"
#include "parsers/sframe/header.h"

/* ---- our side ------------------------------------------------------------ */

static struct sf_aead *
aead_of(struct sf_trial *t, struct sf_bytes base, uint64_t kid, uint64_t ctr,
    uint8_t nonce[SF_NONCE])
{
	struct sf_schedule s;
	struct sf_aead *a = NULL;

	if (sf_kdf_schedule(&s, t->run->crypto, t->suite, base, kid)) {
		a = t->run->crypto->aead_new(t->suite, s.key);
		sf_kdf_nonce(nonce, s.salt, ctr);
	}
	return a;
}

size_t
sf_seal_by_us(struct sf_trial *t, const struct sf_plain *f, uint8_t *out)
{
	uint8_t nonce[SF_NONCE];
	struct sf_aead *a = aead_of(t, f->base, f->kid, f->ctr, nonce);
	size_t n = f->n_header;

	if (n == 0)
		n = sf_sframe_header_write(out, f->kid, f->ctr);
	else
		memcpy(out, f->header, n);
	if (a == NULL || !t->run->crypto->seal(a, nonce, sf_bytes(out, n),
			     f->meta, f->pt, out + n))
		sf_fail(t, "our own library failed");
	t->run->crypto->aead_free(a);
	return n + f->pt.n + t->suite->tag_octets;
}

/* ---- requests ------------------------------------------------------------ */

static void
ask_new(struct sf_trial *t, const char *ctx)
{
	sf_begin(t, "new");
	sf_put(t, "ctx", ctx);
	sf_put_u64(t, "suite", t->suite->id);
	sf_ask(t);
}

void
sf_new(struct sf_trial *t, const char *ctx)
{
	ask_new(t, ctx);
	if (t->reply == SF_R_NO) { /* some let go of a name only when told */
		sf_begin(t, "free");
		sf_put(t, "ctx", ctx);
		if (sf_ask_optional(t) == SF_R_OK)
			ask_new(t, ctx);
	}
	if (t->reply == SF_R_NO && strcmp(ctx, "a") != 0)
		sf_record(t, "one context more is refused (%s)", t->reason);
	sf_must_ok(t, "a context of a suite that the shim declares");
}

enum sf_reply
sf_key(struct sf_trial *t, const char *ctx, const char *use, uint64_t kid,
    struct sf_bytes base)
{
	if (strcmp(use, "recv") == 0)
		t->key_kid = kid;
	sf_begin(t, "key");
	sf_put(t, "ctx", ctx);
	sf_put(t, "use", use);
	sf_put_u64(t, "kid", kid);
	sf_put_hex(t, "base", base);
	return sf_ask(t);
}

void
sf_must_key(struct sf_trial *t, const char *ctx, const char *use, uint64_t kid,
    struct sf_bytes base)
{
	sf_key(t, ctx, use, kid, base);
	sf_must_ok(t, "a key for a KID that has none");
}

void
sf_must_remove(struct sf_trial *t, const char *ctx, uint64_t kid)
{
	sf_begin(t, "rmkey");
	sf_put(t, "ctx", ctx);
	sf_put_u64(t, "kid", kid);
	sf_ask(t);
	sf_must_ok(t, "to remove a key that is there");
}

enum sf_reply
sf_open(struct sf_trial *t, const char *ctx, struct sf_bytes meta,
    struct sf_bytes ct)
{
	sf_begin(t, "open");
	sf_put(t, "ctx", ctx);
	sf_put_hex(t, "meta", meta);
	sf_put_hex(t, "ct", ct);
	if (sf_ask(t) == SF_R_NO && sf_cause_of_refusal(t) != NULL)
		t->cause = sf_cause_of_refusal(t);
	return t->reply;
}

enum sf_reply
sf_seal(struct sf_trial *t, const char *ctx, uint64_t kid, struct sf_bytes meta,
    struct sf_bytes pt)
{
	sf_begin(t, "seal");
	sf_put(t, "ctx", ctx);
	sf_put_u64(t, "kid", kid);
	sf_put_hex(t, "meta", meta);
	sf_put_hex(t, "pt", pt);
	return sf_ask(t);
}

/* ---- opening ------------------------------------------------------------- */

/* KID and CTR are told where a shim knows them, and are then right. */
static void
check_told(struct sf_trial *t, const char *key, uint64_t want)
{
	uint64_t v;
	char with[8];

	snprintf(with, sizeof(with), "%s=", key);
	for (size_t i = 0; i + 4 <= t->words.n; i++)
		if (memcmp(t->words.p + i, with, 4) == 0 &&
		    (i == 0 || t->words.p[i - 1] == ' ')) {
			if (sf_take_u64(t, key, &v) && v != want)
				sf_fail(t,
				    "the frame opens, but its %s is said to "
				    "be %llu and is %llu",
				    key, (unsigned long long)v,
				    (unsigned long long)want);
			return;
		}
}

void
sf_must_open(struct sf_trial *t, const char *ctx, const struct sf_plain *f,
    struct sf_bytes ct)
{
	sf_open(t, ctx, f->meta, ct);
	if (!sf_must_ok(t, "to open a frame that is genuine"))
		return;
	sf_must_octets(t, "pt", f->pt);
	check_told(t, "kid", f->kid);
	check_told(t, "ctr", f->ctr);
}

void
sf_must_open_ours(struct sf_trial *t, const char *ctx, const struct sf_plain *f)
{
	uint8_t *ct;

	if (t->stopped)
		return;
	ct = malloc(f->pt.n + SF_SFRAME_HEADER_MAX + SF_TAG_MAX);
	if (ct == NULL) {
		sf_fail(t, "no memory for a frame");
		return;
	}
	sf_must_open(t, ctx, f, sf_bytes(ct, sf_seal_by_us(t, f, ct)));
	free(ct);
}

void
sf_must_refuse(struct sf_trial *t, const char *ctx, struct sf_bytes meta,
    struct sf_bytes ct, const char *what)
{
	sf_open(t, ctx, meta, ct);
	sf_must_no(t, what);
}

void
sf_must_refuse_forged(struct sf_trial *t, const char *ctx, struct sf_bytes meta,
    struct sf_bytes ct, const char *what)
{
	sf_open(t, ctx, meta, ct);
	if (t->reply == SF_R_OK)
		sf_habit_blame(t, SF_EXPECTED_NO);
	if (t->reply == SF_R_OK && t->blame == NULL)
		t->blame = "DEC-05";
	sf_must_no(t, what);
}

/* ---- sealing ------------------------------------------------------------- */

const char *
sf_blame_fields(const struct sf_sframe_header *h)
{
	return (h->kid < 8 && h->kid_octets > 0) ||
		       (h->ctr < 8 && h->ctr_octets > 0)
		   ? "HDR-04"
		   : "HDR-05";
}

static bool
is_minimal(const struct sf_sframe_header *h)
{
	return h->kid_octets == sf_sframe_header_octets(h->kid) &&
	       h->ctr_octets == sf_sframe_header_octets(h->ctr);
}

/* RFC 9605 9.1 and 7.4 */
static void
check_unique(struct sf_trial *t, const struct sf_plain *f, uint64_t ctr)
{
	uint64_t key = sf_hash(f->base);
	bool blames =
	    t->blame == NULL && strncmp(t->c->requirements, "CTR", 3) != 0;

	for (unsigned i = 0; i < t->n_seals; i++)
		if (t->seals[i].kid == f->kid && t->seals[i].ctr == ctr &&
		    t->seals[i].key == key) {
			if (blames)
				t->blame = "CTR-04";
			sf_fail(t,
			    "CTR %llu is used a second time under KID %llu and "
			    "one key: the nonce repeats (RFC 9605 7.4)",
			    (unsigned long long)ctr,
			    (unsigned long long)f->kid);
		}
	if (t->n_seals < SF_SEALS)
		t->seals[t->n_seals++] =
		    (struct sf_seal_seen){ f->kid, ctr, key };
}

void
sf_forgive_reuse(struct sf_trial *t, const char *what)
{
	if (t->result->verdict != SF_V_FAIL ||
	    strstr(t->result->why, "second time") == NULL)
		return;
	t->result->verdict = SF_V_RECORDED;
	t->result->charged = NULL;
	snprintf(t->result->why, sizeof(t->result->why),
	    "%s starts from CTR 0: the application must not do that (RFC 9605 "
	    "9.1)",
	    what);
}

/* The tag is right for this key; what is behind it is in pt. */
static enum sf_open_status
open_by_us(struct sf_trial *t, const struct sf_plain *f,
    const struct sf_sframe_header *h, uint8_t *pt)
{
	uint8_t nonce[SF_NONCE];
	struct sf_aead *a = aead_of(t, f->base, h->kid, h->ctr, nonce);
	enum sf_open_status r = SF_CRYPTO_FAILED;

	if (a != NULL)
		r = t->run->crypto->open(
		    a, nonce, h->aad, f->meta, h->payload, pt);
	t->run->crypto->aead_free(a);
	return r;
}

bool
sf_opens_by_us(struct sf_trial *t, const struct sf_plain *f, struct sf_bytes ct)
{
	struct sf_sframe_header h;
	struct sf_diag d;
	uint8_t *pt = malloc(ct.n + 1);
	bool opens = pt != NULL &&
		     sf_sframe_header_parse(&h, ct, &d) == SF_OK &&
		     open_by_us(t, f, &h, pt) == SF_OPENED;

	free(pt);
	return opens;
}

static void
must_open_by_us(struct sf_trial *t, const struct sf_plain *f,
    const struct sf_sframe_header *h, struct sf_bytes ct)
{
	uint8_t *pt = malloc(h->payload.n + 1);

	switch (pt == NULL ? SF_CRYPTO_FAILED : open_by_us(t, f, h, pt)) {
	case SF_OPENED:
		if (f->pt.n != 0 && memcmp(pt, f->pt.p, f->pt.n) != 0) {
			sf_habit_blame(t, SF_EXPECTED_OCTETS);
			sf_fail(t, "the frame opens to other octets");
		}
		break;
	case SF_FORGED:
	case SF_TOO_SHORT:
		sf_fail_frame(t, f, ct);
		break;
	case SF_CRYPTO_FAILED:
		sf_fail(t, "our own library failed");
		break;
	}
	free(pt);
}

bool
sf_must_be_sealed(struct sf_trial *t, const struct sf_plain *f, uint64_t *ctr)
{
	struct sf_bytes ct;

	*ctr = 0;
	return sf_must_ok(t, "to seal a frame") && sf_take_hex(t, "ct", &ct) &&
	       sf_must_be_frame(t, f, ct, ctr);
}

bool
sf_must_be_frame(struct sf_trial *t, const struct sf_plain *f,
    struct sf_bytes ct, uint64_t *ctr)
{
	struct sf_sframe_header h;
	struct sf_diag d;

	sf_blame_part(t, "HDR");
	if (sf_sframe_header_parse(&h, ct, &d) != SF_OK) {
		sf_fail(t, "the frame is too short for its header");
		return false;
	}
	*ctr = h.ctr;
	if (h.kid != f->kid && t->blame == NULL && f->kid >> 31 != 0)
		t->blame = "HDR-07";
	if (h.kid != f->kid)
		sf_fail(t, "the header says KID %llu, not %llu",
		    (unsigned long long)h.kid, (unsigned long long)f->kid);
	if (h.payload.n != f->pt.n + t->suite->tag_octets)
		sf_blame_part(t, "");
	if (h.payload.n != f->pt.n + t->suite->tag_octets && t->blame == NULL)
		t->blame = "CT-02";
	if (h.payload.n != f->pt.n + t->suite->tag_octets)
		sf_fail(t,
		    "%zu octets behind the header, not %zu of plaintext and "
		    "%u of tag",
		    h.payload.n, f->pt.n, t->suite->tag_octets);
	if (t->blame == NULL && !is_minimal(&h))
		t->blame = sf_blame_fields(&h);
	if (!is_minimal(&h))
		sf_fail(t,
		    "the header is not minimal: %u octets for KID %llu, %u for "
		    "CTR %llu (RFC 9605 4.3)",
		    h.kid_octets, (unsigned long long)h.kid, h.ctr_octets,
		    (unsigned long long)h.ctr);
	if (!t->stopped)
		must_open_by_us(t, f, &h, ct);
	if (!t->stopped)
		check_unique(t, f, h.ctr);
	return !t->stopped;
}

/* What is wrong with its header or its length, when it is one of these. */
static const char *
blame_shape(
    const struct sf_plain *f, struct sf_bytes ct, const struct sf_bytes *want)
{
	struct sf_sframe_header h, right;
	struct sf_diag d;

	if (sf_sframe_header_parse(&right, *want, &d) != SF_OK ||
	    sf_sframe_header_parse(&h, ct, &d) != SF_OK || h.kid != f->kid)
		return "HDR-01";
	if (h.ctr != f->ctr)
		return ct.n == want->n && h.aad.n != right.aad.n ? "HDR-01"
								 : "CTR-04";
	if (h.aad.n != right.aad.n)
		return sf_blame_fields(&h);
	return ct.n != want->n ? "CT-02" : NULL;
}

void
sf_must_be_octets(
    struct sf_trial *t, const struct sf_plain *f, struct sf_bytes want)
{
	struct sf_bytes ct;

	if (!sf_take_hex(t, "ct", &ct))
		return;
	if (ct.n != want.n || memcmp(ct.p, want.p, want.n) != 0)
		sf_blame_frame(t, f, ct);
	if (t->blame == NULL)
		t->blame = blame_shape(f, ct, &want);
	sf_must_octets(t, "ct", want);
}

void
sf_must_seal(struct sf_trial *t, const char *ctx, const struct sf_plain *f,
    uint64_t *ctr)
{
	sf_seal(t, ctx, f->kid, f->meta, f->pt);
	(void)sf_must_be_sealed(t, f, ctr);
}
