#include "engine/streams/parts.h"

#include <string.h>

#include "engine/base/hash.h"

bool
sf_track_add_name(
    struct sf_streams *s, const struct sf_track_key *k, struct sf_track *t)
{
	uint32_t *bucket = sf_track_bucket(s, k);
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
	uint32_t *link = sf_track_bucket(s, k);

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
