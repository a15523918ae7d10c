/*
 * fuzz.c - random scripts, put to a shim and to our own library (or to another
 * shim), a step at a time: what they answer has to be the same.
 *
 * Frames are genuine first, in every shape a header can have, and sealed with
 * right tags; then, one time in two, something is done to them. A difference
 * is made smaller while it stays, and kept as a file that a shim can be fed.
 */
#include "cli/conform/fuzz.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "cli/output.h"
#include "engine/shim/serve.h"
#include "parsers/sframe/header.h"
#include "parsers/text/shim_line.h"
#include "report/escape.h"

#define STEPS  24
#define STEP   1800 /* octets of a request */
#define PT     300
#define META   80
#define KEPT   5 /* of each kind and verb */
#define KINDS  64
#define GROWTH ((uint64_t)256 << 20) /* octets of memory that are told */

struct step {
	char text[STEP];
	bool open_choice; /* a policy explains a difference */
};

struct script {
	unsigned n;
	struct step steps[STEPS];
};

/* One side: our library, or a program. */
struct side {
	const char *name;
	struct sf_serve *ours;
	struct sf_child *child;
	char *const *argv;
	bool greeted;
};

enum kind {
	SAME,
	CRASH,
	HANG,
	NOT_A_REPLY,
	CAUGHT,
	TOOK,    /* what the other refuses */
	REFUSED, /* what the other takes */
	OTHER    /* octets or numbers */
};

static const char *const kind_names[] = { "same", "crash", "hang",
	"not-a-reply", "caught-panic", "took", "refused", "other-value" };

struct found {
	enum kind kind;
	char verb[24], detail[160];
};

struct fuzz {
	const struct sf_conform *run;
	struct sf_trial *t; /* numbers, and frames of ours */
	struct side a, b;   /* the one under test; what it is compared with */
	uint64_t scripts, steps, id;
	struct sf_line line;
	const char *folder;
	unsigned n_kinds;
	struct {
		struct found what;
		unsigned times;
	} kinds[KINDS];
	uint64_t memory; /* of a, after a while */
	bool grew;
};

/* ---- scripts ------------------------------------------------------------- */

static uint64_t
below(struct fuzz *f, uint64_t n)
{
	return sf_next(f->t) % n;
}

static bool
one_in(struct fuzz *f, unsigned n)
{
	return below(f, n) == 0;
}

static uint64_t
edge(struct fuzz *f)
{
	unsigned bits = (unsigned)below(f, 65);
	uint64_t v = bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;

	switch (below(f, 4)) {
	case 0:
		return below(f, 10);
	case 1:
		return v + below(f, 3);
	case 2:
		return v - below(f, 3);
	default:
		return sf_next(f->t) >> below(f, 64);
	}
}

/* A request out of f->line into the script. */
static struct step *
add(struct fuzz *f, struct script *s)
{
	struct step *step = &s->steps[s->n];

	if (s->n == STEPS || f->line.failed || f->line.n >= STEP)
		return NULL;
	memcpy(step->text, f->line.p, f->line.n);
	step->text[f->line.n] = '\0';
	step->open_choice = false;
	s->n++;
	return step;
}

static void
begin(struct fuzz *f, const char *verb)
{
	sf_line_clear(&f->line);
	sf_line_put(&f->line, verb);
}

#define KEYS 3

struct world {
	uint16_t suite;
	uint64_t kids[2 * KEYS]; /* the first half for receiving */
	uint8_t base[2 * KEYS][32];
	size_t n_base[2 * KEYS];
	uint64_t next[KEYS]; /* counters of frames of ours, never the same */
};

static void
add_keys(struct fuzz *f, struct script *s, struct world *w)
{
	for (unsigned i = 0; i < 2 * KEYS; i++) {
		w->kids[i] = edge(f);
		for (unsigned k = 0; k < i; k++)
			if (w->kids[k] == w->kids[i])
				w->kids[i] += 0x1001 + i, k = 0;
		w->n_base[i] = 1 + below(f, 32);
		sf_fill(f->t, w->base[i], w->n_base[i]);
		begin(f, "key ctx=a");
		sf_line_word(&f->line, "use", i < KEYS ? "recv" : "send");
		sf_line_word_number(&f->line, "kid", w->kids[i]);
		sf_line_word_hex(
		    &f->line, "base", sf_bytes(w->base[i], w->n_base[i]));
		(void)add(f, s);
	}
	for (unsigned i = 0; i < KEYS; i++)
		w->next[i] = edge(f) >> 1;
}

