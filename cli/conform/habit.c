/*
 * habit.c - what a shim does with every frame of a kind, whatever a case is
 * about: frames that are forged open, those with a large KID or CTR do not, base
 * keys are cut or filled up, plaintexts come out as noise. A few frames are asked
 * for before all cases, and what such a habit breaks is charged to its
 * requirement.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/conform/trial.h"
#include "engine/base/hash.h"
#include "engine/crypto/kdf.h"
#include "parsers/sframe/header.h"
#include "parsers/text/shim_line.h"

#define KID   0x123
#define PLAIN 64 /* octets: four blocks */
#define BASE  32 /* octets of the base keys of most cases */
#define LONG  80

struct frame {
	uint8_t base[LONG], pt[PLAIN], ct[PLAIN + 17 + SF_TAG_MAX];
	size_t n;
	struct sf_plain f;
};

static void
make(struct sf_trial *t, struct frame *p)
{
	sf_fill_key(t, p->base, sizeof(p->base));
	sf_fill(t, p->pt, sizeof(p->pt));
	p->f = (struct sf_plain){ .base = sf_bytes(p->base, BASE),
		.kid = KID,
		.meta = sf_bytes(NULL, 0),
		.pt = sf_bytes(p->pt, sizeof(p->pt)) };
}

/* A context with the key, which may be refused by value. */
static bool
has_key(struct sf_trial *t, const struct frame *p, const char *use)
{
	sf_new(t, "a");
	return sf_key(t, "a", use, p->f.kid, p->f.base) == SF_R_OK;
}

static enum sf_reply
open_it(struct sf_trial *t, struct frame *p)
{
	p->n = sf_seal_by_us(t, &p->f, p->ct);
	return sf_open(t, "a", p->f.meta, sf_bytes(p->ct, p->n));
}

/* Asked of anew; a refusal that nobody declared. */
static bool
is_refused(struct sf_trial *t, struct frame *p)
{
	return has_key(t, p, "recv") && open_it(t, p) == SF_R_NO &&
	       !t->declared;
}

/* ---- forgeries ----------------------------------------------------------- */

#define PANIC 100 /* exit statuses from here on are no program's own choice */

/* There is no process any more to say sync to: it has ended by itself. */
static bool
is_gone(struct sf_trial *t)
{
	sf_begin(t, "sync");
	(void)sf_ask(t);
	return t->stopped && strstr(t->result->why, " exited ") != NULL &&
	       t->child->code < PANIC;
}

static void
look_at_forged(struct sf_trial *t, struct sf_habits *h)
{
	struct frame p;

	make(t, &p);
	if (!has_key(t, &p, "recv"))
		return;
	p.n = sf_seal_by_us(t, &p.f, p.ct);
	for (size_t i = 1; i <= t->suite->tag_octets; i++)
		p.ct[p.n - i] ^= 0x5a;
	h->takes_forged = sf_open(t, "a", p.f.meta, sf_bytes(p.ct, p.n)) ==
			  SF_R_OK;
	if (t->reply == SF_R_NO && is_gone(t)) {
		h->ends = true;
		return;
	}
	p.f.kid = KID + 1;
	h->takes_unknown = open_it(t, &p) == SF_R_OK && !h->takes_forged;
}

/* ---- large numbers ------------------------------------------------------- */

static const unsigned bits[] = { 16, 32, 48, 53, 63 };

#define BITS (sizeof(bits) / sizeof(bits[0]))

static uint64_t
large(unsigned n)
{
	return (UINT64_C(1) << n) + (UINT64_C(1) << n / 2) + 5;
}

/* It opens when the nonce has fewer bits of the CTR than the header. */
static bool
opens_with(struct sf_trial *t, struct frame *p, unsigned n)
{
	struct sf_plain right = p->f;
	bool opens;

	p->f.n_header = sf_sframe_header_write(p->f.header, right.kid, right.ctr);
	p->f.ctr &= (UINT64_C(1) << n) - 1;
	opens = has_key(t, p, "recv") && open_it(t, p) == SF_R_OK;
	p->f = right;
	return opens;
}

/* It opens when the labels have 32 bits of the KID. */
static bool
opens_labelled(struct sf_trial *t, struct frame *p)
{
	struct sf_plain right = p->f;
	bool opens = has_key(t, p, "recv");

	p->f.n_header =
	    sf_sframe_header_write(p->f.header, right.kid, right.ctr);
	p->f.kid &= UINT32_MAX;
	opens = opens && open_it(t, p) == SF_R_OK;
	p->f = right;
	return opens;
}

