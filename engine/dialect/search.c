#include "engine/dialect/search.h"

#define STRANGER 8 /* bits lost by a frame that does not read */
#define CAP      2000
#define LOOKS    20 /* pairs of neighbours looked at before a trial */

/* One format on its way through the records. */
struct trial {
	const struct sf_way *way;
	struct sf_sight last;
	size_t start; /* of the evidence that stands now */
	double bits;
	unsigned frames; /* since start, and those of them that fit */
	unsigned fit;
	bool followed; /* one of them came behind another as it should */
	bool sure;
	size_t sure_start;
	double total;
};

/* Evidence that is used up takes its start with it. */
static void
begin_at(struct trial *t, size_t at)
{
	t->start = at;
	t->frames = t->fit = 0;
	t->followed = false;
	t->bits = 0;
}

static void
take_stranger(struct trial *t)
{
	t->frames++;
	t->bits -= STRANGER;
	if (t->bits <= 0)
		begin_at(t, 0);
}

static void
take_sight(struct trial *t, size_t at, const struct sf_sight *s)
{
	double gain = t->fit > 0 ? t->way->follow(&t->last, s) : 0;

	/* a frame alone says nothing, and it does not follow: begin anew */
	if (t->fit == 0 || (gain == 0 && t->way->alone < 12))
		begin_at(t, at);
	t->frames++;
	t->fit++;
	/* what each frame says alone may be padding: zeros, again and again */
	t->followed |= gain > 0;
	t->bits += gain + t->way->alone;
	t->total += gain + t->way->alone;
	if (t->bits > CAP)
		t->bits = CAP;
	t->last = *s;
	if (!t->sure && t->followed && t->bits >= SF_WAY_SURE &&
	    t->fit >= t->way->least && t->fit * 2 > t->frames) {
		t->sure = true;
		t->sure_start = t->start;
	}
}

/* A format's frames must hold out: most of what comes behind its start. */
static bool
try_way(struct trial *t, const struct sf_record *recs, size_t n)
{
	struct sf_sight s;

	for (size_t i = 0; i < n; i++) {
		if (!recs[i].complete || recs[i].decided)
			continue;
		if (t->way->read(&s, &recs[i]))
			take_sight(t, i, &s);
		else if (t->fit > 0)
			take_stranger(t);
	}
	return t->sure;
}

/*
 * A look before the trial: of some neighbours spread over the records, does one
 * pair read, and follow where a frame alone says little? Most formats are gone
 * with this.
 */
static bool
worth_trying(const struct sf_way *w, const struct sf_record *recs, size_t n)
{
	size_t stride = n > LOOKS ? n / LOOKS : 1;
	struct sf_sight a, b;

	for (size_t i = 0; i + 1 < n; i += stride)
		if (w->read(&a, &recs[i]) && w->read(&b, &recs[i + 1]) &&
		    (w->alone >= 12 || w->follow(&a, &b) > 0))
			return true;
	return false;
}

bool
sf_way_search(struct sf_way_found *out, const struct sf_record *recs, size_t n)
{
	*out = (struct sf_way_found){ 0 };
	for (const struct sf_way *w = sf_ways; w->read != NULL; w++) {
		struct trial t = { .way = w };

		if (w->least == 0 || !worth_trying(w, recs, n) ||
		    !try_way(&t, recs, n) || t.total <= out->bits)
			continue;
		*out = (struct sf_way_found){ w, t.sure_start, t.total };
	}
	if (out->way != NULL && out->way->dialect == SF_DIALECT_XOR_DEMO &&
	    sf_xor_is_janus(recs, n))
		out->way = sf_way_of(SF_DIALECT_XOR_JANUS);
	return out->way != NULL;
}