/* A header in any shape that says the same. */
static bool
shape(struct fuzz *f, struct sf_plain *p)
{
	unsigned k = sf_sframe_header_octets(p->kid);
	unsigned c = sf_sframe_header_octets(p->ctr);
	unsigned kid = k + (unsigned)below(f, 9 - k);
	unsigned ctr = c + (unsigned)below(f, 9 - c);

	if (!one_in(f, 4))
		return false;
	p->header[0] = (uint8_t)((kid == 0 ? p->kid : 7 + kid) << 4 |
				 (ctr == 0 ? p->ctr : 7 + ctr));
	for (unsigned i = 0; i < kid; i++)
		p->header[kid - i] = (uint8_t)(p->kid >> 8 * i);
	for (unsigned i = 0; i < ctr; i++)
		p->header[kid + ctr - i] = (uint8_t)(p->ctr >> 8 * i);
	p->n_header = 1 + kid + ctr;
	return kid != k || ctr != c;
}

static size_t
mutate(struct fuzz *f, uint8_t *p, size_t n, size_t room)
{
	size_t at = n == 0 ? 0 : below(f, n);
	size_t some = 1 + below(f, 8);

	switch (below(f, 9)) {
	case 0:
		if (n > 0)
			p[at] ^= (uint8_t)(1u << below(f, 8));
		break;
	case 1:
		if (n > 0)
			p[0] = (uint8_t)sf_next(f->t);
		break;
	case 2:
		return at; /* cut */
	case 3:
		if (n + some <= room) {
			memmove(p + at + some, p + at, n - at);
			sf_fill(f->t, p + at, some);
			return n + some;
		}
		break;
	case 4:
		if (at + some <= n) {
			memmove(p + at, p + at + some, n - at - some);
			return n - some;
		}
		break;
	case 5:
		if (n + some <= room) {
			sf_fill(f->t, p + n, some);
			return n + some;
		}
		break;
	case 6:
		if (n > 17)
			p[n - 1 - below(f, 16)] ^= 0x80;
		break;
	case 7:
		if (n > 1)
			p[1 + below(f, n < 18 ? n - 1 : 17)] ^=
			    (uint8_t)sf_next(f->t);
		break;
	default:
		return below(f, 20) < n ? below(f, 20) : n; /* nearly nothing */
	}
	return n;
}

static void
add_open(struct fuzz *f, struct script *s, struct world *w)
{
	uint8_t meta[META], pt[PT], ct[PT + 64];
	unsigned which = (unsigned)below(f, KEYS);
	struct sf_plain p = { .kid = w->kids[which],
		.ctr = w->next[which],
		.base = sf_bytes(w->base[which], w->n_base[which]),
		.meta = sf_bytes(meta, one_in(f, 2) ? 0 : below(f, META)),
		.pt = sf_bytes(pt, one_in(f, 8) ? 0 : below(f, PT)) };
	bool longer;
	struct step *step;
	size_t n;

	w->next[which] += 1 + (one_in(f, 8) ? below(f, 300) : 0);
	sf_fill(f->t, meta, META);
	sf_fill(f->t, pt, PT);
	longer = shape(f, &p);
	n = sf_seal_by_us(f->t, &p, ct);
	for (uint64_t m = one_in(f, 2) ? 0 : 1 + below(f, 3); m > 0; m--)
		n = mutate(f, ct, n, sizeof(ct));
	if (one_in(f, 12) && p.meta.n > 0)
		p.meta.n--;
	begin(f, "open ctx=a");
	sf_line_word_hex(&f->line, "meta", p.meta);
	sf_line_word_hex(&f->line, "ct", sf_bytes(ct, n));
	step = add(f, s);
	if (step != NULL)
		step->open_choice = longer;
}

static void
add_seal(struct fuzz *f, struct script *s, struct world *w)
{
	uint8_t meta[META], pt[PT];
	uint64_t kid = w->kids[KEYS + below(f, KEYS)];

	sf_fill(f->t, meta, META);
	sf_fill(f->t, pt, PT);
	begin(f, "seal ctx=a");
	sf_line_word_number(&f->line, "kid", one_in(f, 8) ? edge(f) : kid);
	sf_line_word_hex(&f->line, "meta", sf_bytes(meta, below(f, META)));
	sf_line_word_hex(&f->line, "pt", sf_bytes(pt, below(f, PT)));
	(void)add(f, s);
}

