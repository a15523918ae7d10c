/*
 * target_pipeline.c - packets through everything up to the reports: streams,
 * depacketizers, the judgement of frames, all checks, text and JSON. libpcap is
 * not in it.
 *
 * Input, packet after packet: an octet that says how the packet is wrapped, an
 * octet of milliseconds since the last one (from 128 on its lower six bits are
 * also how many octets the capture cut off), an octet of length in steps of two,
 * and the octets. Two captures take turns, 32 packets each. Wrapped as RTP the fuzzer writes only marker, payload type,
 * SSRC choice and payload; sequence number and timestamp run on by themselves,
 * with a jump where an octet says so, because no fuzzer would keep them running.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks/checks.h"
#include "engine/pipeline.h"
#include "fuzz/fuzz.h"
#include "report/report.h"

static const struct sf_limits small = {
	.streams = 12,
	.held = 40,
	.held_octets = 256,
	.frame_octets = 1024,
	.assemblies = 2,
	.seen_frames = 64,
	.key_uses = 8,
	.intervals = 8,
};

struct run {
	struct sf_pipeline *pipeline;
	struct sf_checks *checks;
	uint64_t events, packets;
	int64_t now_ns;
	uint16_t seq[8];
	uint32_t timestamp[8];
	uint32_t tcp_seq[4];
	size_t cut;
};

static void
take_frame(void *ctx, const struct sf_frame_event *ev)
{
	struct run *r = ctx;

	r->events++;
	FUZZ_CHECK(ev->stream != NULL && ev->state < SF_STATES);
	FUZZ_CHECK(ev->raw_octets <= sizeof(ev->raw));
	FUZZ_CHECK(!ev->has_header || ev->complete);
	sf_checks_frame(r->checks, ev);
}

static void
feed(struct run *r, uint16_t link, const uint8_t *p, size_t n)
{
	/* exactly as large as the packet, so that a sanitizer sees the end */
	size_t cut = r->cut < n ? r->cut : 0;
	uint8_t *exact = malloc(n == 0 ? 1 : n - cut);
	struct sf_packet pkt = {
		.place = { ++r->packets, r->now_ns,
		    (uint32_t)(r->packets >> 5 & 1) },
		.link_type = link,
		.wire_octets = n + (n % 7 == 3 ? 5 : 0),
	};

	FUZZ_CHECK(exact != NULL);
	n -= cut;
	if (n != 0)
		memcpy(exact, p, n);
	pkt.octets = sf_bytes(exact, n);
	sf_pipeline_packet(r->pipeline, &pkt);
	free(exact);
}

static uint8_t *
put(uint8_t *p, uint64_t v, unsigned octets)
{
	while (octets-- > 0)
		*p++ = (uint8_t)(v >> 8 * octets);
	return p;
}

static void
feed_udp(struct run *r, uint8_t from, const uint8_t *data, size_t n)
{
	uint8_t octets[28 + 640], *p = octets;

	p = put(p, 0x4500, 2);
	p = put(p, 28 + n, 2);
	p = put(p, 0x0000400040110000ULL, 8);
	p = put(p, 0x0a000000u | (from & 3), 4);
	p = put(p, 0x0a0000fe, 4);
	p = put(p, 5000, 2);
	p = put(p, 6000, 2);
	p = put(p, 8 + n, 2);
	p = put(p, 0, 2);
	memcpy(p, data, n);
	feed(r, 101, octets, 28 + n);
}

/* how: 3 bits of stream, 1 of marker, 1 of a jump; the first octet of the data
   is the payload type. */
static void
feed_rtp(struct run *r, uint8_t how, const uint8_t *data, size_t n)
{
	uint8_t octets[12 + 512], *p = octets;
	unsigned i = how & 7;
	uint8_t pt = n > 0 ? data[0] & 0x7f : 96;

	r->seq[i] =
	    (uint16_t)(r->seq[i] + ((how & 0x10) && n > 1 ? data[1] : 1));
	r->timestamp[i] += pt == 111 ? 960 : (how & 8) ? 3000 : 0;
	p = put(p, 0x80, 1);
	p = put(p, (how & 8 ? 0x80u : 0u) | pt, 1);
	p = put(p, r->seq[i], 2);
	p = put(p, r->timestamp[i], 4);
	p = put(p, 0x1000 + i, 4);
	if (n > 1)
		memcpy(p, data + 1, n - 1);
	feed_udp(r, (uint8_t)i, octets, 12 + (n > 1 ? n - 1 : 0));
}

/* how: 2 bits of stream, 1 of a hole in front, 1 for a length (RFC 4571) in
   front of the data. The numbers run on by themselves. */
