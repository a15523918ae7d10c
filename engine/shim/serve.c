/*
 * serve.c - this library behind SFS/1.
 */
#include "engine/shim/serve.h"

#include <stdlib.h>
#include <string.h>

#include "engine/shim/line.h"
#include "parsers/sframe/header.h"
#include "parsers/text/shim_line.h"

#define FRAME_MAX ((size_t)32 << 20)
#define MORE      (SF_SFRAME_HEADER_MAX + SF_TAG_MAX) /* octets a frame adds */

struct context {
	char name[SF_SERVE_NAME + 1];
	struct sf_session *session; /* NULL: free */
};

struct sf_serve {
	const struct sf_crypto *crypto;
	struct context contexts[SF_SERVE_CONTEXTS];
	unsigned next; /* the one to go when all are taken */
	struct sf_line reply;
	size_t room, n_out; /* of the buffers; octets left in out by open */
	uint8_t *in, *more, *out;
	/* of the request that is being answered */
	struct sf_bytes words;
	struct sf_session *session;
};

/* ---- what a request says ------------------------------------------------- */

static bool
number(const struct sf_serve *s, const char *key, uint64_t *v)
{
	struct sf_bytes value;

	return sf_shim_value(s->words, key, &value) && sf_shim_number(value, v);
}

/* Octets of a value, into one of the buffers. */
static bool
octets(const struct sf_serve *s, const char *key, uint8_t *to,
    struct sf_bytes *out)
{
	struct sf_bytes value;
	size_t n;

	if (!sf_shim_value(s->words, key, &value) ||
	    !sf_shim_octets(value, to, &n))
		return false;
	*out = sf_bytes(to, n);
	return true;
}

static const struct sf_suite *
suite_of(const struct sf_serve *s)
{
	uint64_t id;

	return number(s, "suite", &id) && id <= UINT16_MAX
		   ? sf_suite_by_id((uint16_t)id)
		   : NULL;
}

static bool
use_of(const struct sf_serve *s, enum sf_use *use)
{
	struct sf_bytes value;

	if (!sf_shim_value(s->words, "use", &value))
		return false;
	*use = sf_shim_is(value, "recv") ? SF_USE_RECEIVE : SF_USE_SEND;
	return *use == SF_USE_RECEIVE || sf_shim_is(value, "send");
}

static struct context *
context_of(struct sf_serve *s)
{
	struct sf_bytes name;

	if (!sf_shim_value(s->words, "ctx", &name))
		return NULL;
	for (unsigned i = 0; i < SF_SERVE_CONTEXTS; i++)
		if (s->contexts[i].session != NULL &&
		    sf_shim_is(name, s->contexts[i].name))
			return &s->contexts[i];
	return NULL;
}

/* ---- replies ------------------------------------------------------------- */

/* What a verb makes of its request; the words of an ok are in s->reply. */
struct answer {
	const char *status, *why;
};

static const struct answer ok = { "ok", NULL };
static const struct answer bad = { "bad", NULL };

static struct answer
no(const char *why)
{
	return (struct answer){ "no", why };
}

static struct answer
said(enum sf_said what)
{
	static const char *const why[] = {
		[SF_SAID_HEADER] = "header",
		[SF_SAID_SHORT] = "short",
		[SF_SAID_KID] = "kid",
		[SF_SAID_AUTH] = "auth",
		[SF_SAID_REPLAY] = "replay",
		[SF_SAID_USAGE] = "usage",
		[SF_SAID_EXHAUSTED] = "exhausted",
		[SF_SAID_PARAM] = "param",
		[SF_SAID_LIMIT] = "limit",
		[SF_SAID_FAILED] = "other",
	};

	return what == SF_SAID_OK ? ok : no(why[what]);
}

/* ---- verbs --------------------------------------------------------------- */

