/*
 * fuzz_make.c - random scripts. Frames are genuine first, in every shape a
 * header can have, and sealed with right tags; then, one time in two, something
 * is done to them. What a shim declares as its limits is kept to.
 */
#include <string.h>

#include "cli/conform/fuzz_parts.h"
#include "parsers/sframe/header.h"

#define PT    300
#define META  2048 /* most of the time a few octets */
#define BASES 4 /* lengths of base keys */

/* ---- scripts ------------------------------------------------------------- */

static uint64_t
below(struct sf_fuzz *f, uint64_t n)
{
	return sf_next(f->t) % n;
}

static bool
one_in(struct sf_fuzz *f, unsigned n)
{
	return below(f, n) == 0;
}

static uint64_t
edge(struct sf_fuzz *f)
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
static struct sf_fuzz_step *
add(struct sf_fuzz *f, struct sf_fuzz_script *s)
{
	struct sf_fuzz_step *step = &s->steps[s->n];

	if (s->n == STEPS || f->line.failed || f->line.n >= STEP)
		return NULL;
	memcpy(step->text, f->line.p, f->line.n);
	step->text[f->line.n] = '\0';
	step->open_choice = step->may_refuse = false;
	s->n++;
	return step;
}

static void
begin(struct sf_fuzz *f, const char *verb)
{
	sf_line_clear(&f->line);
	sf_line_put(&f->line, verb);
}

/* Up to what a shim declares. */
static uint64_t
within(uint64_t v, uint64_t most)
{
	return most == UINT64_MAX ? v : v % (most + 1);
}

static uint64_t
any_kid(struct sf_fuzz *f)
{
	return within(edge(f), f->run->info.max_kid);
}

static uint64_t
any_ctr(struct sf_fuzz *f)
{
	return within(edge(f) >> 1, f->run->info.max_ctr);
}

/* None, a few octets, or as many as where a length gets longer, a hash or a buffer
   full; most is what everybody takes where the shim declares nothing. */
static size_t
any_meta(struct sf_fuzz *f, uint64_t most)
{
	static const uint16_t edges[] = { 16, 32, 64, 128, 256, 512, 1024,
		META - 1 };
	uint64_t n = below(f, 80);

	if (one_in(f, 2))
		return 0;
	if (one_in(f, 6))
		n = edges[below(f, sizeof(edges) / sizeof(edges[0]))] +
		    below(f, 3) - 1;
	else if (one_in(f, 12))
		n = below(f, META + 1);
	return within(n, f->run->info.max_meta != UINT64_MAX
			     ? f->run->info.max_meta
			     : most);
}

static size_t
any_base(struct sf_fuzz *f)
{
	unsigned i = (unsigned)below(f, BASES);

	return 16 * ((f->bases >> i & 1) != 0 ? i + 1 : 1);
}

static size_t
any_pt(struct sf_fuzz *f, size_t least)
{
	size_t n = least + below(f, PT - least);

	return n < f->run->info.max_frame ? n : f->run->info.max_frame;
}

#define KEYS 3
#define BASE 64

struct world {
	uint16_t suite;
	uint64_t kids[2 * KEYS]; /* the first half for receiving */
	uint8_t base[2 * KEYS][BASE];
	size_t n_base[2 * KEYS];
	unsigned n_recv, n_send;
	uint64_t next[KEYS]; /* counters of frames of ours, never the same */
};

static void
add_keys(struct sf_fuzz *f, struct sf_fuzz_script *s, struct world *w)
{
	for (unsigned i = 0; i < 2 * KEYS; i++) {
		/* half of what there is room for, and the more to receive */
		if (i % KEYS >= (f->n_keys + (i < KEYS)) / 2)
			continue;
		w->kids[i] = any_kid(f);
		for (unsigned k = 0; k < i; k++)
			if (w->kids[k] == w->kids[i])
				w->kids[i] = within(w->kids[i] + 0x1001 + i,
				    f->run->info.max_kid),
				k = 0;
		w->n_base[i] = any_base(f);
		sf_fill(f->t, w->base[i], w->n_base[i]);
		begin(f, "key ctx=a");
		sf_line_word(&f->line, "use", i < KEYS ? "recv" : "send");
		sf_line_word_number(&f->line, "kid", w->kids[i]);
		sf_line_word_hex(
		    &f->line, "base", sf_bytes(w->base[i], w->n_base[i]));
		(void)add(f, s);
	}
	w->n_recv = (f->n_keys + 1) / 2;
	w->n_send = f->n_keys / 2;
	for (unsigned i = 0; i < KEYS; i++)
		w->next[i] = any_ctr(f) >> 1;
}

