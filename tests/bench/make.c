/*
 * make.c - writes a pcap of SFrame packets over 20 streams, reproducibly.
 *
 *	make PACKETS SEED > capture.pcap
 *
 * Half of the streams are audio (Opus-sized frames, one packet each), half are
 * VP8 video (frames of one to four packets of up to 1,100 octets); each stream
 * has a KID and a counter of its own. The ciphertext is noise: what is measured
 * is reading and judging, and noise is what ciphertext looks like.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/sframe/header.h"

#define STREAMS 20

struct stream {
	uint64_t ctr;
	uint32_t timestamp, left; /* octets of the frame still to send */
	uint16_t seq, picture;
	int start;
};

static uint64_t
noise(uint64_t *s)
{
	uint64_t z = *s += 0x9e3779b97f4a7c15ULL; /* splitmix64 */

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

static uint8_t *
put(uint8_t *p, uint64_t v, unsigned octets)
{
	while (octets-- > 0)
		*p++ = (uint8_t)(v >> 8 * octets);
	return p;
}

static uint8_t *
put_noise(uint8_t *p, size_t n, uint64_t *seed)
{
	for (; n >= 8; n -= 8, p += 8) {
		uint64_t v = noise(seed);

		memcpy(p, &v, 8);
	}
	return put(p, noise(seed), (unsigned)n);
}

static uint8_t *
put_headers(uint8_t *p, size_t payload, unsigned i)
{
	memcpy(p, "\0\0\0\0\0\1\0\0\0\0\0\2\x08\0", 14);
	p += 14;
	p = put(p, 0x4500, 2);
	p = put(p, 28 + payload, 2);
	p = put(p, 0x0000400040110000ULL, 8);
	p = put(p, 0x0a000001 + i, 4);
	p = put(p, 0x0a0000fe, 4);
	p = put(p, 40000 + i, 2);
	p = put(p, 50000, 2);
	p = put(p, 8 + payload, 2);
	return put(p, 0, 2);
}

static uint8_t *
put_rtp(uint8_t *p, const struct stream *s, unsigned i, int video, int marker)
{
	p = put(p, 0x80, 1);
	p = put(p, (marker ? 0x80u : 0u) | (video ? 96u : 111u), 1);
	p = put(p, s->seq, 2);
	p = put(p, s->timestamp, 4);
	return put(p, 0x10000000 + i, 4);
}

/* A packet's payload; the frame begins where s->start says so. */
static size_t
make_payload(uint8_t *out, struct stream *s, unsigned i, uint64_t *seed)
{
	int video = i % 2;
	uint32_t n;
	uint8_t *p = out, *head = out;

	if (s->left == 0) {
		s->left = video ? 400 + (uint32_t)(noise(seed) % 3600)
		                : 60 + (uint32_t)(noise(seed) % 60);
		s->timestamp += video ? 3000 : 960;
		s->picture++;
		s->start = 1;
	}
	n = s->left > 1100 ? 1100 : s->left;
	s->left -= n;
	p = put_rtp(p, s, i, video, video && s->left == 0);
	if (video) {
		p = put(p, s->start ? 0x9080 : 0x8080, 2);
		p = put(p, 0x8000u | (s->picture & 0x7fff), 2);
	}
	head = p;
	if (s->start)
		p += sf_sframe_header_write(p, 300 + i, s->ctr++);
	s->start = 0;
	p = put_noise(p, n - (size_t)(p - head), seed);
	s->seq++;
	return (size_t)(p - out);
}

static void
write_packet(const uint8_t *frame, size_t n, uint64_t number)
{
	uint64_t us = number * 50;
	uint32_t head[4] = { (uint32_t)(1700000000 + us / 1000000),
		(uint32_t)(us % 1000000), (uint32_t)n, (uint32_t)n };

	fwrite(head, sizeof(head), 1, stdout);
	fwrite(frame, n, 1, stdout);
}

int
main(int argc, char **argv)
{
	static const uint32_t file[6] = { 0xa1b2c3d4, 0x00040002, 0, 0, 65535,
		1 };
	struct stream streams[STREAMS] = { { 0 } };
	uint64_t packets = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	uint8_t frame[2048], payload[1600];

	fwrite(file, sizeof(file), 1, stdout);
	for (uint64_t k = 0; k < packets; k++) {
		unsigned i = (unsigned)(noise(&seed) % STREAMS);
		size_t n = make_payload(payload, &streams[i], i, &seed);
		uint8_t *p = put_headers(frame, n, i);

		memcpy(p, payload, n);
		write_packet(frame, (size_t)(p - frame) + n, k);
	}
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