static void
add_other(struct fuzz *f, struct script *s, struct world *w)
{
	uint8_t octets[64];
	unsigned which = (unsigned)below(f, KEYS);

	switch (below(f, 5)) {
	case 0:
		begin(f, "ctr ctx=a");
		sf_line_word_number(&f->line, "kid", w->kids[KEYS + which]);
		sf_line_word_number(&f->line, "next", edge(f) >> 1);
		break;
	case 1:
		begin(f, "hdr-enc");
		sf_line_word_number(&f->line, "kid", edge(f));
		sf_line_word_number(&f->line, "ctr", edge(f));
		break;
	case 2:
		begin(f, "hdr-dec");
		sf_fill(f->t, octets, sizeof(octets));
		sf_line_word_hex(
		    &f->line, "hdr", sf_bytes(octets, below(f, 20)));
		break;
	case 3:
		begin(f, "kdf");
		sf_line_word_number(&f->line, "suite", w->suite);
		sf_line_word_number(&f->line, "kid", edge(f));
		sf_fill(f->t, octets, sizeof(octets));
		sf_line_word_hex(
		    &f->line, "base", sf_bytes(octets, 1 + below(f, 63)));
		break;
	default:
		begin(f, "ratchet");
		sf_line_word_number(&f->line, "suite", w->suite);
		sf_fill(f->t, octets, sizeof(octets));
		sf_line_word_hex(
		    &f->line, "base", sf_bytes(octets, 1 + below(f, 63)));
		break;
	}
	(void)add(f, s);
}

static uint16_t
any_suite(struct fuzz *f)
{
	uint16_t id;

	do
		id = (uint16_t)(1 + below(f, SF_SUITES));
	while ((f->run->info.suites >> id & 1) == 0);
	return id;
}

static void
make_script(struct fuzz *f, struct script *s)
{
	struct world w = { .suite = any_suite(f) };

	s->n = 0;
	f->t->suite = sf_suite_by_id(w.suite);
	begin(f, "new ctx=a");
	sf_line_word_number(&f->line, "suite", w.suite);
	(void)add(f, s);
	add_keys(f, s, &w);
	while (s->n < STEPS)
		switch (below(f, 6)) {
		case 0:
			add_seal(f, s, &w);
			break;
		case 1:
			add_other(f, s, &w);
			break;
		default:
			add_open(f, s, &w);
			break;
		}
}

/* ---- answers ------------------------------------------------------------- */

struct answer {
	enum kind end; /* SAME: there is a reply */
	struct sf_shim_line l;
	char detail[120];
};

static bool
start(struct fuzz *f, struct side *s)
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

static struct answer
ask(struct fuzz *f, struct side *s, const char *text)
{
	struct answer a = { .end = SAME };
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
			a.end = CRASH;
			snprintf(a.detail, sizeof(a.detail),
			    "it cannot be started again");
			return a;
		}
		e = sf_child_ask(s->child, sf_bytes(f->line.p, f->line.n),
		    (unsigned)(2000 * f->run->o->timeout_scale), &reply);
		if (e == SF_CHILD_TIMEOUT)
			a.end = HANG;
		else if (e == SF_CHILD_TOO_LONG || e == SF_CHILD_UNASKED)
			a.end = NOT_A_REPLY;
		else if (e != SF_CHILD_OK)
			a.end = CRASH;
		if (e == SF_CHILD_KILLED || e == SF_CHILD_EXITED)
			snprintf(a.detail, sizeof(a.detail), "%s %d",
			    e == SF_CHILD_KILLED ? "signal" : "status",
			    s->child->code);
		if (e != SF_CHILD_OK)
			return a;
	}
	if (sf_shim_line_parse(&a.l, reply, &d) != SF_OK || a.l.id != f->id) {
		a.end = NOT_A_REPLY;
		sf_escape_copy(
		    a.detail, sizeof(a.detail), reply, SF_ESCAPE_TEXT);
	} else if (sf_shim_is(a.l.name, "crash")) {
		a.end = CAUGHT;
		sf_escape_copy(
		    a.detail, sizeof(a.detail), reply, SF_ESCAPE_TEXT);
	}
	return a;
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
		    sf_shim_value(b, keys[i], &y) &&
		    (x.n != y.n || memcmp(x.p, y.p, x.n) != 0))
			return keys[i];
	}
	return NULL;
}

static struct found
compare(const struct step *step, const struct answer *a, const struct answer *b)
{
	struct found w = { .kind = a->end };
	bool ok_a = sf_shim_is(a->l.name, "ok");
	bool ok_b = sf_shim_is(b->l.name, "ok");
	const char *key;

	(void)sscanf(step->text, "%23s", w.verb);
	snprintf(w.detail, sizeof(w.detail), "%s", a->detail);
	if (a->end != SAME || b->end != SAME)
		return w;
	if (sf_shim_is(a->l.name, "unsupported") ||
	    sf_shim_is(b->l.name, "unsupported"))
		return w;
	if (ok_a != ok_b && step->open_choice)
		return w;
	if (ok_a != ok_b) {
		w.kind = ok_a ? TOOK : REFUSED;
		return w;
	}
	key = ok_a ? differs(a->l.payload, b->l.payload) : NULL;
	if (key != NULL) {
		w.kind = OTHER;
		snprintf(w.detail, sizeof(w.detail), "%s differs", key);
	}
	return w;
}

