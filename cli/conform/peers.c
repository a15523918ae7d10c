/*
 * peers.c - implementations with each other, and with ours: what one seals the
 * others open. Finds errors that an implementation and its own mirror image hide.
 */
#include "cli/conform/peers.h"

#include <stdlib.h>
#include <string.h>

#include "cli/conform/fuzz_parts.h"
#include "cli/output.h"

#define PEERS    8 /* and ours */
#define WORDS    64
#define PATIENCE 5000 /* milliseconds for a reply */
#define FIRST    300  /* octets of what is told of a pair */

struct peer {
	struct sf_fuzz_side side;
	struct sf_child child;
	struct sf_shim_info info;
	char *text, *words[WORDS];
};

/* What came of one sealing and another opening. */
struct pair {
	unsigned asked, good;
	char first[FIRST]; /* what was wrong with the first that was not */
};

struct meeting {
	struct sf_fuzz f;
	struct peer peers[PEERS + 1];
	unsigned n;
	struct pair pairs[PEERS + 1][PEERS + 1];
	struct sf_line line;
};

/* ---- one frame ----------------------------------------------------------- */

struct frame {
	enum { BY_KID, BY_CHAIN, BY_EPOCH } keys;
	uint16_t suite;
	uint64_t kid, ctr;
	size_t n_meta, n_pt;
	unsigned steps; /* of the sender's ratchet */
};

#define OCTETS 1200

/* Octets that follow from the frame; no secret is in them. */
static void
put_octets(struct sf_line *l, const char *key, size_t n, uint8_t salt)
{
	uint8_t octets[OCTETS];

	for (size_t i = 0; i < n; i++)
		octets[i] = (uint8_t)(salt + 37 * i);
	sf_line_word_hex(l, key, sf_bytes(octets, n));
}

/* A request out of m->line. */
static struct sf_fuzz_answer
ask(struct meeting *m, struct peer *p)
{
	sf_line_octets(&m->line, sf_bytes("", 1));
	return sf_fuzz_ask(&m->f, &p->side, m->line.p);
}

static void
begin(struct meeting *m, const char *verb)
{
	sf_line_clear(&m->line);
	sf_line_put(&m->line, verb);
}

static struct sf_fuzz_answer
give_key(
    struct meeting *m, struct peer *p, const struct frame *f, const char *use)
{
	const struct sf_suite *suite = sf_suite_by_id(f->suite);

	begin(m, "new ctx=a");
	sf_line_word_number(&m->line, "suite", f->suite);
	(void)ask(m, p);
	switch (f->keys) {
	case BY_KID:
		begin(m, "key ctx=a");
		sf_line_word(&m->line, "use", use);
		sf_line_word_number(&m->line, "kid", f->kid);
		put_octets(&m->line, "base", 16, 1);
		break;
	case BY_CHAIN:
		begin(m, "rkey ctx=a r=4 gen=3");
		sf_line_word(&m->line, "use", use);
		put_octets(&m->line, "base", 32, 1);
		break;
	case BY_EPOCH:
		begin(m, "epoch ctx=a epoch=17 ebits=4 sbits=6");
		put_octets(&m->line, "base", suite->key_octets, 1);
		break;
	}
	return ask(m, p);
}

static struct sf_fuzz_answer
seal(struct meeting *m, struct peer *p, const struct frame *f)
{
	for (unsigned i = 0; i < f->steps; i++) {
		begin(m, "step ctx=a");
		(void)ask(m, p);
	}
	if (f->ctr != 0) {
		begin(m, "ctr ctx=a");
		sf_line_word_number(&m->line, "kid", f->kid);
		sf_line_word_number(&m->line, "next", f->ctr);
		(void)ask(m, p);
	}
	if (f->keys == BY_EPOCH) {
		begin(m, "mseal ctx=a epoch=17 index=33 context=0");
	} else {
		begin(m, "seal ctx=a");
		sf_line_word_number(&m->line, "kid", f->kid);
	}
	put_octets(&m->line, "meta", f->n_meta, 7);
	put_octets(&m->line, "pt", f->n_pt, 9);
	return ask(m, p);
}

