#include "engine/classify/fields.h"

#define LEAST     10 /* pairs of neighbours */
#define PERCENT   90 /* of them, that do what a field does */
#define RISE      64 /* of the lowest octet of a counter, at most */
#define SEVERAL   20 /* strings, of which 95 in 100 have few values */
#define NOT_MUCH  95
#define REF_OCTET 8 /* bits */

/* What a field goes along with: nothing, the length of the frame, its timestamp
   and its number, each with its two lowest octets. */
static void
refs_of(uint8_t ref[SF_FIELD_REFS], const struct sf_record *r)
{
	ref[0] = 0;
	ref[1] = (uint8_t)r->octets;
	ref[2] = (uint8_t)r->timestamp;
	ref[3] = (uint8_t)(r->timestamp >> REF_OCTET);
	ref[4] = (uint8_t)r->seq;
	ref[5] = (uint8_t)(r->seq >> REF_OCTET);
}

static void
count_value(struct sf_fields *f, size_t i, uint8_t v)
{
	f->of[i]++;
	for (size_t k = 0; k < SF_FIELD_FEW; k++) {
		if (f->has_value[i][k] == 0)
			f->value[i][k] = v;
		if (f->value[i][k] == v) {
			f->has_value[i][k]++;
			return;
		}
	}
}

/* The distance of an octet from what it goes along with is as it was; a carry
   out of the octet below makes one. */
static bool
keeps(uint8_t a, uint8_t a_ref, uint8_t b, uint8_t b_ref)
{
	uint8_t d = (uint8_t)((b - b_ref) - (a - a_ref) + 1);

	return d <= 2;
}

static void
count_pair(
    struct sf_fields *f, size_t i, uint8_t v, const uint8_t ref[SF_FIELD_REFS])
{
	uint8_t a = f->last[i];

	f->pairs[i]++;
	if ((uint8_t)(v - a) <= RISE)
		f->rises[i]++;
	for (size_t k = 0; k < SF_FIELD_REFS; k++)
		if (keeps(a, f->last_ref[k], v, ref[k]))
			f->keeps[i][k]++;
}

void
sf_fields_add(
    struct sf_fields *f, const struct sf_record *r, const uint8_t *p, size_t n)
{
	uint8_t ref[SF_FIELD_REFS];

	if (n > SF_FIELDS)
		n = SF_FIELDS;
	refs_of(ref, r);
	for (size_t i = 0; i < n; i++) {
		if (f->strings > 0 && i < f->last_n)
			count_pair(f, i, p[i], ref);
		count_value(f, i, p[i]);
		f->last[i] = p[i];
	}
	for (size_t k = 0; k < SF_FIELD_REFS; k++)
		f->last_ref[k] = ref[k];
	f->last_n = (uint8_t)n;
	f->strings++;
}

static bool
is_most(unsigned part, unsigned whole, unsigned percent)
{
	return part * 100 >= whole * percent;
}

static bool
is_field(const struct sf_fields *f, size_t i)
{
	unsigned few = 0;

	for (size_t k = 0; k < SF_FIELD_FEW; k++)
		few += f->has_value[i][k];
	if (f->of[i] >= SEVERAL && is_most(few, f->of[i], NOT_MUCH))
		return true;
	if (f->pairs[i] < LEAST)
		return false;
	for (size_t k = 0; k < SF_FIELD_REFS; k++)
		if (is_most(f->keeps[i][k], f->pairs[i], PERCENT))
			return true;
	return is_most(f->rises[i], f->pairs[i], PERCENT);
}

uint32_t
sf_fields_mask(const struct sf_fields *f)
{
	uint32_t mask = 0;

	for (size_t i = 0; i < SF_FIELDS; i++)
		if (is_field(f, i))
			mask |= UINT32_C(1) << i;
	return mask;
}

size_t
sf_fields_octets(uint32_t mask)
{
	size_t n = 0;

	for (; mask != 0; mask >>= 1)
		n++;
	return n;
}
