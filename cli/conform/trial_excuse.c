/*
 * trial_excuse.c - requests that an implementation may refuse, though they are
 * right: they are beyond what it declares, or no document sets a rule.
 */
#include <string.h>

#include "cli/conform/trial.h"
#include "engine/base/hash.h"
#include "engine/base/utf8.h"
#include "parsers/sframe/header.h"

/* Two keys at a time are what it takes to change from one to the next. */
#define ANY_KEYS 2

/* What was declared counts more than what no document says. */
static void
excuse(struct sf_trial *t, bool declared, const char *before, uint64_t v,
    const char *after)
{
	if (t->beyond[0] != '\0' && (t->declared || !declared))
		return;
	t->declared = declared;
	snprintf(t->beyond, sizeof(t->beyond), "%s%llu%s", before,
	    (unsigned long long)v, after);
}

/* RFC 9605 5.1 and 5.2: the application chooses how many bits there are; who
   has taken so many cannot refuse them again. */
static void
excuse_bits(struct sf_trial *t, uint64_t *asked, uint64_t v, bool known,
    uint64_t taken, const char *what)
{
	*asked = v;
	if (!known || v != taken)
		excuse(t, false, "", v, what);
}

void
sf_excuse_taken(struct sf_trial *t)
{
	char verb[24];

	sf_trial_verb(t, verb);
	if (strcmp(verb, "epoch") == 0) {
		t->epoch_known = true;
		t->epoch = t->asked_epoch;
		t->ebits = t->asked_ebits;
		t->sbits = t->asked_sbits;
	} else if (strcmp(verb, "new") == 0) {
		t->n_keys = 0;
	} else if (strcmp(verb, "key") == 0) {
		t->n_keys++;
	} else if (strcmp(verb, "rmkey") == 0) {
		t->n_keys -= t->n_keys > 0;
	} else if (strcmp(verb, "open") == 0) {
		t->opened = true;
		t->opened_kid = t->asked_kid;
	} else if (strcmp(verb, "rkey") == 0) {
		t->ratchet_known = true;
		t->rbits = t->asked_rbits;
	}
}

void
sf_excuse_number(struct sf_trial *t, const char *key, uint64_t v)
{
	const struct sf_shim_info *info = &t->run->info;

	if (strcmp(key, "kid") == 0)
		t->word_kid = v;
	if (strcmp(key, "kid") == 0 && v > info->max_kid)
		excuse(t, true, "a KID above max-kid=", info->max_kid, "");
	else if (strcmp(key, "r") == 0)
		excuse_bits(t, &t->asked_rbits, v, t->ratchet_known, t->rbits,
		    " bits of ratchet step");
	else if (strcmp(key, "ebits") == 0)
		excuse_bits(t, &t->asked_ebits, v, t->epoch_known, t->ebits,
		    " bits of epoch");
	else if (strcmp(key, "sbits") == 0)
		excuse_bits(t, &t->asked_sbits, v, t->epoch_known, t->sbits,
		    " bits of sender");
	else if (strcmp(key, "epoch") == 0)
		t->asked_epoch = v;
	else if ((strcmp(key, "ctr") == 0 || strcmp(key, "next") == 0) &&
		 v > info->max_ctr)
		excuse(t, true, "a CTR above max-ctr=", info->max_ctr, "");
}

/* A size whose end the shim declares, or nobody does. */
static void
excuse_size(struct sf_trial *t, size_t n, uint64_t most, const char *declares,
    const char *of)
{
	if (n > most)
		excuse(t, true, declares, most, of);
	else if (n > SF_ANY_SIZE && most == UINT64_MAX)
		excuse(t, false, "", n, of);
}

static void
excuse_plaintext(struct sf_trial *t, size_t n)
{
	if (n == 0)
		excuse(t, false, "", 0, " octets of plaintext");
	excuse_size(t, n, t->run->info.max_frame,
	    "more than max-frame=", " octets of plaintext");
}

/* The numbers in a header; and the size of a frame. */
static void
excuse_header(struct sf_trial *t, struct sf_bytes b, bool frame)
{
	const char *last = t->run->info.policy[SF_POLICY_COUNTER_LAST];
	struct sf_sframe_header h;
	struct sf_diag d;

	if (sf_sframe_header_parse(&h, b, &d) != SF_OK) {
		t->asked_short = "HDR-09";
		return;
	}
	sf_excuse_number(t, "kid", h.kid);
	sf_excuse_number(t, "ctr", h.ctr);
	t->asked_later = h.ctr != 0;
	t->asked_kid = h.kid;
	t->asked_ctr = h.ctr;
	if (!frame || t->suite == NULL)
		return;
	if (h.payload.n < t->suite->tag_octets) {
		t->asked_short = "AEAD-09";
		return;
	}
	if (h.ctr == UINT64_MAX && strcmp(last, "max") != 0)
		excuse(t, false, "CTR ", h.ctr, ", the last of all");
	excuse_plaintext(t, h.payload.n - t->suite->tag_octets);
}

