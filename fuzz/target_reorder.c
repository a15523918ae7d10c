/*
 * target_reorder.c - packets of one stream, shuffled, doubled and dropped,
 * against the slow way to put them in order: sort and take each once. Reaches
 * engine/streams (order, probation, held packets) and the depacketizer of
 * formats with one packet a frame.
 *
 * Input: two octets of the first sequence number, then an octet for each
 * packet: how far it is from where the last one left off, from -64 to 63.
 */
#include "engine/pipeline.h"
#include "fuzz/fuzz.h"

#include <string.h>

#define LEAD 20  /* in order, so that the stream is believed */
#define MOST 400 /* packets after these */
#define BACK 300 /* places behind the furthest */
#define SPAN (LEAD + MOST * 63 + 1)

struct run {
	/* by distance from the first: 0 not sent, 1 sent, 2 come out */
	uint8_t packets[SPAN];
	uint64_t first; /* extended number of the first frame that came out */
	uint64_t last;
	size_t frames;
};

static void
take_frame(void *ctx, const struct sf_frame_event *ev)
{
	struct run *r = ctx;
	uint64_t at;

	FUZZ_CHECK(ev->complete);
	if (r->frames == 0)
		r->first = ev->seq;
	else
		FUZZ_CHECK(ev->seq > r->last);
	at = ev->seq - r->first;
	FUZZ_CHECK(at < SPAN && r->packets[at] == 1);
	r->packets[at] = 2;
	r->last = ev->seq;
	r->frames++;
}

static uint8_t *
put(uint8_t *p, uint64_t v, unsigned octets)
{
	while (octets-- > 0)
		*p++ = (uint8_t)(v >> 8 * octets);
	return p;
}

/* RTP in UDP in IPv4, its payload told by the number alone. */
static void
feed(struct sf_pipeline *pl, uint64_t packet, uint16_t seq, uint32_t timestamp)
{
	uint8_t octets[20 + 8 + 12 + 40], *p = octets;
	struct sf_packet pkt = {
		.place = { packet, 1000000000, 0 },
		.link_type = 101,
		.wire_octets = sizeof(octets),
		.octets = sf_bytes(octets, sizeof(octets)),
	};

	p = put(p, 0x45000000u | sizeof(octets), 4);
	p = put(p, 0x0000400040110000ULL, 8);
	p = put(p, 0x0a0000010a000002ULL, 8);
	p = put(p, 0x138817700000ULL | (sizeof(octets) - 20), 6);
	p = put(p, 0, 2);
	p = put(p, 0x806f, 2);
	p = put(p, seq, 2);
	p = put(p, timestamp, 4);
	p = put(p, 0x1234, 4);
	for (unsigned i = 0; i < 40; i++)
		*p++ = (uint8_t)((seq * 2654435761u) >> (i % 24) ^ i * 89);
	sf_pipeline_packet(pl, &pkt);
}

/* Behind the first, and not further back than the search for duplicates. */
static int32_t
next_place(int32_t at, int32_t top)
{
	if (at < top - BACK)
		at = top - BACK;
	return at < 0 ? 0 : at;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct run r;
	struct sf_pipeline_options options = {
		.limits = { .streams = 8,
		    .held = 512,
		    .held_octets = 64,
		    .frame_octets = 256,
		    .assemblies = 2,
		    .seen_frames = 1024,
		    .key_uses = 64,
		    .intervals = 64 },
		.sink = take_frame,
		.sink_ctx = &r,
	};
	struct sf_pipeline *pl;
	uint64_t packet = 0;
	uint16_t first;
	int32_t at = 0, top = 0;
	size_t unique = 0;

	if (size < 2)
		return 0;
	memset(&r, 0, sizeof(r));
	first = (uint16_t)(data[0] << 8 | data[1]);
	pl = sf_pipeline_new(&options);
	FUZZ_CHECK(pl != NULL);
	for (size_t i = 0; i < LEAD + MOST && i < LEAD + size - 2; i++) {
		int32_t step = i < LEAD ? 1 : (int32_t)data[i - LEAD + 2] - 64;

		at = next_place(i == 0 ? 0 : at + (step > 63 ? 1 : step), top);
		top = at > top ? at : top;
		if (r.packets[at] == 0) {
			r.packets[at] = 1;
			unique++;
		}
		feed(pl, ++packet, (uint16_t)(first + at), (uint32_t)at * 960u);
	}
	sf_pipeline_finish(pl);
	if (unique >= LEAD) {
		FUZZ_CHECK(r.frames == unique);
		FUZZ_CHECK(sf_pipeline_model(pl)->streams->late == 0);
		FUZZ_CHECK(sf_pipeline_model(pl)->streams->lost ==
			   (uint64_t)top + 1 - unique);
	}
	sf_pipeline_free(pl);
	return 0;
}
