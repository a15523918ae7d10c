/*
 * cases_vectors.c - the tests of `vectors make` as cases: the same octets that
 * an implementation can have as files, put to it through a shim.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/conform/conform.h"
#include "cli/vectors/make.h"
#include "parsers/sframe/header.h"

/* Where a test is at home in the code that made it: what its file leaves out. */
struct origin {
	const char *section, *requirements, *says;
	unsigned place;
};

struct origins {
	size_t n, room;
	struct origin *v;
	bool failed;
};

static void
remember(void *who, const struct sf_make_test *t)
{
	struct origins *o = who;

	if (o->n == o->room) {
		size_t room = o->room == 0 ? 512 : 2 * o->room;
		struct origin *more = realloc(o->v, room * sizeof(*more));

		if (more == NULL) {
			o->failed = true;
			return;
		}
		o->v = more;
		o->room = room;
	}
	o->v[o->n++] =
	    (struct origin){ t->rfc, t->requirements, t->comment, t->place };
}

/* ---- values -------------------------------------------------------------- */

#define OCTETS(t, field)                                                       \
	sf_vector_octets(&(t)->c->vector->values, SF_VF_##field)
#define NUMBER(t, field)                                                       \
	sf_vector_number(&(t)->c->vector->values, SF_VF_##field)
#define HAS(t, field) sf_vector_has(&(t)->c->vector->values, SF_VF_##field)

static bool
is_result(const struct sf_trial *t, enum sf_vector_result r)
{
	return t->c->vector->result == r;
}

static void
put_suite(struct sf_trial *t)
{
	sf_put_u64(t, "suite", t->suite->id);
}

/* Words for what a receiver chose. */
static void
choose(struct sf_trial *t, bool taken)
{
	bool last = t->c->vector->policy == SF_POLICY_COUNTER_LAST;

	if (t->reply == SF_R_NO && t->declared)
		(void)sf_must_ok(t, t->c->says); /* another limit than that */
	else if (t->reply != SF_R_NONE)
		sf_choose(t, t->c->vector->policy, taken,
		    last ? "max" : "accept", last ? "max-1" : "reject");
}

/* ---- headers ------------------------------------------------------------- */

/* The same numbers, in other fields than they need. */
static void
blame_length(struct sf_trial *t)
{
	struct sf_bytes got, want = OCTETS(t, ENCODED);
	struct sf_sframe_header h;
	struct sf_diag d;

	if (t->blame == NULL && sf_take_hex(t, "hdr", &got) &&
	    got.n != want.n && sf_sframe_header_parse(&h, got, &d) == SF_OK &&
	    h.kid == NUMBER(t, KID) && h.ctr == NUMBER(t, CTR))
		t->blame = sf_blame_fields(&h);
}

static void
header_encode(struct sf_trial *t)
{
	sf_blame_part(t, "HDR");
	sf_begin(t, "hdr-enc");
	sf_put_u64(t, "kid", NUMBER(t, KID));
	sf_put_u64(t, "ctr", NUMBER(t, CTR));
	sf_ask(t);
	if (sf_must_ok(t, "to encode a header")) {
		blame_length(t);
		sf_must_octets(t, "hdr", OCTETS(t, ENCODED));
	}
}

static void
header_decode(struct sf_trial *t)
{
	struct sf_bytes hdr = OCTETS(t, ENCODED);

	sf_blame_part(t, "HDR");
	sf_begin(t, "hdr-dec");
	sf_put_hex(t, "hdr", hdr);
	sf_ask(t);
	if (is_result(t, SF_VECTOR_INVALID)) {
		sf_must_no(t, "a header that is cut short");
		return;
	}
	if (is_result(t, SF_VECTOR_POLICY) && t->reply == SF_R_NO) {
		sf_record(t, "a header that is not minimal: refused");
		return;
	}
	if (!sf_must_ok(t, "to decode a header"))
		return;
	sf_must_u64(t, "kid", NUMBER(t, KID));
	sf_must_u64(t, "ctr", NUMBER(t, CTR));
	sf_must_u64(t, "len", hdr.n);
	if (is_result(t, SF_VECTOR_POLICY))
		sf_record(t, "a header that is not minimal: taken");
}

/* ---- key schedule -------------------------------------------------------- */

static void
must_if_there(struct sf_trial *t, const char *key, struct sf_bytes want)
{
	char with[12];
	struct sf_bytes got;
	size_t n = (size_t)snprintf(with, sizeof(with), " %s=", key);

	for (size_t i = 0; i + n <= t->words.n + 1; i++)
		if ((i == 0 || t->words.p[i - 1] == ' ') &&
		    memcmp(t->words.p + i, with + 1, n - 1) == 0) {
			if (t->blame == NULL && sf_take_hex(t, key, &got) &&
			    got.n != want.n)
				t->blame = "KDF-06";
			sf_must_octets(t, key, want);
			return;
		}
}

static void
kdf(struct sf_trial *t)
{
	sf_begin(t, "kdf");
	put_suite(t);
	sf_put_u64(t, "kid", NUMBER(t, KID));
	sf_put_hex(t, "base", OCTETS(t, BASE_KEY));
	sf_ask(t);
	if (is_result(t, SF_VECTOR_POLICY) && t->reply == SF_R_NO) {
		choose(t, false);
		return;
	}
	if (!sf_must_ok(t, "to derive keys"))
		return;
	sf_blame_part(t, "KDF");
	must_if_there(t, "secret", OCTETS(t, SECRET));
	must_if_there(t, "key", OCTETS(t, KEY));
	must_if_there(t, "salt", OCTETS(t, SALT));
	if (is_result(t, SF_VECTOR_POLICY))
		choose(t, true);
}

/* ---- AEAD ---------------------------------------------------------------- */

static void
aead_ask(
    struct sf_trial *t, const char *verb, const char *key, struct sf_bytes in)
{
	sf_begin(t, verb);
	put_suite(t);
	sf_put_hex(t, "key", OCTETS(t, KEY));
	sf_put_hex(t, "nonce", OCTETS(t, NONCE));
	sf_put_hex(t, "aad", OCTETS(t, AAD));
	sf_put_hex(t, key, in);
	sf_ask(t);
}

static void
aead(struct sf_trial *t)
{
	aead_ask(t, "aead-open", "ct", OCTETS(t, CT));
	if (is_result(t, SF_VECTOR_INVALID)) {
		sf_must_no(t, t->c->says);
		return;
	}
	sf_blame_part(t, "AEAD");
	if (sf_must_ok(t, "to open"))
		sf_must_octets(t, "pt", OCTETS(t, PT));
	aead_ask(t, "aead-seal", "pt", OCTETS(t, PT));
	if (sf_must_ok(t, "to seal"))
		sf_must_octets(t, "ct", OCTETS(t, CT));
}

/* ---- frames -------------------------------------------------------------- */

/* The key of the group for this KID, or NULL. */
static const struct sf_vector_key *
key_of(const struct sf_trial *t, uint64_t kid)
{
	const struct sf_vector_span *span = &t->c->group->keys;

	for (size_t i = 0; i < span->n; i++)
		if (t->c->file->keys[span->first + i].kid == kid)
			return &t->c->file->keys[span->first + i];
	return NULL;
}

static bool
give_key(struct sf_trial *t, const char *use, uint64_t kid)
{
	const struct sf_vector_key *k = key_of(t, kid);

	if (k == NULL)
		return true;
	sf_key(t, "a", use, kid, k->base_key);
	if (is_result(t, SF_VECTOR_POLICY) && t->reply == SF_R_NO) {
		choose(t, false); /* an empty base key */
		return false;
	}
	return sf_must_ok(t, "a key for a KID that has none");
}

/* It is the frame of the vector. */
static void
must_be_vector(struct sf_trial *t)
{
	const struct sf_vector_key *k = key_of(t, NUMBER(t, KID));
	struct sf_plain f = { .kid = NUMBER(t, KID),
		.ctr = NUMBER(t, CTR),
		.meta = OCTETS(t, METADATA),
		.pt = OCTETS(t, PT) };

	f.base = k == NULL ? sf_bytes(NULL, 0) : k->base_key;
	sf_must_be_octets(t, &f, OCTETS(t, CT));
}

static void
seal(struct sf_trial *t)
{
	uint64_t kid = NUMBER(t, KID), ctr = NUMBER(t, CTR);

	sf_new(t, "a");
	if (!give_key(t, "send", kid))
		return;
	if (ctr != 0) {
		sf_begin(t, "ctr");
		sf_put(t, "ctx", "a");
		sf_put_u64(t, "kid", kid);
		sf_put_u64(t, "next", ctr);
		sf_ask(t);
		if (is_result(t, SF_VECTOR_POLICY) && t->reply == SF_R_NO) {
			choose(t, false);
			return;
		}
		sf_must_ok(t, "to go on with a counter that was not used yet");
	}
	sf_seal(t, "a", kid, OCTETS(t, METADATA), OCTETS(t, PT));
	if (is_result(t, SF_VECTOR_POLICY) && t->reply == SF_R_NO) {
		choose(t, false);
		return;
	}
	if (sf_must_ok(t, "to seal a frame"))
		must_be_vector(t);
	if (is_result(t, SF_VECTOR_POLICY))
		choose(t, true);
}

/* Keys for what the header says and for what it should have said, so that a
   frame is not refused for want of a key. */
static bool
give_keys(struct sf_trial *t, struct sf_bytes ct)
{
	struct sf_sframe_header h = { .kid = 0x123 };
	struct sf_diag d;

	if (sf_sframe_header_parse(&h, ct, &d) != SF_OK || h.kid == 0x123)
		return give_key(t, "recv", 0x123);
	return give_key(t, "recv", h.kid) && give_key(t, "recv", 0x123);
}

static void
open(struct sf_trial *t)
{
	struct sf_bytes ct = OCTETS(t, CT);

	sf_new(t, "a");
	if (!give_keys(t, ct))
		return;
	sf_open(t, "a", OCTETS(t, METADATA), ct);
	switch (t->c->vector->result) {
	case SF_VECTOR_INVALID:
		if (strncmp(t->c->requirements, "KDF", 3) == 0)
			sf_blame_part(t, "KDF");
		sf_must_no(t, t->c->says);
		return;
	case SF_VECTOR_POLICY:
		if (t->reply == SF_R_NO) {
			choose(t, false);
			return;
		}
		break;
	case SF_VECTOR_VALID:
		break;
	}
	if (sf_must_ok(t, "to open a frame that is genuine"))
		sf_must_octets(t, "pt", OCTETS(t, PT));
	if (is_result(t, SF_VECTOR_POLICY))
		choose(t, true);
}

/* ---- ways to a base key -------------------------------------------------- */

static const struct sf_vector_values *
item(const struct sf_trial *t, const struct sf_vector_span *span, size_t i)
{
	return &t->c->file->items[span->first + i];
}

/* From each step shown to the next, one request for each between them. */
static void
ratchet(struct sf_trial *t)
{
	const struct sf_vector_span *span = &t->c->vector->steps;
	uint8_t key[SF_BASE_MAX];
	struct sf_bytes base, got;

	for (size_t i = 0; i + 1 < span->n && !t->stopped; i++) {
		const struct sf_vector_values *from = item(t, span, i);
		const struct sf_vector_values *to = item(t, span, i + 1);
		uint64_t step = sf_vector_number(from, SF_VF_STEP);

		base = sf_vector_octets(from, SF_VF_BASE_KEY);
		for (; step < sf_vector_number(to, SF_VF_STEP); step++) {
			sf_begin(t, "ratchet");
			put_suite(t);
			sf_put_hex(t, "base", base);
			sf_ask(t);
			if (!sf_must_ok(t, "a ratchet step") ||
			    !sf_take_hex(t, "base", &got))
				return;
			if (got.n > sizeof(key)) {
				sf_fail(t, "a base key of %zu octets", got.n);
				return;
			}
			memcpy(key, got.p, got.n);
			base = sf_bytes(key, got.n);
		}
		sf_must_octets(t, "base", sf_vector_octets(to, SF_VF_BASE_KEY));
	}
}

static void
give_epoch(struct sf_trial *t, const char *ctx, uint64_t epoch)
{
	const struct sf_vector_span *span = &t->c->vector->epochs;

	for (size_t i = 0; i < span->n; i++) {
		const struct sf_vector_values *e = item(t, span, i);

		if (sf_vector_number(e, SF_VF_EPOCH) != epoch)
			continue;
		sf_begin(t, "epoch");
		sf_put(t, "ctx", ctx);
		sf_put_u64(t, "epoch", epoch);
		sf_put_hex(t, "base", sf_vector_octets(e, SF_VF_BASE_KEY));
		sf_put_u64(t, "ebits", NUMBER(t, EPOCH_BITS));
		sf_put_u64(t, "sbits", NUMBER(t, SENDER_BITS));
		sf_ask(t);
		sf_must_ok(t, "the base key of an epoch");
	}
}

/* A frame is opened, and sealed by the member whose frame it is. */
static void
mls(struct sf_trial *t)
{
	const struct sf_vector_span *span = &t->c->vector->frames;
	struct sf_bytes ct;
	struct sf_sframe_header h;
	struct sf_diag d;

	for (size_t i = 0; i < span->n && !t->stopped; i++) {
		const struct sf_vector_values *f = item(t, span, i);
		uint64_t epoch = sf_vector_number(f, SF_VF_EPOCH);

		sf_new(t, "r");
		sf_new(t, "s");
		give_epoch(t, "r", epoch);
		give_epoch(t, "s", epoch);
		sf_open(t, "r", sf_vector_octets(f, SF_VF_METADATA),
		    sf_vector_octets(f, SF_VF_CT));
		if (sf_must_ok(t, "to open a member's frame"))
			sf_must_octets(t, "pt", sf_vector_octets(f, SF_VF_PT));
		sf_begin(t, "mseal");
		sf_put(t, "ctx", "s");
		sf_put_u64(t, "epoch", epoch);
		sf_put_u64(t, "index", sf_vector_number(f, SF_VF_SENDER));
		sf_put_u64(t, "context", sf_vector_number(f, SF_VF_CONTEXT));
		sf_put_hex(t, "meta", sf_vector_octets(f, SF_VF_METADATA));
		sf_put_hex(t, "pt", sf_vector_octets(f, SF_VF_PT));
		sf_ask(t);
		if (!sf_must_ok(t, "to seal a member's frame") ||
		    !sf_take_hex(t, "ct", &ct))
			return;
		if (sf_sframe_header_parse(&h, ct, &d) != SF_OK ||
		    h.kid != sf_vector_number(f, SF_VF_KID))
			sf_fail(t, "the KID of the member is not %llu",
			    (unsigned long long)sf_vector_number(f, SF_VF_KID));
	}
}

static void
per_ssrc(struct sf_trial *t)
{
	struct sf_bytes got, ct = OCTETS(t, CT);
	struct sf_sframe_header h = { .kid = 0 };
	struct sf_diag d;
	uint8_t key[SF_BASE_MAX];

	sf_begin(t, "ssrc-key");
	put_suite(t);
	sf_put_hex(t, "base", OCTETS(t, BASE_KEY));
	sf_put_u64(t, "ssrc", NUMBER(t, SSRC));
	sf_ask(t);
	if (!sf_must_ok(t, "the key of an SSRC"))
		return;
	if (is_result(t, SF_VECTOR_VALID))
		sf_must_octets(t, "base", OCTETS(t, STREAM_KEY));
	if (!sf_take_hex(t, "base", &got) || got.n > sizeof(key))
		return;
	memcpy(key, got.p, got.n);
	if (sf_sframe_header_parse(&h, ct, &d) != SF_OK)
		return;
	sf_new(t, "a");
	sf_must_key(t, "a", "recv", h.kid, sf_bytes(key, got.n));
	sf_open(t, "a", OCTETS(t, METADATA), ct);
	if (is_result(t, SF_VECTOR_INVALID))
		sf_must_no(t, t->c->says);
	else if (sf_must_ok(t, "to open a frame of that SSRC"))
		sf_must_octets(t, "pt", OCTETS(t, PT));
}

/* ---- the list ------------------------------------------------------------ */

/* How a type of test is put to a shim; a header goes both ways. */
static const struct way {
	enum sf_vector_type type;
	bool valid, invalid, policy; /* results that can be asked for */
	unsigned needs;
	const char *tag, *suffix;
	void (*run)(struct sf_trial *t);
} ways[] = {
	/* clang-format off */
	{ SF_VECTOR_HEADER,   true, false, false, SF_NEED(HEADER),  "header",  "-enc", header_encode },
	{ SF_VECTOR_HEADER,   true, true,  true,  SF_NEED(HEADER),  "header",  "-dec", header_decode },
	{ SF_VECTOR_KDF,      true, false, true,  SF_NEED(KDF),     "kdf",     "",     kdf },
	{ SF_VECTOR_AEAD,     true, true,  false, SF_NEED(AEAD),    "aead",    "",     aead },
	{ SF_VECTOR_SEAL,     true, false, true,  SF_NEED(SEAL) | SF_NEED(CTR_SET), "frames", "", seal },
	{ SF_VECTOR_OPEN,     true, true,  true,  SF_NEED(OPEN),    "frames",  "",     open },
	{ SF_VECTOR_RATCHET,  true, false, false, SF_NEED(RATCHET), "ratchet", "",     ratchet },
	{ SF_VECTOR_MLS,      true, false, false, SF_NEED(MLS),     "mls",     "",     mls },
	{ SF_VECTOR_PER_SSRC, true, true,  false, SF_NEED(PER_SSRC) | SF_NEED(OPEN), "draft", "", per_ssrc },
	/* clang-format on */
};

static bool
is_asked(const struct way *w, const struct sf_vector_case *v)
{
	if (w->type == SF_VECTOR_PER_SSRC && v->result == SF_VECTOR_INVALID &&
	    !sf_vector_has(&v->values, SF_VF_CT))
		return false;
	return (v->result == SF_VECTOR_VALID && w->valid) ||
	       (v->result == SF_VECTOR_INVALID && w->invalid) ||
	       (v->result == SF_VECTOR_POLICY && w->policy);
}

/* The number at the end of an id, from 1. */
static unsigned
place_in_family(const char *id)
{
	const char *dash = strrchr(id, '-');

	return dash == NULL ? 1 : (unsigned)strtoul(dash + 1, NULL, 10);
}

static const char *
tag_of(const struct way *w, const char *id)
{
	if (strncmp(id, "md-", 3) == 0 || strstr(id, "-metadata-") != NULL)
		return "metadata";
	if (strncmp(id, "key-", 4) == 0)
		return "keys";
	if (strncmp(id, "hdr-", 4) == 0)
		return "header";
	return w->tag;
}

static void
add_case(struct sf_catalogue *k, const struct way *w,
    const struct sf_vectorfile *file, const struct sf_vector_group *g,
    const struct sf_vector_case *v, const struct origin *o)
{
	struct sf_case *c = sf_catalogue_room(k);

	if (c == NULL)
		return;
	snprintf(c->id, sizeof(c->id), "%s%s", v->id, w->suffix);
	c->tag = tag_of(w, v->id);
	c->section = o->section;
	c->requirements = o->requirements;
	c->says = o->says;
	c->place = o->place;
	c->suite = v->suite == NULL ? 0 : v->suite->id;
	c->needs = w->needs;
	c->quick = (c->suite == 0 || c->suite == 1 || c->suite == 4) &&
		   place_in_family(v->id) <= 3;
	c->run = w->run;
	c->file = file;
	c->group = g;
	c->vector = v;
}

static void
add_cases(struct sf_catalogue *k, const struct sf_vectorfile *file,
    const struct origins *o)
{
	for (size_t g = 0; g < file->n_groups; g++) {
		const struct sf_vector_group *group = &file->groups[g];

		for (size_t i = 0; i < group->cases.n; i++) {
			size_t at = group->cases.first + i;

			for (size_t w = 0; w < sizeof(ways) / sizeof(ways[0]);
			     w++)
				if (ways[w].type == group->type &&
				    is_asked(&ways[w], &file->cases[at]) &&
				    at < o->n)
					add_case(k, &ways[w], file, group,
					    &file->cases[at], &o->v[at]);
		}
	}
}

/* One file, made in memory and read back. */
static bool
take_file(
    struct sf_catalogue *k, struct sf_make *m, const struct sf_make_file *file)
{
	struct origins o = { 0 };
	struct sf_vectorfile *out = &k->files[k->n_files];
	struct sf_vectorfile_error e;
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	bool done = false;

	if (f == NULL)
		return false;
	m->seen = remember;
	m->who = &o;
	done = sf_make_write(m, file, f);
	done = fclose(f) == 0 && done && !o.failed;
	if (done) {
		/* tests are made twice, the first time to count them */
		memmove(o.v, o.v + o.n / 2, o.n / 2 * sizeof(*o.v));
		o.n /= 2;
		done = sf_vectorfile_read(out, sf_bytes(text, n), &e);
	}
	if (done) {
		k->n_files++;
		add_cases(k, out, &o);
	}
	free(o.v);
	free(text);
	return done;
}

void
sf_cases_vectors(struct sf_catalogue *k, uint64_t seed)
{
	struct sf_make m = { .crypto = &sf_crypto_ossl,
		.seed = seed,
		.suites = ((1u << SF_SUITES) - 1) << 1 };

	for (size_t i = 0; i < sf_make_n_files && !k->failed; i++)
		if (k->n_files == sizeof(k->files) / sizeof(k->files[0]) ||
		    !take_file(k, &m, &sf_make_files[i]))
			k->failed = true;
}