/* A header in any shape that says the same. */
static bool
shape(struct sf_fuzz *f, struct sf_plain *p)
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

/* The same KID and CTR in another header, and the tag as it was. */
static size_t
encode_anew(struct sf_fuzz *f, struct sf_plain *p, uint8_t *ct, size_t n)
{
	uint8_t old[17];
	size_t was = p->n_header != 0
			 ? p->n_header
			 : sf_sframe_header_write(old, p->kid, p->ctr);

	p->n_header = 0;
	(void)shape(f, p);
	if (p->n_header == 0)
		p->n_header = sf_sframe_header_write(p->header, p->kid, p->ctr);
	memmove(ct + p->n_header, ct + was, n - was);
	memcpy(ct, p->header, p->n_header);
	return n - was + p->n_header;
}

static size_t
mutate(struct sf_fuzz *f, uint8_t *p, size_t n, size_t room)
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
add_open(struct sf_fuzz *f, struct sf_fuzz_script *s, struct world *w)
{
	uint8_t meta[META], pt[PT], ct[PT + 64];
	unsigned which = (unsigned)below(f, w->n_recv);
	struct sf_plain p = { .kid = w->kids[which],
		.ctr = w->next[which],
		.base = sf_bytes(w->base[which], w->n_base[which]),
		.meta = sf_bytes(meta, any_meta(f, META)),
		.pt = sf_bytes(pt, one_in(f, 8) ? 0 : any_pt(f, 0)) };
	bool longer;
	struct sf_fuzz_step *step;
	size_t n;

	w->next[which] += 1 + (one_in(f, 8) ? below(f, 300) : 0);
	sf_fill(f->t, meta, p.meta.n);
	sf_fill(f->t, pt, PT);
	longer = shape(f, &p);
	n = sf_seal_by_us(f->t, &p, ct);
	if (one_in(f, 12))
		n = encode_anew(f, &p, ct, n);
	for (uint64_t m = one_in(f, 2) ? 0 : 1 + below(f, 3); m > 0; m--)
		n = mutate(f, ct, n, sizeof(ct));
	if (one_in(f, 12) && p.meta.n > 0)
		p.meta.n--;
	if (one_in(f, 12) && p.meta.n > 0)
		meta[p.meta.n - 1] ^= 1;
	begin(f, "open ctx=a");
	sf_line_word_hex(&f->line, "meta", p.meta);
	sf_line_word_hex(&f->line, "ct", sf_bytes(ct, n));
	step = add(f, s);
	if (step != NULL)
		step->open_choice = longer || p.pt.n == 0;
	if (step != NULL)
		step->may_refuse = p.meta.n > SF_ANY_SIZE &&
				   f->run->info.max_meta == UINT64_MAX;
}

static void
add_seal(struct sf_fuzz *f, struct sf_fuzz_script *s, struct world *w)
{
	uint8_t meta[META], pt[PT];
	uint64_t kid =
	    w->n_send == 0 ? any_kid(f) : w->kids[KEYS + below(f, w->n_send)];
	size_t n_meta;

	n_meta = any_meta(f, SF_ANY_SIZE);
	sf_fill(f->t, meta, n_meta);
	sf_fill(f->t, pt, PT);
	begin(f, "seal ctx=a");
	sf_line_word_number(&f->line, "kid", one_in(f, 8) ? any_kid(f) : kid);
	sf_line_word_hex(&f->line, "meta", sf_bytes(meta, n_meta));
	sf_line_word_hex(&f->line, "pt", sf_bytes(pt, any_pt(f, 1)));
	(void)add(f, s);
}