/* Both sides, step by step, up to the first difference; at is that step. */
static struct found
play(struct fuzz *f, const struct script *s, unsigned *at)
{
	struct found w = { .kind = SAME };

	for (*at = 0; *at < s->n && w.kind == SAME; (*at)++) {
		const struct step *step = &s->steps[*at];
		struct answer b = ask(f, &f->b, step->text);
		struct answer a = ask(f, &f->a, step->text);

		f->steps++;
		w = compare(step, &a, &b);
		/* a header that is not minimal is anybody's choice */
		if (w.kind == REFUSED && strcmp(w.verb, "hdr-dec") == 0)
			w.kind = SAME;
	}
	return w;
}

/* ---- what was found ------------------------------------------------------ */

static bool
still(struct fuzz *f, const struct script *s, const struct found *w)
{
	unsigned at;
	struct found again = play(f, s, &at);

	return again.kind == w->kind && strcmp(again.verb, w->verb) == 0;
}

static void
drop(struct script *s, unsigned i)
{
	memmove(&s->steps[i], &s->steps[i + 1],
	    (s->n - i - 1) * sizeof(s->steps[0]));
	s->n--;
}

/* Without a step, while the difference stays; then without octets at the end
   of the last one. */
static void
shrink(struct fuzz *f, struct script *s, const struct found *w)
{
	struct script *less = malloc(sizeof(*less));

	if (less == NULL)
		return;
	for (unsigned i = s->n; i-- > 1;) { /* not the context */
		*less = *s;
		drop(less, i);
		if (still(f, less, w))
			*s = *less;
	}
	for (unsigned tries = 0; s->n > 0 && tries < 64; tries++) {
		struct step *last;
		size_t n;

		*less = *s;
		last = &less->steps[less->n - 1];
		n = strlen(last->text);
		if (n < 4 || last->text[n - 3] == '=')
			break;
		last->text[n - 2] = '\0';
		if (!still(f, less, w))
			break;
		*s = *less;
	}
	free(less);
}

static void
keep(struct fuzz *f, const struct script *s, const struct found *w,
    const char *command)
{
	char name[256];
	FILE *out = NULL;

	printf("%-12s %s%s%s\n", kind_names[w->kind], w->verb,
	    w->detail[0] != '\0' ? ": " : "", w->detail);
	if (f->folder != NULL) {
		snprintf(name, sizeof(name), "%s/%s-%s-%llu.sfs", f->folder,
		    kind_names[w->kind], w->verb,
		    (unsigned long long)f->scripts);
		out = fopen(name, "w");
		if (out == NULL)
			sf_complain(name, "%s", strerror(errno));
	}
	fputs("      printf '", stdout);
	for (unsigned i = 0; i < s->n; i++) {
		printf("%u %s\\n", i + 1, s->steps[i].text);
		if (out != NULL)
			fprintf(out, "%u %s\n", i + 1, s->steps[i].text);
	}
	printf("' | %s\n", command);
	if (out != NULL && fclose(out) == 0)
		printf("      %s < %s\n", command, name);
	fflush(stdout);
}

/* Whether there is need to look at this one: few of a kind are. */
static bool
is_new(struct fuzz *f, const struct found *w)
{
	for (unsigned i = 0; i < f->n_kinds; i++)
		if (f->kinds[i].what.kind == w->kind &&
		    strcmp(f->kinds[i].what.verb, w->verb) == 0)
			return ++f->kinds[i].times <= KEPT;
	if (f->n_kinds == KINDS)
		return false;
	f->kinds[f->n_kinds].what = *w;
	f->kinds[f->n_kinds++].times = 1;
	return true;
}

/* ---- the loop ------------------------------------------------------------ */

static void
watch_memory(struct fuzz *f)
{
	uint64_t now = f->a.child->pid > 0 ? sf_child_memory(f->a.child) : 0;

	if (f->scripts == 500)
		f->memory = now;
	if (f->scripts <= 500 || f->grew || f->memory == 0 ||
	    now < f->memory + GROWTH)
		return;
	f->grew = true;
	printf("memory       of the shim grew from %llu to %llu MiB\n",
	    (unsigned long long)(f->memory >> 20),
	    (unsigned long long)(now >> 20));
}