static void
look_at_large(struct sf_trial *t, struct sf_habits *h)
{
	struct frame p;

	make(t, &p);
	for (size_t i = 0; i < BITS && !t->stopped && h->far_kid == 0; i++) {
		p.f.kid = large(bits[i]);
		if (!is_refused(t, &p))
			continue;
		h->far_kid = UINT64_C(1) << bits[i];
		h->short_label = bits[i] == 32 && opens_labelled(t, &p);
	}
	p.f.kid = KID;
	for (size_t i = 0; i < BITS && !t->stopped && h->far_ctr == 0; i++) {
		p.f.ctr = large(bits[i]);
		if (!is_refused(t, &p))
			continue;
		h->far_ctr = UINT64_C(1) << bits[i];
		h->short_nonce = bits[i] < 53 && opens_with(t, &p, bits[i]);
	}
}

/* ---- base keys ----------------------------------------------------------- */

static void
look_at_base_keys(struct sf_trial *t, struct sf_habits *h)
{
	struct frame p;

	make(t, &p);
	p.f.base.n = 16;
	h->short_base = is_refused(t, &p);
	p.f.base.n = BASE;
	p.base[7] = 0;
	h->zero_base = is_refused(t, &p);
	p.base[7] = 1;
	p.f.base.n = LONG;
	h->long_base = is_refused(t, &p);
}

static const struct sf_suite *
another_suite(const struct sf_trial *t)
{
	for (uint16_t id = 1; id <= SF_SUITES; id++)
		if (id != t->suite->id && (t->run->info.suites >> id & 1) != 0)
			return sf_suite_by_id(id);
	return t->suite;
}

/* The base key of one KID, or suite, is that of another as well. */
static void
look_at_one_base(struct sf_trial *t, struct sf_habits *h)
{
	const struct sf_suite *suite = t->suite;
	struct frame p;

	make(t, &p);
	p.f.kid = KID + 3;
	t->suite = another_suite(t);
	if (!is_refused(t, &p)) {
		t->suite = suite;
		h->any_suite = is_refused(t, &p);
		p.f.kid = KID + 4;
		h->by_base = is_refused(t, &p);
	}
	t->suite = suite;
}

/* ---- replay -------------------------------------------------------------- */

/* A CTR that another KID has had is refused. */
static void
look_at_window(struct sf_trial *t, struct sf_habits *h)
{
	struct frame first, second;

	make(t, &first);
	make(t, &second);
	first.f.kid = KID + 5;
	second.f.kid = KID + 6;
	h->one_window =
	    has_key(t, &first, "recv") &&
	    sf_key(t, "a", "recv", second.f.kid, second.f.base) == SF_R_OK &&
	    open_it(t, &first) == SF_R_OK &&
	    open_it(t, &second) == SF_R_NO && !t->declared &&
	    !is_refused(t, &second);
}

/* Frames open, each in a context of its own, and not one behind another. */
static void
look_at_next(struct sf_trial *t, struct sf_habits *h)
{
	bool behind = false, alone = false;
	struct frame p;

	make(t, &p);
	if (!has_key(t, &p, "recv"))
		return;
	for (p.f.ctr = 1; p.f.ctr < 4; p.f.ctr++)
		behind |= open_it(t, &p) == SF_R_NO && !t->declared;
	for (p.f.ctr = 1; p.f.ctr < 4; p.f.ctr++)
		alone |= is_refused(t, &p);
	h->once = behind && !alone;
}

/* ---- metadata ------------------------------------------------------------ */

/* A frame with such metadata, of eight octets, sealed or opened. */
static bool
takes(struct sf_trial *t, const char *meta, bool open)
{
	struct frame p;

	make(t, &p);
	p.f.meta = sf_bytes(meta, 8);
	if (!has_key(t, &p, open ? "recv" : "send"))
		return false;
	return (open ? open_it(t, &p)
		     : sf_seal(t, "a", p.f.kid, p.f.meta, p.f.pt)) == SF_R_OK;
}

static void
look_at_metadata(struct sf_trial *t, struct sf_habits *h, bool open)
{
	if (!takes(t, "metadata", open))
		return;
	h->zero_meta |= !takes(t, "met\0data", open);
	if (!t->stopped)
		h->text_only |= !takes(t, "\xff\xc3(\x80 dat", open);
}

/* ---- noise --------------------------------------------------------------- */

