/*
 * serve.c - this library behind SFS/1.
 */
#include "engine/shim/serve_parts.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/sframe/header.h"

#define FRAME_MAX ((size_t)32 << 20)
#define MORE      (SF_SFRAME_HEADER_MAX + SF_TAG_MAX) /* octets a frame adds */

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

/* ---- verbs --------------------------------------------------------------- */

static struct sf_answer
do_hello(struct sf_serve *s)
{
	uint64_t v;

	if (!sf_serve_number(s, "v", &v) || v != 1)
		return sf_serve_bad();
	sf_line_put(&s->reply,
	    " v=1 name=sframe-tool version=1 suites=1,2,3,4,5,6,7,8"
	    " caps=seal,open,ctr-set,rmkey,header,kdf,aead,ratchet,"
	    "ratchet-store,mls,mls-export,per-ssrc,peek,persist,parallel,rtp"
	    " policies=nonminimal-header:accept,replay:app,"
	    "rekey-same-kid:refuse,empty-base-key:reject,counter-last:max,"
	    "send-recv-same-kid:refuse");
	sf_line_word_number(&s->reply, "max-frame", FRAME_MAX);
	sf_line_word_number(&s->reply, "max-meta", FRAME_MAX);
	sf_line_word_number(&s->reply, "max-keys", SF_SESSION_KEYS);
	return sf_serve_ok();
}

/* The context that the request names, anew; NULL when it names none. */
static struct context *
make_context(struct sf_serve *s, const struct sf_suite *suite, uint32_t window)
{
	struct context *c = context_of(s);
	struct sf_bytes name;

	if (!sf_shim_value(s->words, "ctx", &name) || name.n > SF_SERVE_NAME)
		return NULL;
	for (unsigned i = 0; c == NULL && i < SF_SERVE_CONTEXTS; i++)
		if (s->contexts[i].session == NULL)
			c = &s->contexts[i];
	if (c == NULL)
		c = &s->contexts[s->next++ % SF_SERVE_CONTEXTS];
	sf_session_free(c->session);
	c->session = sf_session_new(s->crypto, suite, window);
	memcpy(c->name, name.p, name.n);
	c->name[name.n] = '\0';
	return c->session == NULL ? NULL : c;
}

static struct sf_answer
do_new(struct sf_serve *s)
{
	uint64_t window = 0;

	if (sf_serve_suite(s) == NULL)
		return sf_serve_no("param");
	(void)sf_serve_number(s, "replay", &window);
	if (window > SF_REPLAY_MAX)
		return sf_serve_no("limit");
	return make_context(s, sf_serve_suite(s), (uint32_t)window) == NULL
		   ? sf_serve_bad()
		   : sf_serve_ok();
}

static struct sf_answer
do_free(struct sf_serve *s)
{
	struct context *c = context_of(s);

	if (c == NULL)
		return sf_serve_bad();
	sf_session_free(c->session);
	c->session = NULL;
	return sf_serve_ok();
}

static struct sf_answer
do_key(struct sf_serve *s)
{
	enum sf_use use;
	uint64_t kid;
	struct sf_bytes base;

	if (!sf_serve_use(s, &use) || !sf_serve_number(s, "kid", &kid) ||
	    !sf_serve_octets(s, "base", s->in, &base))
		return sf_serve_bad();
	return sf_serve_said(sf_session_key(s->session, use, kid, base));
}

static struct sf_answer
do_rmkey(struct sf_serve *s)
{
	uint64_t kid;

	return sf_serve_number(s, "kid", &kid)
		   ? sf_serve_said(sf_session_remove(s->session, kid))
		   : sf_serve_bad();
}

static struct sf_answer
do_ctr(struct sf_serve *s)
{
	uint64_t kid, next;

	return sf_serve_number(s, "kid", &kid) &&
		       sf_serve_number(s, "next", &next)
		   ? sf_serve_said(sf_session_counter(s->session, kid, next))
		   : sf_serve_bad();
}

static struct sf_answer
do_seal(struct sf_serve *s)
{
	struct sf_bytes meta, pt;
	uint64_t kid;
	size_t n = 0;
	enum sf_said what;

	if (!sf_serve_number(s, "kid", &kid) ||
	    !sf_serve_octets(s, "meta", s->more, &meta) ||
	    !sf_serve_octets(s, "pt", s->in, &pt))
		return sf_serve_bad();
	what = sf_session_seal(s->session, kid, meta, pt, s->out, &n);
	return sf_serve_ct(s, what, n);
}