static struct answer
do_hello(struct sf_serve *s)
{
	uint64_t v;

	if (!number(s, "v", &v) || v != 1)
		return bad;
	sf_line_put(&s->reply,
	    " v=1 name=sframe-tool version=1 suites=1,2,3,4,5,6,7,8"
	    " caps=seal,open,ctr-set,rmkey,header,kdf,aead,ratchet,"
	    "ratchet-store,mls,per-ssrc,peek"
	    " policies=nonminimal-header:accept,replay:app,"
	    "rekey-same-kid:refuse,empty-base-key:reject,counter-last:max,"
	    "send-recv-same-kid:refuse");
	sf_line_word_number(&s->reply, "max-frame", FRAME_MAX);
	sf_line_word_number(&s->reply, "max-meta", FRAME_MAX);
	sf_line_word_number(&s->reply, "max-keys", SF_SESSION_KEYS);
	return ok;
}

static struct answer
do_new(struct sf_serve *s)
{
	struct context *c = context_of(s);
	struct sf_bytes name;
	uint64_t window = 0;

	if (!sf_shim_value(s->words, "ctx", &name) || name.n > SF_SERVE_NAME)
		return bad;
	if (suite_of(s) == NULL)
		return no("param");
	(void)number(s, "replay", &window);
	if (window > SF_REPLAY_MAX)
		return no("limit");
	for (unsigned i = 0; c == NULL && i < SF_SERVE_CONTEXTS; i++)
		if (s->contexts[i].session == NULL)
			c = &s->contexts[i];
	if (c == NULL)
		c = &s->contexts[s->next++ % SF_SERVE_CONTEXTS];
	sf_session_free(c->session);
	c->session = sf_session_new(s->crypto, suite_of(s), (uint32_t)window);
	memcpy(c->name, name.p, name.n);
	c->name[name.n] = '\0';
	return c->session == NULL ? no("other") : ok;
}

static struct answer
do_free(struct sf_serve *s)
{
	struct context *c = context_of(s);

	sf_session_free(c->session);
	c->session = NULL;
	return ok;
}

static struct answer
do_key(struct sf_serve *s)
{
	enum sf_use use;
	uint64_t kid;
	struct sf_bytes base;

	if (!use_of(s, &use) || !number(s, "kid", &kid) ||
	    !octets(s, "base", s->in, &base))
		return bad;
	return said(sf_session_key(s->session, use, kid, base));
}

static struct answer
do_rmkey(struct sf_serve *s)
{
	uint64_t kid;

	return number(s, "kid", &kid) ? said(sf_session_remove(s->session, kid))
				      : bad;
}

static struct answer
do_ctr(struct sf_serve *s)
{
	uint64_t kid, next;

	return number(s, "kid", &kid) && number(s, "next", &next)
		   ? said(sf_session_counter(s->session, kid, next))
		   : bad;
}

static struct answer
put_ct(struct sf_serve *s, enum sf_said what, size_t n)
{
	if (what == SF_SAID_OK)
		sf_line_word_hex(&s->reply, "ct", sf_bytes(s->out, n));
	return said(what);
}

static struct answer
do_seal(struct sf_serve *s)
{
	struct sf_bytes meta, pt;
	uint64_t kid;
	size_t n = 0;
	enum sf_said what;

	if (!number(s, "kid", &kid) || !octets(s, "meta", s->more, &meta) ||
	    !octets(s, "pt", s->in, &pt))
		return bad;
	what = sf_session_seal(s->session, kid, meta, pt, s->out, &n);
	return put_ct(s, what, n);
}

static struct answer
do_open(struct sf_serve *s)
{
	struct sf_bytes meta, ct;
	struct sf_session_opened o;
	enum sf_said what;

	if (!octets(s, "meta", s->more, &meta) || !octets(s, "ct", s->in, &ct))
		return bad;
	memset(s->out, 0, ct.n);
	what = sf_session_open(s->session, meta, ct, s->out, &o);
	s->n_out = ct.n;
	if (what != SF_SAID_OK)
		return said(what);
	sf_line_word_hex(&s->reply, "pt", sf_bytes(s->out, o.n));
	sf_line_word_number(&s->reply, "kid", o.kid);
	sf_line_word_number(&s->reply, "ctr", o.ctr);
	return ok;
}