static void
one_script(struct fuzz *f, struct script *s, const char *command)
{
	struct found w;
	unsigned at;

	make_script(f, s);
	f->scripts++;
	w = play(f, s, &at);
	if (w.kind != SAME && is_new(f, &w)) {
		s->n = at;
		shrink(f, s, &w);
		keep(f, s, &w, command);
	}
	if (f->scripts % 100 == 0)
		watch_memory(f);
}

static bool
read_time(const char *s, uint64_t *seconds)
{
	char *end;
	unsigned long long v = strtoull(s, &end, 10);

	if (end == s || s[0] == '-' || v > 1000000)
		return false;
	*seconds = v * (*end == 'h' ? 3600 : *end == 'm' ? 60 : 1);
	return *end == '\0' ||
	       ((*end == 's' || *end == 'm' || *end == 'h') && end[1] == '\0');
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static enum sf_exit
sum_up(const struct fuzz *f)
{
	printf("%llu scripts, %llu steps, seed %llu: ",
	    (unsigned long long)f->scripts, (unsigned long long)f->steps,
	    (unsigned long long)f->run->o->seed);
	if (f->n_kinds == 0) {
		printf("no difference to %s%s\n", f->b.name,
		    f->grew ? ", but memory grew" : "");
		return f->grew ? SF_EXIT_FINDINGS : SF_EXIT_OK;
	}
	printf("%u kinds of difference to %s\n", f->n_kinds, f->b.name);
	for (unsigned i = 0; i < f->n_kinds; i++)
		printf("  %-12s %-10s %u times\n",
		    kind_names[f->kinds[i].what.kind], f->kinds[i].what.verb,
		    f->kinds[i].times);
	return SF_EXIT_FINDINGS;
}

/* Words of a command, split at blanks; what they point to is in text. */
static void
split(char *text, char **words, unsigned most)
{
	char *save = NULL;
	unsigned n = 0;

	for (char *w = strtok_r(text, " ", &save); w != NULL && n < most;
	     w = strtok_r(NULL, " ", &save))
		words[n++] = w;
	words[n] = NULL;
}

static enum sf_exit
loop(struct fuzz *f, uint64_t seconds, const char *command)
{
	struct script *s = calloc(1, sizeof(*s));
	double until = now() + (double)seconds;

	if (s == NULL)
		return SF_EXIT_INTERNAL;
	while (now() < until && !f->t->stopped)
		one_script(f, s, command);
	free(s);
	return f->t->stopped ? SF_EXIT_INTERNAL : sum_up(f);
}

enum sf_exit
sf_conform_fuzz(const struct sf_conform *run, const struct sf_config *c,
    const char *command)
{
	struct sf_child children[2] = { { .in = -1, .out = -1, .err = -1 },
		{ .in = -1, .out = -1, .err = -1 } };
	struct sf_case_result result = { .choice = -1 };
	struct fuzz f = { .run = run,
		.a = { .name = command,
		    .child = &children[0],
		    .argv = run->o->argv },
		.b = { .name = "our own library" },
		.folder = c->conform.found };
	char *other = NULL, *words[64];
	uint64_t seconds;
	enum sf_exit st = SF_EXIT_INTERNAL;

	if (!read_time(c->conform.fuzz, &seconds)) {
		sf_complain(
		    NULL, "conform: --fuzz is a time such as 60s, 5m or 1h");
		return SF_EXIT_USAGE;
	}
	if (f.folder != NULL && mkdir(f.folder, 0777) != 0 && errno != EEXIST) {
		sf_complain(f.folder, "%s", strerror(errno));
		return SF_EXIT_INPUT;
	}
	f.t = calloc(1, sizeof(*f.t));
	if (f.t != NULL) {
		f.t->run = run;
		f.t->result = &result;
		f.t->random = run->o->seed;
	}
	if (c->conform.against != NULL) {
		other = strdup(c->conform.against);
		if (other != NULL)
			split(other, words, 63);
		f.b.name = c->conform.against;
		f.b.child = &children[1];
		f.b.argv = words;
	} else {
		f.b.ours = sf_serve_new(run->crypto);
	}
	if (f.t != NULL && (other != NULL || f.b.ours != NULL))
		st = loop(&f, seconds, command);
	sf_child_free(&children[0]);
	sf_child_free(&children[1]);
	sf_serve_free(f.b.ours);
	sf_line_free(&f.line);
	if (f.t != NULL)
		sf_trial_free(f.t);
	free(f.t);
	free(other);
	return st;
}