/* The key stream is that of the blocks from 1 on, or of AES-128, or another. */
static const char *
of_noise(struct sf_trial *t, const struct frame *p, const uint8_t wrong[PLAIN])
{
	uint8_t zeros[PLAIN] = { 0 }, nonce[SF_NONCE], out[PLAIN + SF_TAG_MAX];
	const struct sf_crypto *c = t->run->crypto;
	struct sf_schedule s;
	struct sf_aead *a = NULL;
	bool short_key = false;

	if (t->suite->mode != SF_MODE_CTR)
		return NULL;
	if (sf_kdf_schedule(&s, c, t->suite, p->f.base, p->f.kid))
		a = c->aead_new(sf_suite_by_id(1), s.key);
	sf_kdf_nonce(nonce, s.salt, p->f.ctr);
	short_key = a != NULL && t->suite->enc_octets > 16 &&
		    c->seal(a, nonce, sf_bytes(NULL, 0), sf_bytes(NULL, 0),
			sf_bytes(zeros, PLAIN), out) &&
		    memcmp(out, wrong, PLAIN) == 0;
	c->aead_free(a);
	c->wipe(&s, sizeof(s));
	return short_key ? "AEAD-02" : "AEAD-03";
}

/* What a frame of zeros opens to, or is sealed to, is a key stream. */
static void
look_at_noise(struct sf_trial *t, struct sf_habits *h)
{
	uint8_t wrong[PLAIN];
	struct sf_bytes got;
	struct frame p;

	make(t, &p);
	memset(p.pt, 0, sizeof(p.pt));
	if ((t->run->info.caps & SF_NEED(OPEN)) != 0) {
		if (!has_key(t, &p, "recv") || open_it(t, &p) != SF_R_OK ||
		    !sf_take_hex(t, "pt", &got) || got.n != PLAIN)
			return;
		for (size_t i = 0; i < PLAIN; i++)
			wrong[i] = got.p[i] ^ p.ct[p.n - PLAIN -
					  t->suite->tag_octets + i];
		if (memcmp(got.p, p.pt, PLAIN) != 0)
			h->noise = of_noise(t, &p, wrong);
		return;
	}
	if (!has_key(t, &p, "send") ||
	    sf_seal(t, "a", p.f.kid, p.f.meta, p.f.pt) != SF_R_OK ||
	    !sf_take_hex(t, "ct", &got) ||
	    got.n < (size_t)PLAIN + t->suite->tag_octets ||
	    !sf_opens_by_us(t, &p.f, got))
		return;
	memcpy(wrong, got.p + got.n - PLAIN - t->suite->tag_octets, PLAIN);
	p.n = sf_seal_by_us(t, &p.f, p.ct);
	if (memcmp(wrong, p.ct + p.n - PLAIN - t->suite->tag_octets, PLAIN) !=
	    0)
		h->noise = of_noise(t, &p, wrong);
}

/* ---- a context that is made anew ------------------------------------------ */

static void
look_at_kept(struct sf_trial *t, struct sf_habits *h)
{
	bool opens = (t->run->info.caps & SF_NEED(OPEN)) != 0;
	struct frame p;

	make(t, &p);
	p.f.kid = KID + 2; /* that no context of before has */
	if (!has_key(t, &p, opens ? "recv" : "send"))
		return;
	make(t, &p);
	p.f.kid = KID + 2;
	h->keeps = !has_key(t, &p, opens ? "recv" : "send") &&
		   t->reply == SF_R_NO && !t->declared;
}

static void
look_at_opened(struct sf_trial *t, struct sf_habits *h)
{
	struct frame p;

	look_at_forged(t, h);
	make(t, &p);
	if (is_refused(t, &p))
		return; /* there is nothing to compare with */
	look_at_large(t, h);
	look_at_base_keys(t, h);
	look_at_one_base(t, h);
	look_at_next(t, h);
	look_at_window(t, h);
}

/* What may end the process comes last. */
void
sf_habits_look(struct sf_trial *t, struct sf_habits *h)
{
	bool opens = (t->run->info.caps & SF_NEED(OPEN)) != 0;

	look_at_kept(t, h);
	look_at_noise(t, h);
	if (opens)
		look_at_opened(t, h);
	if ((t->run->info.caps & SF_NEED(SEAL)) != 0)
		look_at_metadata(t, h, false);
	if (opens)
		look_at_metadata(t, h, true);
}

/* ---- what is charged to them --------------------------------------------- */

static void
blame(struct sf_trial *t, const char *requirement, const char *text)
{
	t->blame = requirement;
	t->habit = text;
}

/* What came out is what went in. */
static bool
is_passed_on(struct sf_trial *t)
{
	struct sf_bytes pt;

	return sf_shim_value(t->words, "pt", &pt) &&
	       sf_take_hex(t, "pt", &pt) && sf_hash(pt) == t->asked_ct;
}