static void
feed_tcp(struct run *r, uint8_t how, const uint8_t *data, size_t n)
{
	uint8_t octets[40 + 2 + 512], *p = octets;
	unsigned i = how & 3, framed = how & 8 ? 2 : 0;

	r->tcp_seq[i] += how & 4 ? 7 : 0;
	p = put(p, 0x4500, 2);
	p = put(p, 40 + framed + n, 2);
	p = put(p, 0x0000400040060000ULL, 8);
	p = put(p, 0x0a000000u | i, 4);
	p = put(p, 0x0a0000fe, 4);
	p = put(p, 5000, 2);
	p = put(p, 3478, 2);
	p = put(p, r->tcp_seq[i], 4);
	p = put(p, 0, 4);
	p = put(p, 0x5018ffff00000000ULL, 8);
	p = put(p, n, framed);
	memcpy(p, data, n);
	r->tcp_seq[i] += (uint32_t)(framed + n);
	feed(r, 101, octets, 40 + framed + n);
}

/* how: 2 bits of identification; the first octet of the data is the offset
   and whether more follow, the second is left out. */
static void
feed_fragment(struct run *r, uint8_t how, const uint8_t *data, size_t n)
{
	uint8_t octets[20 + 512], *p = octets;
	unsigned first = n > 0 ? data[0] : 0;

	n = n > 2 ? n - 2 : 0;
	p = put(p, 0x4500, 2);
	p = put(p, 20 + n, 2);
	p = put(p, how & 3, 2);
	p = put(p, (first & 0x80) << 6 | (first & 0x7f), 2);
	p = put(p, 0x40110000, 4);
	p = put(p, 0x0a000001, 4);
	p = put(p, 0x0a0000fe, 4);
	if (n > 0)
		memcpy(p, data + 2, n);
	feed(r, 101, octets, 20 + n);
}

static void
feed_all(struct run *r, const uint8_t *data, size_t size)
{
	static const uint16_t links[] = { 1, 101, 113, 276, 0, 108, 228, 229,
		65535 };

	while (size >= 3) {
		uint8_t how = data[0];
		size_t n = (size_t)data[2] * 2;

		r->now_ns += data[1] * 1000000LL;
		r->cut = data[1] & 0x80 ? data[1] & 63 : 0;
		data += 3;
		size -= 3;
		n = n < size ? n : size;
		if (how & 0x80)
			feed_rtp(r, how, data, n);
		else if (how & 0x40)
			feed_udp(r, how, data, n);
		else if (how & 0x20)
			(how & 0x10 ? feed_fragment : feed_tcp)(
			    r, how, data, n);
		else
			feed(r, links[how % 9], data, n);
		data += n;
		size -= n;
	}
}

static void
expect_sums(const struct run *r, const struct sf_model *m)
{
	const struct sf_accounting *a = &m->accounting;
	uint64_t frames = 0;

	FUZZ_CHECK(a->packets == r->packets);
	FUZZ_CHECK(a->packets == a->rtp + a->srtp + a->rtcp + a->stun +
				     a->turn + a->dtls + a->other + a->cut +
				     a->malformed);
	for (const struct sf_stream *s = m->streams; s != NULL; s = s->next) {
		uint64_t states = 0;

		for (unsigned i = 0; i < SF_STATES; i++)
			states += s->by_state[i];
		FUZZ_CHECK(states == s->frames);
		frames += s->frames + s->incomplete_frames;
	}
	FUZZ_CHECK(frames == r->events);
}

/* Nothing captured reaches a terminal as it is. */
static void
expect_printable(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		FUZZ_CHECK(text[i] == '\n' ||
			   ((unsigned char)text[i] >= 0x20 && text[i] != 0x7f));
}

static void
print_all(const struct sf_result *result)
{
	struct sf_report_style style = { .verbose = true };
	struct sf_tool_info tool = { NULL, "fuzz" };
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	FUZZ_CHECK(f != NULL);
	FUZZ_CHECK(sf_report_text(f, result, &style));
	FUZZ_CHECK(sf_report_json(f, result, &tool));
	FUZZ_CHECK(fclose(f) == 0);
	expect_printable(text, n);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sf_checks_options how = { .limits = small, .fail_on = SF_ERROR };
	struct run r = { 0 };
	struct sf_pipeline_options o = {
		.limits = small, .sink = take_frame, .sink_ctx = &r
	};
	struct sf_capture_info info = { .format = "fuzz" };
	struct sf_input inputs[2] = { { "a", &info }, { "b", &info } };
	const struct sf_result *result;

	r.pipeline = sf_pipeline_new(&o);
	r.checks = sf_checks_new(&how);
	FUZZ_CHECK(r.pipeline != NULL && r.checks != NULL);
	feed_all(&r, data, size);
	sf_pipeline_finish(r.pipeline);
	expect_sums(&r, sf_pipeline_model(r.pipeline));
	result = sf_checks_finish(
	    r.checks, sf_pipeline_model(r.pipeline), inputs, 2);
	FUZZ_CHECK(result->verdict <= SF_INCONCLUSIVE);
	print_all(result);
	sf_checks_free(r.checks);
	sf_pipeline_free(r.pipeline);
	return 0;
}
