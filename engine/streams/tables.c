#include "engine/streams/parts.h"

#include <string.h>

#include "engine/base/hash.h"

#define PROBES 8

struct sf_path *
sf_streams_path(
    struct sf_streams *s, const struct sf_addr *a, const struct sf_addr *b)
{
	bool swap = memcmp(a, b, sizeof(*a)) > 0;
	struct sf_addr two[2] = { swap ? *b : *a, swap ? *a : *b };
	uint64_t h = sf_hash(sf_bytes(two, sizeof(two)));
	struct sf_path *p;

	for (size_t i = 0; i < PROBES; i++) {
		p = &s->paths[(h + i) & s->paths_mask];
		if (p->used && memcmp(&p->a, &two[0], sizeof(two[0])) == 0 &&
		    memcmp(&p->b, &two[1], sizeof(two[1])) == 0)
			return p;
		if (!p->used)
			break;
	}
	if (p->used) {
		p = &s->paths[h & s->paths_mask];
		if (p->dtls || p->stun || p->rtcp || p->srtcp || p->media)
			s->model->limits[SF_LIMIT_FACTS]++;
	}
	*p = (struct sf_path){ .a = two[0], .b = two[1], .used = true };
	return p;
}

const struct sf_naming *
sf_streams_named(const struct sf_streams *s, uint32_t ssrc)
{
	static const struct sf_naming nothing;
	uint64_t h = sf_mix(ssrc);

	for (size_t i = 0; i < PROBES; i++) {
		const struct sf_naming *n =
		    &s->namings[(h + i) & s->namings_mask];

		if (n->used && n->ssrc == ssrc)
			return n;
	}
	return &nothing;
}

struct sf_naming *
sf_streams_naming(struct sf_streams *s, uint32_t ssrc)
{
	uint64_t h = sf_mix(ssrc);
	struct sf_naming *n;

	for (size_t i = 0; i < PROBES; i++) {
		n = &s->namings[(h + i) & s->namings_mask];
		if (n->used && n->ssrc == ssrc)
			return n;
		if (!n->used)
			break;
	}
	if (n->used) {
		n = &s->namings[h & s->namings_mask];
		s->model->limits[SF_LIMIT_FACTS]++;
	}
	*n = (struct sf_naming){ .ssrc = ssrc, .used = true };
	return n;
}