static struct answer
do_peek(struct sf_serve *s)
{
	sf_line_word_hex(&s->reply, "out", sf_bytes(s->out, s->n_out));
	return ok;
}

static struct answer
do_hdr_enc(struct sf_serve *s)
{
	uint8_t out[SF_SFRAME_HEADER_MAX];
	uint64_t kid, ctr;

	if (!number(s, "kid", &kid) || !number(s, "ctr", &ctr))
		return bad;
	sf_line_word_hex(&s->reply, "hdr",
	    sf_bytes(out, sf_sframe_header_write(out, kid, ctr)));
	return ok;
}

static struct answer
do_hdr_dec(struct sf_serve *s)
{
	struct sf_sframe_header h;
	struct sf_bytes in;
	struct sf_diag d;

	if (!octets(s, "hdr", s->in, &in))
		return bad;
	if (sf_sframe_header_parse(&h, in, &d) != SF_OK)
		return no("header");
	sf_line_word_number(&s->reply, "kid", h.kid);
	sf_line_word_number(&s->reply, "ctr", h.ctr);
	sf_line_word_number(&s->reply, "len", h.aad.n);
	return ok;
}

static struct answer
do_kdf(struct sf_serve *s)
{
	const struct sf_suite *suite = suite_of(s);
	struct sf_schedule k;
	struct sf_bytes base;
	uint64_t kid;

	if (!number(s, "kid", &kid) || !octets(s, "base", s->in, &base))
		return bad;
	if (suite == NULL || base.n == 0)
		return no("param");
	if (!sf_kdf_schedule(&k, s->crypto, suite, base, kid))
		return no("other");
	sf_line_word_hex(
	    &s->reply, "secret", sf_bytes(k.secret, suite->hash_octets));
	sf_line_word_hex(&s->reply, "key", sf_bytes(k.key, suite->key_octets));
	sf_line_word_hex(&s->reply, "salt", sf_bytes(k.salt, SF_NONCE));
	return ok;
}

/* Key and nonce of the bare AEAD; NULL when they cannot be. */
static struct sf_aead *
bare(struct sf_serve *s, uint8_t nonce[SF_NONCE], struct sf_bytes *aad,
    struct answer *a)
{
	const struct sf_suite *suite = suite_of(s);
	struct sf_bytes key = sf_bytes(NULL, 0), n = key;

	*a = bad;
	if (!octets(s, "key", s->in, &key) ||
	    !octets(s, "nonce", s->more, &n) || suite == NULL)
		return NULL;
	*a = no("param");
	if (key.n != suite->key_octets || n.n != SF_NONCE)
		return NULL;
	memcpy(nonce, n.p, n.n);
	*a = bad;
	if (!octets(s, "aad", s->more, aad))
		return NULL;
	return s->crypto->aead_new(suite, key.p);
}

static struct answer
do_aead_seal(struct sf_serve *s)
{
	uint8_t nonce[SF_NONCE];
	struct sf_bytes aad, pt;
	struct answer a;
	struct sf_aead *k = bare(s, nonce, &aad, &a);
	size_t tag;

	if (k == NULL)
		return a;
	tag = suite_of(s)->tag_octets;
	a = bad;
	if (octets(s, "pt", s->in, &pt)) {
		a = no("other");
		if (s->crypto->seal(
			k, nonce, aad, sf_bytes(NULL, 0), pt, s->out))
			a = put_ct(s, SF_SAID_OK, pt.n + tag);
	}
	s->crypto->aead_free(k);
	return a;
}

static struct answer
do_aead_open(struct sf_serve *s)
{
	uint8_t nonce[SF_NONCE];
	struct sf_bytes aad, ct;
	struct answer a;
	struct sf_aead *k = bare(s, nonce, &aad, &a);
	enum sf_open_status st;

	if (k == NULL)
		return a;
	a = bad;
	if (octets(s, "ct", s->in, &ct)) {
		st = s->crypto->open(
		    k, nonce, aad, sf_bytes(NULL, 0), ct, s->out);
		a = st == SF_OPENED      ? ok
		    : st == SF_TOO_SHORT ? no("short")
		    : st == SF_FORGED    ? no("auth")
					 : no("other");
		if (st == SF_OPENED)
			sf_line_word_hex(&s->reply, "pt",
			    sf_bytes(s->out, ct.n - suite_of(s)->tag_octets));
	}
	s->crypto->aead_free(k);
	return a;
}

