#include "engine/streams/parts.h"

#include <string.h>

#include "engine/hash.h"

static uint32_t *
bucket_of(struct sf_streams *s, const struct sf_track_key *k)
{
	uint64_t h = sf_hash(sf_bytes(k, sizeof(*k)));

	return &s->buckets[h & s->bucket_mask];
}

struct sf_track *
sf_track_find(struct sf_streams *s, const struct sf_track_key *k)
{
	uint32_t at = *bucket_of(s, k);

	while (at != 0) {
		struct sf_track_name *n = &s->names[at - 1];

		if (memcmp(&n->key, k, sizeof(*k)) == 0)
			return &s->tracks[n->track];
		at = n->next;
	}
	return NULL;
}

bool
sf_track_add_name(
    struct sf_streams *s, const struct sf_track_key *k, struct sf_track *t)
{
	uint32_t *bucket = bucket_of(s, k);
	uint32_t at = s->free_names;

	if (at == 0)
		return false;
	s->free_names = s->names[at - 1].next;
	s->names[at - 1] =
	    (struct sf_track_name){ *k, (uint32_t)(t - s->tracks), *bucket };
	*bucket = at;
	return true;
}

void
sf_track_drop_name(struct sf_streams *s, const struct sf_track_key *k)
{
	uint32_t *link = bucket_of(s, k);

	while (*link != 0) {
		struct sf_track_name *n = &s->names[*link - 1];
		uint32_t at = *link;

		if (memcmp(&n->key, k, sizeof(*k)) == 0) {
			*link = n->next;
			n->next = s->free_names;
			s->free_names = at;
			return;
		}
		link = &n->next;
	}
}

/* The name under which a believed stream is found by its SSRC alone. */
struct sf_track_key
sf_track_key_of(uint32_t ssrc)
{
	return (struct sf_track_key){ .ssrc = ssrc, .input = UINT32_MAX };
}

void
sf_track_name_ssrc(struct sf_streams *s, struct sf_track *t)
{
	struct sf_track_key k = sf_track_key_of(t->pub.ssrc);

	if (sf_track_find(s, &k) != t) {
		sf_track_drop_name(s, &k);
		(void)sf_track_add_name(
		    s, &k, t); /* without it a move is a new stream */
	}
}
