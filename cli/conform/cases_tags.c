/*
 * cases_tags.c - tags that are almost right, for those who compare in a way that
 * is almost right: as strings, as text, by a sum. Whether the tag of a frame can
 * show it is chance, so frames are tried until one can.
 */
#include <string.h>

#include "cli/conform/conform.h"

#define TRIES 20000

struct tagged {
	uint8_t base[32], pt[24], ct[24 + 17 + SF_TAG_MAX];
	size_t n;
	uint8_t *tag; /* in ct */
	size_t octets;
	struct sf_plain f;
};

static void
seal(struct sf_trial *t, struct tagged *g)
{
	g->n = sf_seal_by_us(t, &g->f, g->ct);
	g->octets = t->suite->tag_octets;
	g->tag = g->ct + g->n - g->octets;
}

/* A frame whose tag does. */
static void
find(struct sf_trial *t, struct tagged *g,
    bool (*does)(const struct tagged *g, unsigned i))
{
	sf_fill_key(t, g->base, sizeof(g->base));
	sf_fill_key(t, g->pt, sizeof(g->pt));
	g->f = (struct sf_plain){ .base = sf_bytes(g->base, sizeof(g->base)),
		.kid = 0x123,
		.meta = sf_bytes(NULL, 0),
		.pt = sf_bytes(g->pt, sizeof(g->pt)) };
	for (; g->f.ctr < TRIES; g->f.ctr++) {
		seal(t, g);
		if (does(g, t->c->i))
			break;
	}
}

/* What is in ct now is refused; the frame itself opens. */
static void
must_refuse(struct sf_trial *t, struct tagged *g, const char *what)
{
	sf_new(t, "a");
	sf_must_key(t, "a", "recv", g->f.kid, g->f.base);
	sf_must_refuse(t, "a", g->f.meta, sf_bytes(g->ct, g->n), what);
	sf_must_open_ours(t, "a", &g->f);
}

/* ---- as strings ---------------------------------------------------------- */

/* The first zero octet: in front, behind that, and last but one. */
static size_t
place(const struct tagged *g, unsigned i)
{
	return i < 2 ? i : g->octets - 2;
}

static bool
ends_there(const struct tagged *g, unsigned i)
{
	const uint8_t *zero = memchr(g->tag, 0, g->octets);

	return zero != NULL && (size_t)(zero - g->tag) == place(g, i);
}

static void
zero(struct sf_trial *t)
{
	struct tagged g;

	find(t, &g, ends_there);
	for (size_t i = place(&g, t->c->i) + 1; i < g.octets; i++)
		g.tag[i] ^= 0x5a;
	must_refuse(t, &g, "a tag that is right up to its zero octet");
}

/* ---- as text ------------------------------------------------------------- */

static bool
is_letter(uint8_t octet)
{
	uint8_t small = octet | 0x20;

	return small >= 'a' && small <= 'z';
}

/* From 0xf8 on an octet is no UTF-8 anywhere; 0x80 is none in front. */
static bool
is_text(uint8_t octet, unsigned i)
{
	return i == 0 ? octet >= 0xf8 : i == 1 ? is_letter(octet) : true;
}

static bool
has_text(const struct tagged *g, unsigned i)
{
	for (size_t k = 0; k < g->octets; k++)
		if (is_text(g->tag[k], i))
			return true;
	return false;
}

static void
text(struct sf_trial *t)
{
	static const uint8_t flips[] = { 1, 0x20, 0x80 };
	static const char *const what[] = {
		"a tag with an octet that is no UTF-8 changed to another",
		"a tag with a letter made large or small",
		"a tag whose octets are right in seven bits",
	};
	struct tagged g;

	find(t, &g, has_text);
	for (size_t k = 0; k < g.octets; k++)
		if (is_text(g.tag[k], t->c->i))
			g.tag[k] ^= flips[t->c->i];
	must_refuse(t, &g, what[t->c->i]);
}

/* ---- by a sum ------------------------------------------------------------ */

static void
swap(uint8_t *a, uint8_t *b)
{
	uint8_t c = *a;

	*a = *b;
	*b = c;
}

/* Each changes the tag; two of its octets do not end a range. */
static bool
can_be_mixed(const struct tagged *g, unsigned i)
{
	(void)i;
	return g->tag[0] != g->tag[g->octets - 1] && g->tag[0] != 0xff &&
	       g->tag[1] != 0 && g->tag[0] != g->tag[1];
}

static void
mixed(struct sf_trial *t)
{
	static const char *const what[] = {
		"a tag with the same bit of two octets flipped",
		"a tag with the highest bit of two octets flipped",
		"a tag with one octet more by 1 and the next less by 1",
		"a tag with its first and its last octet in each other's place",
		"a tag from its last octet to its first",
		"a tag turned by one octet",
	};
	struct tagged g;
	size_t last;

	find(t, &g, can_be_mixed);
	last = g.octets - 1;
	switch (t->c->i) {
	case 0:
		g.tag[0] ^= 4;
		g.tag[last] ^= 4;
		break;
	case 1:
		g.tag[0] ^= 0x80;
		g.tag[1] ^= 0x80;
		break;
	case 2:
		g.tag[0]++;
		g.tag[1]--;
		break;
	case 3:
		swap(&g.tag[0], &g.tag[last]);
		break;
	case 4:
		for (size_t i = 0; i < last - i; i++)
			swap(&g.tag[i], &g.tag[last - i]);
		break;
	default:
		for (size_t i = 0; i < last; i++)
			swap(&g.tag[i], &g.tag[i + 1]);
		break;
	}
	must_refuse(t, &g, what[t->c->i]);
}

void
sf_cases_tags(struct sf_catalogue *k)
{
	static const struct sf_family rows[] = {
		/* clang-format off */
		{ "fr-tag-zero", "frames", "4.4.4", "DEC-05 AEAD-07", "A tag with a zero octet is compared to its end", EACH_SUITE, 3, SF_NEED(OPEN), zero },
		{ "fr-tag-text", "frames", "4.4.4", "DEC-05 AEAD-07", "A tag is no text: letters, encodings and seven bits are not enough", EACH_SUITE, 3, SF_NEED(OPEN), text },
		{ "fr-tag-mixed", "frames", "4.4.4", "DEC-05 AEAD-07", "A tag is right in each octet, not in their sum or their set", EACH_SUITE, 6, SF_NEED(OPEN), mixed },
		/* clang-format on */
	};

	sf_catalogue_add(k, rows, sizeof(rows) / sizeof(rows[0]));
}