/* Base key to base key. */
static struct answer
put_base(struct sf_serve *s, const struct sf_suite *suite, const uint8_t *key,
    bool done)
{
	if (!done)
		return no("other");
	sf_line_word_hex(&s->reply, "base", sf_bytes(key, suite->hash_octets));
	return ok;
}

static struct answer
do_ratchet(struct sf_serve *s)
{
	const struct sf_suite *suite = suite_of(s);
	uint8_t next[SF_HASH_MAX];
	struct sf_bytes base;

	if (!octets(s, "base", s->in, &base))
		return bad;
	if (suite == NULL || base.n == 0)
		return no("param");
	return put_base(
	    s, suite, next, sf_kdf_ratchet(next, s->crypto, suite, base));
}

static struct answer
do_ssrc_key(struct sf_serve *s)
{
	const struct sf_suite *suite = suite_of(s);
	uint8_t key[SF_HASH_MAX];
	struct sf_bytes base;
	uint64_t ssrc;

	if (!octets(s, "base", s->in, &base) || !number(s, "ssrc", &ssrc))
		return bad;
	if (suite == NULL || base.n == 0 || ssrc > UINT32_MAX)
		return no("param");
	return put_base(s, suite, key,
	    sf_kdf_per_ssrc(key, s->crypto, suite, base, (uint32_t)ssrc));
}

static struct answer
do_rkey(struct sf_serve *s)
{
	uint64_t r, generation, kid = 0;
	struct sf_bytes base;
	enum sf_use use;
	enum sf_said what;

	if (!use_of(s, &use) || !number(s, "r", &r) ||
	    !number(s, "gen", &generation) || !octets(s, "base", s->in, &base))
		return bad;
	if (r > 64)
		return no("param");
	what = sf_session_chain(
	    s->session, use, (unsigned)r, generation, base, &kid);
	if (what == SF_SAID_OK)
		sf_line_word_number(&s->reply, "kid", kid);
	return said(what);
}

static struct answer
do_step(struct sf_serve *s)
{
	uint64_t kid = 0;
	enum sf_said what = sf_session_step(s->session, &kid);

	if (what == SF_SAID_OK)
		sf_line_word_number(&s->reply, "kid", kid);
	return said(what);
}

static struct answer
do_epoch(struct sf_serve *s)
{
	uint64_t epoch, ebits, sbits;
	struct sf_bytes base;

	if (!number(s, "epoch", &epoch) || !number(s, "ebits", &ebits) ||
	    !number(s, "sbits", &sbits) || !octets(s, "base", s->in, &base))
		return bad;
	if (ebits > 64 || sbits > 64)
		return no("param");
	return said(sf_session_epoch(
	    s->session, epoch, base, (unsigned)ebits, (unsigned)sbits));
}

static struct answer
do_rmepoch(struct sf_serve *s)
{
	uint64_t epoch;

	return number(s, "epoch", &epoch)
		   ? said(sf_session_epoch_remove(s->session, epoch))
		   : bad;
}

static struct answer
do_mseal(struct sf_serve *s)
{
	uint64_t epoch, index, context;
	struct sf_bytes meta, pt;
	enum sf_said what;
	size_t n = 0;

	if (!number(s, "epoch", &epoch) || !number(s, "index", &index) ||
	    !number(s, "context", &context) ||
	    !octets(s, "meta", s->more, &meta) || !octets(s, "pt", s->in, &pt))
		return bad;
	what = sf_session_seal_mls(
	    s->session, epoch, index, context, meta, pt, s->out, &n);
	return put_ct(s, what, n);
}

static struct answer
do_sync(struct sf_serve *s)
{
	(void)s;
	return ok;
}

/* ---- lines --------------------------------------------------------------- */

