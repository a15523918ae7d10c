/*
 * cases_persist.c - a counter that outlives its process, and one that several
 * threads draw from: RFC 9605 9.1.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/conform/conform.h"
#include "parsers/text/shim_line.h"

struct sender {
	uint8_t base[32], pt[9];
	struct sf_plain f;
	size_t n;
	uint8_t *state;
};

static void
begin(struct sf_trial *t, struct sender *s)
{
	sf_fill_key(t, s->base, sizeof(s->base));
	sf_fill_key(t, s->pt, sizeof(s->pt));
	s->f = (struct sf_plain){ .base = sf_bytes(s->base, sizeof(s->base)),
		.kid = 7,
		.meta = sf_bytes(NULL, 0),
		.pt = sf_bytes(s->pt, sizeof(s->pt)) };
	s->state = NULL;
	s->n = 0;
	sf_new(t, "a");
	sf_must_key(t, "a", "send", s->f.kid, s->f.base);
}

static void
seal_some(struct sf_trial *t, struct sender *s, unsigned n)
{
	uint64_t ctr;

	while (n-- > 0)
		sf_must_seal(t, "a", &s->f, &ctr);
}

static enum sf_reply
ask_save(struct sf_trial *t, const char *ctx)
{
	sf_begin(t, "save");
	sf_put(t, "ctx", ctx);
	return sf_ask(t);
}

/* What stands for the context, in memory that the caller frees. */
static void
keep_state(struct sf_trial *t, struct sender *s)
{
	struct sf_bytes state;

	if (!sf_take_hex(t, "state", &state))
		return;
	free(s->state);
	s->state = malloc(state.n + 1);
	if (s->state == NULL) {
		sf_fail(t, "no memory for a state of %zu octets", state.n);
		return;
	}
	s->n = state.n;
	if (state.n > 0)
		memcpy(s->state, state.p, state.n);
}

static void
save(struct sf_trial *t, struct sender *s)
{
	ask_save(t, "a");
	if (sf_must_ok(t, "to save a context"))
		keep_state(t, s);
}

static enum sf_reply
load(struct sf_trial *t, const char *ctx, struct sf_bytes state)
{
	sf_begin(t, "load");
	sf_put(t, "ctx", ctx);
	sf_put_hex(t, "state", state);
	return sf_ask(t);
}

/* Goes on from a state: with the keys in it, or with the key given again. How
   many frames came of it; each is checked against all before. */
static unsigned
go_on(struct sf_trial *t, struct sender *s, const char *ctx)
{
	unsigned sealed = 0;
	uint64_t ctr;

	if (load(t, ctx, sf_bytes(s->state, s->n)) != SF_R_OK)
		return 0;
	sf_seal(t, ctx, s->f.kid, s->f.meta, s->f.pt);
	if (t->reply == SF_R_NO)
		sf_key(t, ctx, "send", s->f.kid, s->f.base);
	else if (t->reply == SF_R_OK)
		sealed += sf_must_be_sealed(t, &s->f, &ctr);
	for (unsigned i = 0; i < 4 && !t->stopped; i++) {
		sf_seal(t, ctx, s->f.kid, s->f.meta, s->f.pt);
		if (t->reply == SF_R_OK)
			sealed += sf_must_be_sealed(t, &s->f, &ctr);
	}
	return sealed;
}

/* Loaded and saved again, and nothing is sealed in between: no key was given. Who
   refuses to save that has the state before. */
static void
save_untouched(struct sf_trial *t, struct sender *s)
{
	load(t, "b", sf_bytes(s->state, s->n));
	if (t->reply == SF_R_OK && ask_save(t, "b") == SF_R_OK)
		keep_state(t, s);
}

/* The same where another key was given, and sealed. */
static void
save_other(struct sf_trial *t, struct sender *s)
{
	uint8_t base[32];
	struct sf_plain f = s->f;
	uint64_t ctr;

	sf_fill_key(t, base, sizeof(base));
	f.base = sf_bytes(base, sizeof(base));
	f.kid = s->f.kid + 1;
	load(t, "b", sf_bytes(s->state, s->n));
	if (t->reply != SF_R_OK ||
	    sf_key(t, "b", "send", f.kid, f.base) != SF_R_OK)
		return;
	if (sf_seal(t, "b", f.kid, f.meta, f.pt) == SF_R_OK)
		(void)sf_must_be_sealed(t, &f, &ctr);
	if (ask_save(t, "b") == SF_R_OK)
		keep_state(t, s);
}