/* A frame was taken that had to be refused. */
static void
blame_taken(struct sf_trial *t, const struct sf_habits *h)
{
	if (h->takes_forged)
		blame(t, "DEC-05", "frames open whose tag is wrong");
	else if (h->takes_unknown &&
		 (t->asked_kid != t->key_kid || is_passed_on(t)))
		blame(t, "DEC-04", "frames open that no key is there for");
}

/* With such metadata, or under such a key, nothing is as it should be. */
static void
blame_request(struct sf_trial *t, const struct sf_habits *h)
{
	if (h->text_only && !t->asked_text)
		blame(t, "META-02",
		    "metadata that is not UTF-8 is not taken: it is octets, "
		    "and no text");
	else if (h->zero_meta && t->asked_zero)
		blame(t, "META-02",
		    "metadata with a zero octet is not taken as it is: it is "
		    "octets, and no text");
	else if (h->by_base && (t->again_kid || t->again_suite))
		blame(t, "KDF-04",
		    "a base key that was there before has the key of the KID "
		    "that it had then: derive one for each KID and suite");
	else if (h->any_suite && t->again_suite)
		blame(t, "KDF-05",
		    "a base key that was there before has the key of the suite "
		    "that it had then: derive one for each suite");
}

static void
blame_base_key(struct sf_trial *t, const struct sf_habits *h)
{
	if ((h->short_base && t->key_octets < BASE) ||
	    (h->long_base && t->key_octets > BASE) ||
	    (h->zero_base && t->key_zero))
		blame(t, "KDF-02",
		    "no frame opens under a base key of such a length, or with "
		    "such octets: give HKDF-Extract all of it, and nothing "
		    "else");
}

/* One was refused that is genuine. */
static void
blame_refused(struct sf_trial *t, const struct sf_habits *h)
{
	const struct sf_cause *c =
	    &t->run->causes[t->suite->id][SF_CAUSE_FRAMES];

	if (h->far_kid != 0 && t->asked_kid >= h->far_kid)
		blame(t, h->short_label ? "KDF-04" : "HDR-07",
		    h->short_label ? "the labels have 32 bits of the KID"
				   : "no frame with a KID so large opens");
	else if (h->once && t->opened)
		blame(t, "NON-01",
		    "a frame that opened leaves behind a nonce, or a key, that "
		    "is not as it was: the next does not open");
	else if (h->one_window && t->opened && t->opened_kid != t->asked_kid)
		blame(t, "REP-03",
		    "a CTR that another KID has had is refused: each key has a "
		    "replay window of its own");
	else if (h->far_ctr != 0 && t->asked_ctr >= h->far_ctr)
		blame(t, h->short_nonce ? "NON-01" : "HDR-07",
		    h->short_nonce
			? "only the low octets of the counter are in the nonce"
			: "no frame with a CTR so large opens");
	else
		blame_base_key(t, h);
	if (t->blame == NULL && sf_cause_opens(c))
		t->blame = sf_cause_requirement(c);
	if (t->blame == NULL)
		t->blame = t->otherwise;
}

void
sf_habit_blame(struct sf_trial *t, enum sf_expected e)
{
	const struct sf_habits *h;
	char verb[24];

	if (t->blame != NULL || t->cause != NULL || t->suite == NULL)
		return;
	h = &t->run->habits[t->suite->id];
	sf_trial_verb(t, verb);
	if (e != SF_EXPECTED_NO)
		blame_request(t, h);
	if (t->blame != NULL)
		return;
	if (e == SF_EXPECTED_OK && t->run->keeps &&
	    (strcmp(verb, "key") == 0 || strcmp(verb, "rkey") == 0 ||
		strcmp(verb, "epoch") == 0))
		blame(t, SF_SHIM_FAULT,
		    "new, with a name that is in use, does not make the context "
		    "anew");
	if (e == SF_EXPECTED_OCTETS && h->noise != NULL &&
	    (strstr(verb, "open") != NULL || strstr(verb, "seal") != NULL))
		blame(t, h->noise,
		    "the tag is right and the octets are not: the key stream "
		    "is another");
	if (e == SF_EXPECTED_OCTETS && t->blame == NULL &&
	    (strcmp(verb, "kdf") == 0 || strcmp(verb, "seal") == 0))
		blame_base_key(t, h);
	if (strcmp(verb, "aead-open") == 0 && e == SF_EXPECTED_NO &&
	    h->takes_forged)
		blame_taken(t, h);
	if (strcmp(verb, "open") != 0)
		return;
	if (e == SF_EXPECTED_NO)
		blame_taken(t, h);
	else if (e == SF_EXPECTED_OK)
		blame_refused(t, h);
	if (t->blame == NULL && e != SF_EXPECTED_OK && t->asked_short != NULL)
		t->blame = t->asked_short;
}
