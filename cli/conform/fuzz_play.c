/*
 * fuzz_play.c - a script put to both sides, a step at a time; and made smaller.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/conform/fuzz_parts.h"
#include "parsers/text/shim_line.h"
#include "report/escape.h"

/* ---- answers ------------------------------------------------------------- */

const char *
sf_fuzz_kind_name(enum sf_fuzz_kind k)
{
	static const char *const names[] = { "same", "crash", "hang",
		"not-a-reply", "caught-panic", "took", "refused", "other-value",
		"memory" };

	return names[k];
}

static bool
start(struct sf_fuzz *f, struct sf_fuzz_side *s)
{
	static const char hello[] = "0 hello v=1\n";
	struct sf_bytes reply;

	if (s->child->pid == 0) {
		s->greeted = false;
		if (sf_child_start(s->child, s->argv, f->run->o->memory) !=
		    SF_CHILD_OK)
			return false;
	}
	if (!s->greeted)
		s->greeted =
		    sf_child_ask(s->child, sf_bytes(hello, sizeof(hello) - 1),
			10000, &reply) == SF_CHILD_OK;
	return s->greeted;
}

struct sf_fuzz_answer
sf_fuzz_ask(struct sf_fuzz *f, struct sf_fuzz_side *s, const char *text)
{
	struct sf_fuzz_answer a = { .end = SF_FUZZ_SAME };
	struct sf_bytes reply = sf_bytes(NULL, 0);
	struct sf_diag d;
	enum sf_child_end e;
	bool bye;

	sf_line_clear(&f->line);
	sf_line_number(&f->line, ++f->id);
	sf_line_put(&f->line, " ");
	sf_line_put(&f->line, text);
	if (s->ours != NULL) {
		reply = sf_serve_answer(
		    s->ours, sf_bytes(f->line.p, f->line.n), &bye);
	} else {
		sf_line_put(&f->line, "\n");
		if (!start(f, s)) {
			a.end = SF_FUZZ_CRASH;
			snprintf(a.detail, sizeof(a.detail),
			    "it cannot be started again");
			return a;
		}
		e = sf_child_ask(s->child, sf_bytes(f->line.p, f->line.n),
		    f->patience, &reply);
		if (e == SF_CHILD_TIMEOUT)
			a.end = SF_FUZZ_HANG;
		else if (e == SF_CHILD_TOO_LONG || e == SF_CHILD_UNASKED)
			a.end = SF_FUZZ_NOT_A_REPLY;
		else if (e != SF_CHILD_OK)
			a.end = SF_FUZZ_CRASH;
		if (e == SF_CHILD_KILLED || e == SF_CHILD_EXITED)
			snprintf(a.detail, sizeof(a.detail), "%s %d",
			    e == SF_CHILD_KILLED ? "signal" : "status",
			    s->child->code);
		if (e != SF_CHILD_OK)
			return a;
	}
	if (sf_shim_line_parse(&a.l, reply, &d) != SF_OK || a.l.id != f->id) {
		a.end = SF_FUZZ_NOT_A_REPLY;
		sf_escape_copy(
		    a.detail, sizeof(a.detail), reply, SF_ESCAPE_TEXT);
	} else if (sf_shim_is(a.l.name, "crash")) {
		a.end = SF_FUZZ_CAUGHT;
		sf_escape_copy(
		    a.detail, sizeof(a.detail), reply, SF_ESCAPE_TEXT);
	}
	if (a.end == SF_FUZZ_NOT_A_REPLY && s->child != NULL)
		sf_child_stop(s->child); /* the rest could belong to anything */
	return a;
}

bool
sf_fuzz_same(struct sf_bytes x, struct sf_bytes y)
{
	for (size_t i = 0; i < x.n && x.n == y.n; i++)
		if ((x.p[i] | 0x20) != (y.p[i] | 0x20))
			return false;
	return x.n == y.n;
}

/* A value that both have, and not alike. */
static const char *
differs(struct sf_bytes a, struct sf_bytes b)
{
	static const char *const keys[] = { "ct", "pt", "kid", "ctr", "hdr",
		"len", "secret", "key", "salt", "base" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct sf_bytes x, y;

		if (sf_shim_value(a, keys[i], &x) &&
		    sf_shim_value(b, keys[i], &y) && !sf_fuzz_same(x, y))
			return keys[i];
	}
	return NULL;
}

bool
sf_fuzz_is(const struct sf_fuzz_answer *a, const char *status)
{
	return a->end == SF_FUZZ_SAME && sf_shim_is(a->l.name, status);
}

void
sf_fuzz_say(const struct sf_fuzz_answer *a, char *out, size_t room)
{
	struct sf_bytes why;
	char name[16], reason[24] = "";

	if (a->end != SF_FUZZ_SAME) {
		snprintf(out, room, "%s", sf_fuzz_kind_name(a->end));
		return;
	}
	sf_escape_copy(name, sizeof(name), a->l.name, SF_ESCAPE_TEXT);
	if (sf_shim_value(a->l.payload, "why", &why))
		sf_escape_copy(reason, sizeof(reason), why, SF_ESCAPE_TEXT);
	snprintf(out, room, reason[0] == '\0' ? "%s" : "%s (%s)", name, reason);
}