static void
persist(struct sf_trial *t)
{
	struct sender s;
	unsigned sealed, rounds = 0;

	begin(t, &s);
	seal_some(t, &s, 3);
	save(t, &s);
	seal_some(t, &s, 3);
	switch (t->c->i) {
	case 0: /* beside the context that goes on */
		(void)go_on(t, &s, "b");
		break;
	case 1: /* the process ends, and an old state is all there is */
		sf_kill(t);
		(void)go_on(t, &s, "a");
		break;
	case 3:
		save_untouched(t, &s);
		(void)go_on(t, &s, "c");
		break;
	case 4:
		sf_kill(t);
		save_untouched(t, &s);
		sf_kill(t);
		(void)go_on(t, &s, "b");
		break;
	case 5:
		save_other(t, &s);
		sf_kill(t);
		(void)go_on(t, &s, "b");
		break;
	case 6: /* a process after the other, each with its key */
		do {
			save(t, &s);
			sf_kill(t);
		} while (go_on(t, &s, "a") > 0 && ++rounds < 3);
		break;
	default: /* it ends right behind a save: there is no reason to stop */
		save(t, &s);
		sf_kill(t);
		sealed = go_on(t, &s, "a");
		if (!t->stopped && sealed == 0)
			sf_fail(t,
			    "a context that was saved and loaded seals "
			    "nothing, not even when its key is given again");
		break;
	}
	free(s.state);
}

/* A state that was cut or changed: any answer, and the process lives. */
static void
damaged(struct sf_trial *t)
{
	struct sender s;

	begin(t, &s);
	seal_some(t, &s, 2);
	save(t, &s);
	(void)load(t, "b", sf_bytes(NULL, 0));
	for (size_t n = 1; n < s.n && !t->stopped; n += 1 + s.n / 16)
		(void)load(t, "b", sf_bytes(s.state, n));
	for (size_t i = 0; i < s.n && !t->stopped; i += 1 + s.n / 16) {
		s.state[i] ^= 0xff;
		(void)load(t, "b", sf_bytes(s.state, s.n));
		s.state[i] ^= 0xff;
	}
	seal_some(t, &s, 2);
	free(s.state);
}

#define THREADS 4
#define EACH    64

static void
parallel(struct sf_trial *t)
{
	struct sender s;
	struct sf_bytes list = sf_bytes(NULL, 0), ct;
	uint64_t ctr;
	unsigned n = 0;

	begin(t, &s);
	seal_some(t, &s, 1);
	sf_begin(t, "pseal");
	sf_put(t, "ctx", "a");
	sf_put_u64(t, "kid", s.f.kid);
	sf_put_u64(t, "threads", THREADS);
	sf_put_u64(t, "each", EACH);
	sf_put_hex(t, "meta", s.f.meta);
	sf_put_hex(t, "pt", s.f.pt);
	sf_ask(t);
	if (sf_must_ok(t, "to seal from several threads") &&
	    !sf_shim_value(t->words, "cts", &list))
		sf_fail(t, "the reply has no cts");
	while (sf_take_next(t, &list, &ct))
		n += sf_must_be_frame(t, &s.f, ct, &ctr);
	if (!t->stopped && n != THREADS * EACH)
		sf_fail(t, "%u frames, not %d", n, THREADS * EACH);
	seal_some(t, &s, 1);
}

void
sf_cases_persist(struct sf_catalogue *k)
{
	static const struct sf_family rows[] = {
		/* clang-format off */
		{ "ctr-persist", "counters", "9.1", "CTR-08 CTR-09", "A context that was saved does not use a counter twice", EACH_SUITE, 7, SF_NEED(SEAL) | SF_NEED(PERSIST), persist },
		{ "ctr-state", "counters", "9.1", "CTR-08", "A state that was cut or changed does no harm", EACH_SUITE, 1, SF_NEED(SEAL) | SF_NEED(PERSIST), damaged },
		{ "ctr-parallel", "counters", "9.1", "CTR-02 CTR-06", "Frames that are sealed at once have a counter each", EACH_SUITE, 1, SF_NEED(SEAL) | SF_NEED(PARALLEL), parallel },
		/* clang-format on */
	};

	sf_catalogue_add(k, rows, sizeof(rows) / sizeof(rows[0]));
}