/* Sealed by one, opened by another; false, and out says why, when it is not. */
static bool
one_frame(struct meeting *m, struct peer *from, struct peer *to,
    const struct frame *f, char *out, size_t room)
{
	struct sf_fuzz_answer a = give_key(m, from, f, "send");
	struct sf_line want = { .p = NULL };
	struct sf_bytes ct, pt;
	char said[64];
	bool good = false;

	if (sf_fuzz_is(&a, "ok"))
		a = seal(m, from, f);
	if (!sf_fuzz_is(&a, "ok") || !sf_shim_value(a.l.payload, "ct", &ct)) {
		sf_fuzz_say(&a, said, sizeof(said));
		snprintf(out, room, "it is not sealed: %s", said);
		return false;
	}
	begin(m, "open ctx=a");
	put_octets(&m->line, "meta", f->n_meta, 7);
	sf_line_put(&m->line, " ct=");
	sf_line_octets(&m->line, ct);
	sf_line_octets(&want, sf_bytes(m->line.p, m->line.n));
	(void)give_key(m, to, f, "recv");
	begin(m, "");
	sf_line_octets(&m->line, sf_bytes(want.p, want.n));
	a = ask(m, to);
	sf_line_clear(&want);
	put_octets(&want, "pt", f->n_pt, 9);
	sf_fuzz_say(&a, said, sizeof(said));
	if (!sf_fuzz_is(&a, "ok"))
		snprintf(out, room, "it is sealed, and not opened: %s", said);
	else if (!sf_shim_value(a.l.payload, "pt", &pt) ||
		 !sf_fuzz_same(sf_bytes(want.p + 4, want.n - 4), pt))
		snprintf(out, room, "it opens to other octets");
	else
		good = true;
	sf_line_free(&want);
	return good;
}

/* ---- all frames ---------------------------------------------------------- */

static const struct frame frames[] = {
	/* clang-format off */
	{ BY_KID, 0, 0, 0, 0, 20, 0 },            { BY_KID, 0, 7, 0, 0, 1, 0 },
	{ BY_KID, 0, 8, 0, 14, 20, 0 },           { BY_KID, 0, 255, 7, 14, 20, 0 },
	{ BY_KID, 0, 256, 8, 0, 16, 0 },          { BY_KID, 0, 0x123, 0x4567, 14, 1200, 0 },
	{ BY_KID, 0, 65536, 256, 200, 17, 0 },    { BY_KID, 0, 0xffffffff, 65536, 1, 15, 0 },
	{ BY_KID, 0, UINT64_C(1) << 32, 0, 0, 20, 0 }, { BY_KID, 0, (UINT64_C(1) << 53) + 1, (UINT64_C(1) << 53) + 1, 0, 20, 0 },
	{ BY_KID, 0, UINT64_MAX, UINT64_C(1) << 63, 14, 20, 0 }, { BY_KID, 0, 5, UINT64_MAX - 1, 0, 20, 0 },
	{ BY_CHAIN, 0, 48, 0, 0, 20, 0 },         { BY_CHAIN, 0, 49, 0, 0, 20, 1 },
	{ BY_CHAIN, 0, 51, 0, 14, 20, 3 },        { BY_EPOCH, 0, 0x211, 0, 0, 20, 0 },
	{ BY_EPOCH, 0, 0x211, 0, 14, 20, 0 },
	/* clang-format on */
};

/* Both can, and what one of them declares as its limit is kept to. */
static bool
can(const struct sf_shim_info *a, const struct sf_shim_info *b,
    const struct frame *f)
{
	static const unsigned needs[] = { 0, SF_NEED(RATCHET_STORE),
		SF_NEED(MLS) };
	unsigned sends = SF_NEED(SEAL) | (f->ctr != 0 ? SF_NEED(CTR_SET) : 0);
	uint64_t kid = a->max_kid < b->max_kid ? a->max_kid : b->max_kid;
	uint64_t ctr = a->max_ctr < b->max_ctr ? a->max_ctr : b->max_ctr;

	sends |= needs[f->keys];
	return (a->caps & sends) == sends &&
	       (b->caps & (needs[f->keys] | SF_NEED(OPEN))) ==
		   (needs[f->keys] | SF_NEED(OPEN)) &&
	       f->kid <= kid && f->ctr <= ctr && f->n_meta <= a->max_meta &&
	       f->n_meta <= b->max_meta && f->n_pt <= a->max_frame &&
	       f->n_pt <= b->max_frame;
}

static void
meet(struct meeting *m, unsigned from, unsigned to)
{
	struct peer *a = &m->peers[from], *b = &m->peers[to];
	struct pair *pair = &m->pairs[from][to];
	char why[160];

	for (uint16_t id = 1; id <= SF_SUITES; id++)
		for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]);
		     i++) {
			struct frame f = frames[i];

			f.suite = id;
			if ((a->info.suites & b->info.suites & 1u << id) == 0 ||
			    !can(&a->info, &b->info, &f))
				continue;
			pair->asked++;
			if (one_frame(m, a, b, &f, why, sizeof(why)))
				pair->good++;
			else if (pair->asked == pair->good + 1)
				snprintf(pair->first, sizeof(pair->first),
				    "suite %u, %sKID %llu, CTR %llu, %zu "
				    "octets of metadata, %zu of plaintext: %s",
				    id,
				    f.keys == BY_CHAIN   ? "sender ratchet, "
				    : f.keys == BY_EPOCH ? "MLS, "
							 : "",
				    (unsigned long long)f.kid,
				    (unsigned long long)f.ctr, f.n_meta, f.n_pt,
				    why);
		}
}