static struct sf_answer
do_open(struct sf_serve *s)
{
	struct sf_bytes meta, ct;
	struct sf_session_opened o;
	enum sf_said what;

	if (!sf_serve_octets(s, "meta", s->more, &meta) ||
	    !sf_serve_octets(s, "ct", s->in, &ct))
		return sf_serve_bad();
	memset(s->out, 0, ct.n);
	what = sf_session_open(s->session, meta, ct, s->out, &o);
	s->n_out = ct.n;
	if (what != SF_SAID_OK)
		return sf_serve_said(what);
	sf_line_word_hex(&s->reply, "pt", sf_bytes(s->out, o.n));
	sf_line_word_number(&s->reply, "kid", o.kid);
	sf_line_word_number(&s->reply, "ctr", o.ctr);
	return sf_serve_ok();
}

static struct sf_answer
do_peek(struct sf_serve *s)
{
	sf_line_word_hex(&s->reply, "out", sf_bytes(s->out, s->n_out));
	return sf_serve_ok();
}

static struct sf_answer
do_rkey(struct sf_serve *s)
{
	uint64_t r, generation, kid = 0;
	struct sf_bytes base;
	enum sf_use use;
	enum sf_said what;

	if (!sf_serve_use(s, &use) || !sf_serve_number(s, "r", &r) ||
	    !sf_serve_number(s, "gen", &generation) ||
	    !sf_serve_octets(s, "base", s->in, &base))
		return sf_serve_bad();
	if (r > 64)
		return sf_serve_no("param");
	what = sf_session_chain(
	    s->session, use, (unsigned)r, generation, base, &kid);
	if (what == SF_SAID_OK)
		sf_line_word_number(&s->reply, "kid", kid);
	return sf_serve_said(what);
}

static struct sf_answer
do_step(struct sf_serve *s)
{
	uint64_t kid = 0;
	enum sf_said what = sf_session_step(s->session, &kid);

	if (what == SF_SAID_OK)
		sf_line_word_number(&s->reply, "kid", kid);
	return sf_serve_said(what);
}

static struct sf_answer
do_epoch(struct sf_serve *s)
{
	uint64_t epoch, ebits, sbits;
	struct sf_bytes base;

	if (!sf_serve_number(s, "epoch", &epoch) ||
	    !sf_serve_number(s, "ebits", &ebits) ||
	    !sf_serve_number(s, "sbits", &sbits) ||
	    !sf_serve_octets(s, "base", s->in, &base))
		return sf_serve_bad();
	if (ebits > 64 || sbits > 64)
		return sf_serve_no("param");
	return sf_serve_said(sf_session_epoch(
	    s->session, epoch, base, (unsigned)ebits, (unsigned)sbits));
}

static struct sf_answer
do_rmepoch(struct sf_serve *s)
{
	uint64_t epoch;

	return sf_serve_number(s, "epoch", &epoch)
		   ? sf_serve_said(sf_session_epoch_remove(s->session, epoch))
		   : sf_serve_bad();
}

static struct sf_answer
do_mseal(struct sf_serve *s)
{
	uint64_t epoch, index, context;
	struct sf_bytes meta, pt;
	enum sf_said what;
	size_t n = 0;

	if (!sf_serve_number(s, "epoch", &epoch) ||
	    !sf_serve_number(s, "index", &index) ||
	    !sf_serve_number(s, "context", &context) ||
	    !sf_serve_octets(s, "meta", s->more, &meta) ||
	    !sf_serve_octets(s, "pt", s->in, &pt))
		return sf_serve_bad();
	what = sf_session_seal_mls(
	    s->session, epoch, index, context, meta, pt, s->out, &n);
	return sf_serve_ct(s, what, n);
}

/* ---- several threads ----------------------------------------------------- */

#define THREADS 16
#define FRAMES  4096

/* A session is for one thread at a time, and has to be locked by its user. */
struct crew {
	struct sf_session *session;
	pthread_mutex_t lock;
	uint64_t kid, each;
	struct sf_bytes meta, pt;
	uint8_t *frames; /* of room octets each */
	size_t room, *n;
	size_t done, refused;
};