static const struct verb {
	const char *name;
	bool context; /* the request names one that must be there */
	struct answer (*run)(struct sf_serve *s);
} verbs[] = {
	/* clang-format off */
	{ "hello",     false, do_hello },
	{ "new",       false, do_new },
	{ "free",      true,  do_free },
	{ "key",       true,  do_key },
	{ "rmkey",     true,  do_rmkey },
	{ "ctr",       true,  do_ctr },
	{ "seal",      true,  do_seal },
	{ "open",      true,  do_open },
	{ "peek",      true,  do_peek },
	{ "hdr-enc",   false, do_hdr_enc },
	{ "hdr-dec",   false, do_hdr_dec },
	{ "kdf",       false, do_kdf },
	{ "aead-seal", false, do_aead_seal },
	{ "aead-open", false, do_aead_open },
	{ "ratchet",   false, do_ratchet },
	{ "ssrc-key",  false, do_ssrc_key },
	{ "rkey",      true,  do_rkey },
	{ "step",      true,  do_step },
	{ "epoch",     true,  do_epoch },
	{ "rmepoch",   true,  do_rmepoch },
	{ "mseal",     true,  do_mseal },
	{ "sync",      false, do_sync },
	{ "bye",       false, do_sync },
	/* clang-format on */
};

static struct answer
run_verb(struct sf_serve *s, struct sf_bytes name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		struct context *c;

		if (!sf_shim_is(name, verbs[i].name))
			continue;
		c = verbs[i].context ? context_of(s) : NULL;
		if (verbs[i].context && c == NULL)
			return bad;
		s->session = c == NULL ? NULL : c->session;
		return verbs[i].run(s);
	}
	return (struct answer){ "unsupported", NULL };
}

/* Buffers that hold whatever a line of n octets can say. */
static bool
make_room(struct sf_serve *s, size_t n)
{
	uint8_t **buffers[] = { &s->in, &s->more, &s->out };

	if (n <= s->room)
		return true;
	for (size_t i = 0; i < 3; i++) {
		uint8_t *more = realloc(*buffers[i], n + MORE);

		if (more == NULL)
			return false;
		*buffers[i] = more;
	}
	s->room = n;
	return true;
}

struct sf_bytes
sf_serve_answer(struct sf_serve *s, struct sf_bytes line, bool *bye)
{
	struct sf_shim_line l = { 0 };
	struct sf_diag d;
	struct answer a = bad;
	struct sf_line *r = &s->reply;
	size_t head;

	*bye = false;
	sf_line_clear(r);
	if (!make_room(s, line.n + 1))
		return sf_bytes(NULL, 0);
	/* the status is known at last: its words go behind a gap for it */
	sf_line_put(r, "                        unsupported");
	head = r->n;
	if (sf_shim_line_parse(&l, line, &d) == SF_OK) {
		s->words = l.payload;
		a = run_verb(s, l.name);
		*bye = sf_shim_is(l.name, "bye");
	}
	if (a.why != NULL)
		sf_line_word(r, "why", a.why);
	if (r->failed)
		return sf_bytes(NULL, 0);
	{
		struct sf_line front = { 0 };
		struct sf_bytes all;

		sf_line_number(&front, l.id);
		sf_line_put(&front, " ");
		sf_line_put(&front, a.status);
		if (front.failed || front.n > head) {
			sf_line_free(&front);
			return sf_bytes(NULL, 0);
		}
		memcpy(r->p + head - front.n, front.p, front.n);
		all = sf_bytes(r->p + head - front.n, r->n - head + front.n);
		sf_line_free(&front);
		return all;
	}
}

struct sf_serve *
sf_serve_new(const struct sf_crypto *c)
{
	struct sf_serve *s = calloc(1, sizeof(*s));

	if (s != NULL)
		s->crypto = c;
	return s;
}

void
sf_serve_free(struct sf_serve *s)
{
	if (s == NULL)
		return;
	for (unsigned i = 0; i < SF_SERVE_CONTEXTS; i++)
		sf_session_free(s->contexts[i].session);
	sf_line_free(&s->reply);
	free(s->in);
	free(s->more);
	free(s->out);
	free(s);
}
