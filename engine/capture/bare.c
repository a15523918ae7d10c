#include "engine/capture/front.h"

#include <string.h>

/* Datagrams of a file that holds nothing around them. */
void
sf_reader_bare(
    struct sf_reader *r, struct sf_packet *out, const struct sf_bare *b)
{
	struct sf_bytes in = b->octets;
	size_t octets = b->original;
	uint8_t head[SF_WRAP_MAX];
	struct sf_wrapped w = { .src = b->src,
		.dst = b->dst,
		.protocol = b->data ? SF_WRAP_SCTP : SF_WRAP_UDP };
	struct sf_record record = { .link_type = 1, /* Ethernet */
		.timed = b->timed,
		.time_ns = b->time_ns,
		.direction = b->direction };
	size_t n;

	if (in.n > SF_WRAP_MOST)
		in.n = SF_WRAP_MOST;
	if (octets > SF_WRAP_MOST)
		octets = in.n == SF_WRAP_MOST ? in.n : SF_WRAP_MOST;
	w.payload = sf_bytes(NULL, 0); /* no checksum: nothing is to be shown */
	w.octets = octets;
	n = sf_wrap(head, &w);
	if (in.p != b->room + SF_WRAP_UDP4)
		memmove(b->room + SF_WRAP_UDP4, in.p, in.n);
	memcpy(b->room + SF_WRAP_UDP4 - n, head, n);
	record.data = sf_bytes(b->room + SF_WRAP_UDP4 - n, n + in.n);
	record.captured = n + in.n;
	record.original = n + octets;
	r->info.data_packets += b->data;
	sf_reader_deliver(r, out, &record);
}

enum sf_capture_status
sf_reader_bare_cut(struct sf_reader *r, struct sf_packet *out,
    const struct sf_bare *b, uint64_t at, const struct sf_diag *d)
{
	enum sf_capture_status st = sf_reader_stop(r, at, d);

	if (b->octets.n == 0)
		return st;
	sf_reader_bare(r, out, b);
	r->ended = true;
	return SF_CAPTURE_OK;
}