static void *
work(void *who)
{
	struct crew *c = who;

	for (uint64_t i = 0; i < c->each; i++) {
		pthread_mutex_lock(&c->lock);
		if (sf_session_seal(c->session, c->kid, c->meta, c->pt,
			c->frames + c->done * c->room,
			&c->n[c->done]) == SF_SAID_OK)
			c->done++;
		else
			c->refused++;
		pthread_mutex_unlock(&c->lock);
	}
	return NULL;
}

static void
seal_at_once(struct sf_serve *s, struct crew *c, size_t threads)
{
	pthread_t t[THREADS];
	size_t n = 0;

	pthread_mutex_init(&c->lock, NULL);
	while (n < threads && pthread_create(&t[n], NULL, work, c) == 0)
		n++;
	while (n > 0)
		pthread_join(t[--n], NULL);
	pthread_mutex_destroy(&c->lock);
	for (size_t i = 0; i < c->done; i++) {
		sf_line_put(&s->reply, i == 0 ? " cts=" : ",");
		sf_line_hex(
		    &s->reply, sf_bytes(c->frames + i * c->room, c->n[i]));
	}
}

static struct sf_answer
do_pseal(struct sf_serve *s)
{
	struct crew c = { .session = s->session };
	uint64_t threads;
	size_t all;

	if (!sf_serve_number(s, "kid", &c.kid) ||
	    !sf_serve_number(s, "threads", &threads) ||
	    !sf_serve_number(s, "each", &c.each) ||
	    !sf_serve_octets(s, "meta", s->more, &c.meta) ||
	    !sf_serve_octets(s, "pt", s->in, &c.pt))
		return sf_serve_bad();
	if (threads == 0 || threads > THREADS || c.each > FRAMES / threads)
		return sf_serve_no("limit");
	all = (size_t)(threads * c.each);
	c.room = c.pt.n + MORE;
	c.frames = calloc(all + 1, c.room);
	c.n = calloc(all + 1, sizeof(*c.n));
	if (c.frames != NULL && c.n != NULL)
		seal_at_once(s, &c, (size_t)threads);
	free(c.frames);
	free(c.n);
	return c.done == all ? sf_serve_ok() : sf_serve_no("other");
}

/* ---- what outlives a process --------------------------------------------- */

static struct sf_answer
do_save(struct sf_serve *s)
{
	size_t n = 0;
	uint8_t *state = sf_session_save(s->session, &n);

	if (state == NULL)
		return sf_serve_no("other");
	sf_line_word_hex(&s->reply, "state", sf_bytes(state, n));
	free(state);
	return sf_serve_ok();
}

static struct sf_answer
do_load(struct sf_serve *s)
{
	struct sf_bytes state;
	struct context *c;

	if (!sf_serve_octets(s, "state", s->in, &state))
		return sf_serve_bad();
	if (sf_suite_by_id(sf_session_saved_suite(state)) == NULL)
		return sf_serve_no("param");
	c = make_context(s, sf_suite_by_id(sf_session_saved_suite(state)), 0);
	return c == NULL ? sf_serve_bad()
			 : sf_serve_said(sf_session_load(c->session, state));
}

static struct sf_answer
do_sync(struct sf_serve *s)
{
	(void)s;
	return sf_serve_ok();
}

/* ---- lines --------------------------------------------------------------- */

static const struct verb {
	const char *name;
	bool context; /* the request names one that must be there */
	struct sf_answer (*run)(struct sf_serve *s);
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
	{ "rkey",      true,  do_rkey },
	{ "step",      true,  do_step },
	{ "epoch",     true,  do_epoch },
	{ "rmepoch",   true,  do_rmepoch },
	{ "mseal",     true,  do_mseal },
	{ "pseal",     true,  do_pseal },
	{ "save",      true,  do_save },
	{ "load",      false, do_load },
	{ "sync",      false, do_sync },
	{ "bye",       false, do_sync },
	/* clang-format on */
};

static struct sf_answer
run_verb(struct sf_serve *s, struct sf_bytes name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		struct context *c;

		if (!sf_shim_is(name, verbs[i].name))
			continue;
		c = verbs[i].context ? context_of(s) : NULL;
		if (verbs[i].context && c == NULL)
			return sf_serve_bad();
		s->session = c == NULL ? NULL : c->session;
		return verbs[i].run(s);
	}
	return sf_serve_bare(s, name);
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
	struct sf_answer a = sf_serve_bad();
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