static void
add_other(struct sf_fuzz *f, struct sf_fuzz_script *s, struct world *w)
{
	uint8_t octets[64];
	struct sf_fuzz_step *step;
	unsigned which = w->n_send == 0 ? 0 : (unsigned)below(f, w->n_send);
	unsigned what = (unsigned)below(f, 6);
	bool removes = what == 5 && f->removes && one_in(f, 4);

	switch (what == 5 && !removes ? 0 : what) {
	case 5:
		begin(f, "rmkey ctx=a");
		sf_line_word_number(
		    &f->line, "kid", w->kids[below(f, w->n_recv)]);
		break;
	case 0:
		begin(f, "ctr ctx=a");
		sf_line_word_number(&f->line, "kid", w->kids[KEYS + which]);
		sf_line_word_number(&f->line, "next", any_ctr(f));
		break;
	case 1:
		begin(f, "hdr-enc");
		sf_line_word_number(&f->line, "kid", any_kid(f));
		sf_line_word_number(&f->line, "ctr", any_ctr(f));
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
		sf_line_word_number(&f->line, "kid", any_kid(f));
		sf_fill(f->t, octets, sizeof(octets));
		sf_line_word_hex(
		    &f->line, "base", sf_bytes(octets, any_base(f)));
		break;
	default:
		begin(f, "ratchet");
		sf_line_word_number(&f->line, "suite", w->suite);
		sf_fill(f->t, octets, sizeof(octets));
		sf_line_word_hex(
		    &f->line, "base", sf_bytes(octets, any_base(f)));
		break;
	}
	step = add(f, s);
	if (step != NULL) /* to remove what is not there is anybody's choice */
		step->open_choice = removes;
}

static uint16_t
any_suite(struct sf_fuzz *f)
{
	uint16_t id;

	do
		id = (uint16_t)(1 + below(f, SF_SUITES));
	while ((f->run->info.suites >> id & 1) == 0);
	return id;
}

void
sf_fuzz_make(struct sf_fuzz *f, struct sf_fuzz_script *s)
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

/* ---- what both take ------------------------------------------------------ */

/* A context and so many keys, each of so many octets. */
static void
make_keys(
    struct sf_fuzz *f, struct sf_fuzz_script *s, unsigned n, size_t octets)
{
	uint8_t base[BASE];

	s->n = 0;
	sf_fill(f->t, base, sizeof(base));
	begin(f, "new ctx=a");
	sf_line_word_number(&f->line, "suite", any_suite(f));
	(void)add(f, s);
	for (unsigned i = 0; i < n; i++) {
		begin(f, "key ctx=a use=recv");
		sf_line_word_number(&f->line, "kid", i + 1);
		sf_line_word_hex(&f->line, "base", sf_bytes(base, octets));
		(void)add(f, s);
	}
}

/* Keys of that script that one side takes. */
static unsigned
taken(struct sf_fuzz *f, struct sf_fuzz_side *side,
    const struct sf_fuzz_script *s)
{
	unsigned n = 0;

	(void)sf_fuzz_ask(f, side, "free ctx=a");
	for (unsigned i = 0; i < s->n; i++) {
		struct sf_fuzz_answer a =
		    sf_fuzz_ask(f, side, s->steps[i].text);

		n += i > 0 && sf_fuzz_is(&a, "ok");
	}
	return n;
}

static unsigned
both_take(struct sf_fuzz *f, const struct sf_fuzz_script *s)
{
	unsigned a = taken(f, &f->a, s), b = taken(f, &f->b, s);

	return a < b ? a : b;
}

void
sf_fuzz_bounds(struct sf_fuzz *f, struct sf_fuzz_script *s)
{
	f->bases = 0;
	for (unsigned i = 0; i < BASES; i++) {
		make_keys(f, s, 1, 16 * (i + 1));
		if (both_take(f, s) == 1)
			f->bases |= 1u << i;
	}
	make_keys(f, s, 2 * KEYS, 16);
	f->n_keys = both_take(f, s);
	if (f->n_keys == 0)
		f->n_keys = 1; /* that is a difference to be told */
}