static struct sf_fuzz_found
compare(const struct sf_fuzz *f, const struct sf_fuzz_step *step,
    const struct sf_fuzz_answer *a, const struct sf_fuzz_answer *b)
{
	struct sf_fuzz_found w = { .kind = a->end };
	bool ok_a = sf_fuzz_is(a, "ok"), ok_b = sf_fuzz_is(b, "ok");
	bool excused;
	char said[48], other[48];
	const char *key;

	(void)sscanf(step->text, "%23s", w.verb);
	snprintf(w.detail, sizeof(w.detail), "%s", a->detail);
	if (a->end == SF_FUZZ_SAME && b->end != SF_FUZZ_SAME) {
		w.kind = b->end;
		w.by_other = true;
		snprintf(w.detail, sizeof(w.detail), "%s", b->detail);
	}
	if (w.kind != SF_FUZZ_SAME || sf_fuzz_is(a, "unsupported") ||
	    sf_fuzz_is(b, "unsupported"))
		return w;
	sf_fuzz_say(a, said, sizeof(said));
	sf_fuzz_say(b, other, sizeof(other));
	/* ours takes all sizes: what it refuses is not genuine */
	excused = step->open_choice ||
		  (step->may_refuse && (!ok_a || f->b.ours == NULL));
	if (ok_a != ok_b && !excused) {
		w.kind = ok_a ? SF_FUZZ_TOOK : SF_FUZZ_REFUSED;
		snprintf(w.detail, sizeof(w.detail), "%s; %.60s: %s", said,
		    f->b.name, other);
	}
	key = ok_a && ok_b ? differs(a->l.payload, b->l.payload) : NULL;
	if (key != NULL) {
		w.kind = SF_FUZZ_OTHER;
		snprintf(w.detail, sizeof(w.detail), "%s is not that of %.60s",
		    key, f->b.name);
	}
	return w;
}

struct sf_fuzz_found
sf_fuzz_play(struct sf_fuzz *f, const struct sf_fuzz_script *s, unsigned *at)
{
	struct sf_fuzz_found w = { .kind = SF_FUZZ_SAME };

	/* some let go of a name only when told; most know none here */
	(void)sf_fuzz_ask(f, &f->b, "free ctx=a");
	(void)sf_fuzz_ask(f, &f->a, "free ctx=a");
	for (*at = 0; *at < s->n && w.kind == SF_FUZZ_SAME; (*at)++) {
		const struct sf_fuzz_step *step = &s->steps[*at];
		struct sf_fuzz_answer b = sf_fuzz_ask(f, &f->b, step->text);
		struct sf_fuzz_answer a = sf_fuzz_ask(f, &f->a, step->text);

		f->steps++;
		w = compare(f, step, &a, &b);
		/* a header that is not minimal is anybody's choice */
		if (w.kind == SF_FUZZ_REFUSED && strcmp(w.verb, "hdr-dec") == 0)
			w.kind = SF_FUZZ_SAME;
	}
	return w;
}

void
sf_fuzz_stop(struct sf_fuzz *f)
{
	sf_child_stop(f->a.child);
	f->a.greeted = false;
	if (f->b.child != NULL)
		sf_child_stop(f->b.child);
	f->b.greeted = false;
}

/* ---- smaller ------------------------------------------------------------- */

#define QUICKLY 500 /* milliseconds for a reply to a script that hung before */
#define TRIES   64

static bool
still(struct sf_fuzz *f, const struct sf_fuzz_script *s,
    const struct sf_fuzz_found *w)
{
	struct sf_fuzz_found again;
	unsigned at;

	if (w->kind == SF_FUZZ_GREW)
		return sf_fuzz_leak(f, s) > 0;
	again = sf_fuzz_play(f, s, &at);
	return again.kind == w->kind && again.by_other == w->by_other &&
	       strcmp(again.verb, w->verb) == 0;
}

static void
drop(struct sf_fuzz_script *s, unsigned i)
{
	memmove(&s->steps[i], &s->steps[i + 1],
	    (s->n - i - 1) * sizeof(s->steps[0]));
	s->n--;
}

/* Without the last octets of the last step, while the difference stays. */
static void
cut_last(struct sf_fuzz *f, struct sf_fuzz_script *s,
    struct sf_fuzz_script *less, const struct sf_fuzz_found *w)
{
	for (unsigned tries = 0; s->n > 0 && tries < TRIES; tries++) {
		char *text;
		size_t n;

		*less = *s;
		text = less->steps[less->n - 1].text;
		n = strlen(text);
		if (n < 4 || text[n - 3] == '=')
			return;
		text[n - 2] = '\0';
		if (!still(f, less, w))
			return;
		*s = *less;
	}
}

void
sf_fuzz_shrink(
    struct sf_fuzz *f, struct sf_fuzz_script *s, const struct sf_fuzz_found *w)
{
	struct sf_fuzz_script *less = malloc(sizeof(*less));
	unsigned patience = f->patience;

	if (less == NULL)
		return;
	if (w->kind == SF_FUZZ_HANG && patience > QUICKLY)
		f->patience = QUICKLY;
	for (unsigned i = s->n; i-- > 1;) { /* not the context */
		*less = *s;
		drop(less, i);
		if (still(f, less, w))
			*s = *less;
	}
	if (w->kind != SF_FUZZ_GREW)
		cut_last(f, s, less, w);
	f->patience = patience;
	free(less);
}

/* ---- memory -------------------------------------------------------------- */

#define ROUNDS 200
#define LEAK   2048 /* octets for each time */

uint64_t
sf_fuzz_leak(struct sf_fuzz *f, const struct sf_fuzz_script *s)
{
	uint64_t before = 0, after;

	sf_fuzz_stop(f);
	for (unsigned round = 0; round < 2 * ROUNDS; round++) {
		for (unsigned i = 0; i < s->n; i++)
			if (sf_fuzz_ask(f, &f->a, s->steps[i].text).end !=
			    SF_FUZZ_SAME)
				return 0;
		if (round + 1 == ROUNDS)
			before = sf_child_memory(f->a.child);
	}
	after = sf_child_memory(f->a.child);
	sf_fuzz_stop(f);
	return before != 0 && after > before + (uint64_t)LEAK * ROUNDS
		   ? (after - before) / ROUNDS
		   : 0;
}