/* Of a frame, or of the AEAD alone. */
static void
excuse_ct(struct sf_trial *t, struct sf_bytes b)
{
	char verb[24];

	t->asked_ct = sf_hash(b);
	sf_trial_verb(t, verb);
	if (strcmp(verb, "open") == 0)
		excuse_header(t, b, true);
	else if (t->suite != NULL && b.n >= t->suite->tag_octets)
		excuse_plaintext(t, b.n - t->suite->tag_octets);
}

/* A length that everybody has to take: that of the test vectors, or of AES-256;
   and those of the ratchet and of MLS where these are asked for. */
static bool
is_any_base(const struct sf_trial *t, size_t n)
{
	char verb[24];

	sf_trial_verb(t, verb);
	if (strcmp(verb, "key") == 0 || strcmp(verb, "kdf") == 0)
		return n == 16 || n == 32;
	return n >= 16 && n <= SF_KEY_MAX && n % 16 == 0;
}

/* All members of an epoch have one base key. */
static void
note_base(struct sf_trial *t, struct sf_bytes b)
{
	struct sf_base_seen new = { sf_hash(b), t->word_kid,
		t->suite == NULL ? 0 : t->suite->id };
	char verb[24];

	sf_trial_verb(t, verb);
	t->again_kid |= strcmp(verb, "epoch") == 0;
	for (unsigned i = 0; i < SF_BASES && i < t->n_bases; i++) {
		const struct sf_base_seen *old = &t->bases[i];

		t->again_kid |= old->base == new.base && old->kid != new.kid;
		t->again_suite |=
		    old->base == new.base && old->suite != new.suite;
	}
	t->bases[t->n_bases++ % SF_BASES] = new;
	t->key_octets = b.n;
	t->key_zero = memchr(b.p, 0, b.n) != NULL;
}

/* RFC 9605 sets no length of a base key, of a plaintext, of metadata. */
void
sf_excuse_octets(struct sf_trial *t, const char *key, struct sf_bytes b)
{
	if (strcmp(key, "meta") == 0) {
		t->asked_meta = b.n > 0;
		t->asked_text = sf_utf8_is(b);
		t->asked_zero = b.n > 0 && memchr(b.p, 0, b.n) != NULL;
		excuse_size(t, b.n, t->run->info.max_meta,
		    "more than max-meta=", " octets of metadata");
	} else if (strcmp(key, "base") == 0) {
		note_base(t, b);
	}
	if (strcmp(key, "base") == 0 && !is_any_base(t, b.n))
		excuse(t, false, "", b.n, " octets of base key");
	else if (strcmp(key, "pt") == 0)
		excuse_plaintext(t, b.n);
	else if (strcmp(key, "hdr") == 0)
		excuse_header(t, b, false);
	else if (strcmp(key, "ct") == 0)
		excuse_ct(t, b);
}

static void
excuse_keys(struct sf_trial *t)
{
	uint64_t most = t->run->info.max_keys;

	if (t->n_keys >= most)
		excuse(t, true, "more than max-keys=", most, "");
	else if (most == UINT64_MAX && t->n_keys >= ANY_KEYS)
		excuse(t, false, "", t->n_keys + 1, " keys in a context");
}

void
sf_excuse_verb(struct sf_trial *t, const char *verb)
{
	t->beyond[0] = '\0';
	t->declared = false;
	t->asked_short = NULL;
	t->asked_text = true;
	t->asked_zero = false;
	t->word_kid = 0;
	if (strcmp(verb, "open") != 0)
		t->cause = NULL;
	if (strcmp(verb, "key") == 0)
		excuse_keys(t);
	if (t->run->info.max_kid != UINT64_MAX &&
	    (strcmp(verb, "rkey") == 0 || strcmp(verb, "step") == 0 ||
		strcmp(verb, "mseal") == 0))
		excuse(t, true,
		    "a KID that can be above max-kid=", t->run->info.max_kid,
		    "");
}
