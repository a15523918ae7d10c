#include <string.h>

#include "checks/check.h"
#include "engine/capture/wrap.h"

const struct sf_stream *
sf_origin_of(const struct sf_checks *k, const struct sf_stream *s)
{
	/* a chain of SFUs is short; the bound is for a loop of copies */
	for (unsigned i = 0; i < 8 && s->forwards != 0; i++) {
		const struct sf_stream *of = k->by_id[s->forwards - 1];

		if (of == NULL)
			break;
		s = of;
	}
	return s;
}

static bool
same_address(const struct sf_addr *a, const struct sf_addr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* Addresses that a converter made up (Janus, text2pcap -4): the same in every
   file, whoever sent. */
bool
sf_made_up(const struct sf_addr *a)
{
	return sf_wrap_made_up(a) ||
	       (a->family == 4 &&
		   (memcmp(a->ip, "\x0a\x01\x01\x01", 4) == 0 ||
		       memcmp(a->ip, "\x0a\x02\x02\x02", 4) == 0) &&
		   (a->port == 1000 || a->port == 2000));
}

static bool
overlap_in_time(const struct sf_stream *a, const struct sf_stream *b)
{
	return a->first.time_ns < b->last.time_ns &&
	       b->first.time_ns < a->last.time_ns;
}

bool
sf_same_endpoint(const struct sf_checks *k, const struct sf_stream *a,
    const struct sf_stream *b)
{
	a = sf_origin_of(k, a);
	b = sf_origin_of(k, b);
	if (a == b)
		return true;
	if (a->cname[0] != '\0' && strcmp(a->cname, b->cname) == 0)
		return true;
	if (!same_address(&a->src, &b->src) ||
	    (a->input != b->input && sf_made_up(&a->src)))
		return false;
	/* An SFU sends the media of many from one address, each under its own
	   CNAME; one who reloads a page comes back under a new one. */
	return a->cname[0] == '\0' || b->cname[0] == '\0' ||
	       !overlap_in_time(a, b);
}

/* 10.1.1.1:1000 and 10.2.2.2:2000, or what unwrap makes of these for a further
   file: one side of a call, and nobody in particular. */
static bool
same_side(const struct sf_addr *a, const struct sf_addr *b)
{
	struct sf_addr one = *a, other = *b;

	one.ip[3] = one.ip[0] == 10 ? one.ip[2] : one.ip[3];
	other.ip[3] = one.ip[3];
	if (one.ip[1] == 1 && sf_made_up(&one) && sf_made_up(&other))
		other.port = one.port; /* what processes hear: from anybody */
	return sf_made_up(&one) && same_address(&one, &other);
}

bool
sf_known_apart(const struct sf_stream *a, const struct sf_stream *b)
{
	/* unwrap makes one file of several, and addresses of its own */
	if (a->recorded && b->recorded)
		return a->input == b->input && same_address(&a->src, &b->src);
	return a->cname[0] != '\0' || b->cname[0] != '\0' ||
	       !same_side(&a->src, &b->src);
}

bool
sf_same_sender(const struct sf_checks *k, const struct sf_stream *a,
    const struct sf_stream *b)
{
	if (!sf_same_endpoint(k, a, b))
		return false;
	if (a->cname[0] != '\0' && strcmp(a->cname, b->cname) == 0)
		return true;
	for (const struct sf_key_use *x = a->keys; x != NULL; x = x->next)
		for (const struct sf_key_use *y = b->keys; y != NULL;
		     y = y->next)
			if (x->kid == y->kid)
				return true;
	return false;
}