/* ---- telling ------------------------------------------------------------- */

static enum sf_exit
tell(const struct meeting *m, FILE *f)
{
	unsigned bad = 0, asked = 0;

	fputs("sealed by \\ opened by", f);
	for (unsigned i = 0; i < m->n; i++)
		fprintf(f, "  %u %-14.14s", i + 1, m->peers[i].info.name);
	for (unsigned i = 0; i < m->n; i++) {
		fprintf(f, "\n%u %-19.19s", i + 1, m->peers[i].info.name);
		for (unsigned k = 0; k < m->n; k++) {
			const struct pair *p = &m->pairs[i][k];
			char cell[32];

			snprintf(
			    cell, sizeof(cell), "%u of %u", p->good, p->asked);
			fprintf(f, "  %-16s", p->asked == 0 ? "-" : cell);
			bad += p->asked - p->good;
			asked += p->asked;
		}
	}
	fputs("\n", f);
	for (unsigned i = 0; i < m->n; i++)
		for (unsigned k = 0; k < m->n; k++)
			if (m->pairs[i][k].first[0] != '\0')
				fprintf(f, "\n%u %s to %u %s\n      %s\n",
				    i + 1, m->peers[i].info.name, k + 1,
				    m->peers[k].info.name,
				    m->pairs[i][k].first);
	if (asked == 0)
		return SF_EXIT_INCONCLUSIVE;
	return bad > 0 ? SF_EXIT_FINDINGS : SF_EXIT_OK;
}

/* ---- the peers ----------------------------------------------------------- */

/* Words of a command, split at blanks. */
static bool
add_peer(struct meeting *m, const struct sf_conform *run, const char *command)
{
	struct peer *p = &m->peers[m->n];
	struct sf_conform_options o = *run->o;
	struct sf_conform asked = { .o = &o };
	char *save = NULL;
	unsigned n = 0;

	p->text = strdup(command);
	for (char *w = p->text == NULL ? NULL : strtok_r(p->text, " ", &save);
	     w != NULL && n + 1 < WORDS; w = strtok_r(NULL, " ", &save))
		p->words[n++] = w;
	o.argv = p->words;
	if (n == 0 || sf_conform_hello(&asked) != SF_HELLO_OK) {
		sf_complain(NULL, "conform: --peer '%s': %s", command,
		    n == 0 ? "no command" : asked.trouble);
		return false;
	}
	p->info = asked.info;
	p->child = (struct sf_child){ .in = -1, .out = -1, .err = -1 };
	p->side.name = command;
	p->side.child = &p->child;
	p->side.argv = p->words;
	m->n++;
	return true;
}

static bool
add_ours(struct meeting *m, const struct sf_conform *run)
{
	struct peer *p = &m->peers[m->n];

	p->side.ours = sf_serve_new(run->crypto);
	p->side.name = "our own library";
	p->info = (struct sf_shim_info){ .name = "sframe-tool",
		.suites = ~0u,
		.caps = ~0u,
		.max_frame = UINT64_MAX,
		.max_meta = UINT64_MAX,
		.max_keys = UINT64_MAX,
		.max_kid = UINT64_MAX,
		.max_ctr = UINT64_MAX };
	m->n++;
	return p->side.ours != NULL;
}

enum sf_exit
sf_conform_peers(const struct sf_conform *run, const struct sf_config *c)
{
	struct meeting *m = calloc(1, sizeof(*m));
	struct sf_output out;
	enum sf_exit st = SF_EXIT_INTERNAL;
	bool there = m != NULL;

	if (c->conform.peers.n > PEERS) {
		sf_complain(NULL, "conform: --peer: %d at most", PEERS);
		there = false;
	}
	for (unsigned i = 0; there && i < c->conform.peers.n; i++)
		there = add_peer(m, run, c->conform.peers.v[i]);
	if (!there) {
		st = m == NULL ? SF_EXIT_INTERNAL : SF_EXIT_USAGE;
	} else if (add_ours(m, run)) {
		m->f.run = run;
		m->f.patience = (unsigned)(PATIENCE * run->o->timeout_scale);
		for (unsigned i = 0; i < m->n; i++)
			for (unsigned k = 0; k < m->n; k++)
				meet(m, i, k);
		st = sf_output_open(&out, c);
		if (st == SF_EXIT_OK) {
			st = tell(m, out.f);
			if (!sf_output_close(&out, true))
				st = SF_EXIT_INTERNAL;
		}
	}
	for (unsigned i = 0; m != NULL && i <= PEERS; i++) {
		sf_child_free(&m->peers[i].child);
		sf_serve_free(m->peers[i].side.ours);
		free(m->peers[i].text);
	}
	if (m != NULL) {
		sf_line_free(&m->line);
		sf_line_free(&m->f.line);
	}
	free(m);
	return st;
}
