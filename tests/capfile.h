/*
 * capfile.h - capture files made by hand, octet by octet, and what is expected
 * of the packets that are read from them.
 */
#ifndef SF_CAPFILE_H
#define SF_CAPFILE_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/capture/capture.h"
#include "tests/rows.h"

#define ETH           14
#define PATH_MAX_HERE 200

/* ---- files made here ------------------------------------------------------ */

struct made {
	uint8_t *p;
	size_t n, room;
	bool big;     /* byte order of what is put */
	size_t block; /* where the open pcapng block began */
	char path[PATH_MAX_HERE];
};

static inline void
put(struct made *m, const void *p, size_t n)
{
	if (n > m->room - m->n) {
		m->room = m->room * 2 + n;
		m->p = realloc(m->p, m->room);
		assert_non_null(m->p);
	}
	if (n != 0)
		memcpy(m->p + m->n, p, n);
	m->n += n;
}

static inline void
put_uint(struct made *m, uint64_t v, unsigned octets)
{
	uint8_t b[8];

	for (unsigned i = 0; i < octets; i++)
		b[m->big ? octets - 1 - i : i] = (uint8_t)(v >> 8 * i);
	put(m, b, octets);
}

static inline void
put16(struct made *m, uint64_t v)
{
	put_uint(m, v, 2);
}

static inline void
put32(struct made *m, uint64_t v)
{
	put_uint(m, v, 4);
}

/* n octets that differ from packet to packet and look like Ethernet. */
static inline void
put_packet(struct made *m, size_t n, unsigned salt)
{
	uint8_t *b = malloc(n == 0 ? 1 : n);

	assert_non_null(b);
	for (size_t i = 0; i < n; i++)
		b[i] = (uint8_t)(i * 7 + salt);
	if (n >= ETH) {
		b[12] = 0x08;
		b[13] = 0x00;
	}
	put(m, b, n);
	free(b);
}

static inline void
put_pcap(struct made *m, uint32_t magic, unsigned minor, uint32_t snaplen,
    uint32_t link)
{
	put32(m, magic);
	put16(m, 2);
	put16(m, minor);
	put_uint(m, 0, 8);
	put32(m, snaplen);
	put32(m, link);
}

static inline void
put_record(struct made *m, uint32_t s, uint32_t fraction, size_t captured,
    size_t original)
{
	put32(m, s);
	put32(m, fraction);
	put32(m, captured);
	put32(m, original);
	put_packet(m, captured, s);
}

static inline void
begin_block(struct made *m, uint32_t type)
{
	m->block = m->n;
	put32(m, type);
	put32(m, 0);
}

static inline void
pad4(struct made *m)
{
	while (m->n % 4 != m->block % 4)
		put_uint(m, 0, 1);
}

static inline void
end_block(struct made *m)
{
	size_t at = m->n;
	size_t octets;

	pad4(m);
	octets = m->n + 4 - m->block;
	put32(m, octets);
	at = m->n;
	m->n = m->block + 4;
	put32(m, octets);
	m->n = at;
}

static inline void
put_option(struct made *m, unsigned code, uint64_t v, unsigned octets)
{
	put16(m, code);
	put16(m, octets);
	put_uint(m, v, octets);
	pad4(m);
}

static inline void
put_section(struct made *m, bool big)
{
	m->big = big;
	begin_block(m, 0x0a0d0d0a);
	put32(m, 0x1a2b3c4d);
	put16(m, 1);
	put16(m, 0);
	put_uint(m, UINT64_MAX, 8);
	end_block(m);
}

/* resolution 0: none is told */
static inline void
put_interface(
    struct made *m, uint16_t link, uint32_t snaplen, uint8_t resolution)
{
	begin_block(m, 1);
	put16(m, link);
	put16(m, 0);
	put32(m, snaplen);
	if (resolution != 0) {
		put_option(m, 9, resolution, 1);
		put_option(m, 0, 0, 0);
	}
	end_block(m);
}

/* How a file begins: a section and its first interface. */
static inline void
put_head(struct made *m, bool big, uint16_t link, uint32_t snaplen,
    uint8_t resolution)
{
	put_section(m, big);
	put_interface(m, link, snaplen, resolution);
}

static inline void
begin_enhanced(struct made *m, uint32_t interface, uint64_t time,
    size_t captured, size_t original)
{
	begin_block(m, 6);
	put32(m, interface);
	put32(m, time >> 32);
	put32(m, time);
	put32(m, captured);
	put32(m, original);
	put_packet(m, captured, (unsigned)time);
	pad4(m);
}

static inline void
put_enhanced(struct made *m, uint32_t interface, uint64_t time, size_t captured,
    size_t original)
{
	begin_enhanced(m, interface, time, captured, original);
	end_block(m);
}

static inline void
put_simple(struct made *m, size_t captured, size_t original)
{
	begin_block(m, 3);
	put32(m, original);
	put_packet(m, captured, 3);
	end_block(m);
}

/* Puts the octets into a file of their own. */
static inline void
write_file(struct made *m)
{
	const char *dir = getenv("TMPDIR");
	FILE *f;
	int fd;

	snprintf(m->path, sizeof(m->path), "%s/test_capture.XXXXXX",
	    dir == NULL ? "/tmp" : dir);
	fd = mkstemp(m->path);
	assert_true(fd >= 0);
	f = fdopen(fd, "wb");
	assert_non_null(f);
	if (m->n != 0)
		assert_int_equal(fwrite(m->p, 1, m->n, f), m->n);
	assert_int_equal(fclose(f), 0);
}

static inline void
drop(struct made *m)
{
	if (m->path[0] != '\0')
		unlink(m->path);
	free(m->p);
	*m = (struct made){ 0 };
}

/* ---- what is read ---------------------------------------------------------- */

static const struct sf_capture_options plain;

static inline void
expect_comment(const char *what, const struct sf_packet *pkt,
    struct sf_bytes want, bool cut)
{
	EXPECT(what, pkt->comment.n, want.n);
	EXPECT(what, want.n == 0 || memcmp(pkt->comment.p, want.p, want.n) == 0,
	    true);
	EXPECT(what, pkt->comment_cut, cut);
}

/* A file in memory, by pieces: the same packets as in place. */
static inline void
compare_pieces(const char *what, struct sf_bytes in, size_t piece)
{
	struct sf_capture *a, *b;
	enum sf_capture_status st = sf_capture_open_memory(&a, in, 0, &plain);

	EXPECT(what, sf_capture_open_memory(&b, in, piece, &plain), st);
	while (st == SF_CAPTURE_OK) {
		struct sf_packet x, y;

		st = sf_capture_next(a, &x);
		EXPECT(what, sf_capture_next(b, &y), st);
		if (st != SF_CAPTURE_OK)
			break;
		EXPECT(what, x.place.packet, y.place.packet);
		EXPECT(what, x.place.time_ns, y.place.time_ns);
		EXPECT(what, x.wire_octets, y.wire_octets);
		EXPECT(what, x.octets.n, y.octets.n);
		EXPECT(what, memcmp(x.octets.p, y.octets.p, x.octets.n), 0);
		expect_comment(what, &x, y.comment, y.comment_cut);
	}
	EXPECT(what, sf_capture_info(a)->damaged, sf_capture_info(b)->damaged);
	EXPECT(what, sf_capture_info(a)->damaged_at,
	    sf_capture_info(b)->damaged_at);
	EXPECT(what, sf_capture_info(a)->diag.at, sf_capture_info(b)->diag.at);
	EXPECT(what, sf_capture_info(a)->diag.missing,
	    sf_capture_info(b)->diag.missing);
	sf_capture_close(a);
	sf_capture_close(b);
}

/* What a packet is expected to be; -1 in time_ns: not looked at. */
struct want {
	uint16_t link_type;
	int64_t time_ns;
	size_t n, wire_octets;
	enum sf_direction direction;
};

/* The whole of m: these packets, then that end. */
static inline void
expect_packets(const char *what, struct made *m, const struct want *want,
    size_t n, enum sf_capture_status end, uint64_t damaged_at)
{
	struct sf_bytes exact = hex_copy(m->p, m->n);
	const struct sf_capture_info *info;
	struct sf_capture *c;
	struct sf_packet pkt;

	EXPECT(
	    what, sf_capture_open_memory(&c, exact, 0, &plain), SF_CAPTURE_OK);
	for (size_t i = 0; i < n; i++) {
		EXPECT(what, sf_capture_next(c, &pkt), SF_CAPTURE_OK);
		EXPECT(what, pkt.place.packet, i + 1);
		EXPECT(what, pkt.link_type, want[i].link_type);
		EXPECT(what, pkt.octets.n, want[i].n);
		EXPECT(what, pkt.wire_octets, want[i].wire_octets);
		EXPECT(what, pkt.direction, want[i].direction);
		EXPECT(what, sf_bytes_inside(pkt.octets, exact), true);
		if (want[i].time_ns != -1)
			EXPECT(what, pkt.place.time_ns, want[i].time_ns);
	}
	EXPECT(what, sf_capture_next(c, &pkt), end);
	info = sf_capture_info(c);
	EXPECT(what, info->packets, n);
	EXPECT(what, info->damaged, end == SF_CAPTURE_DAMAGED);
	EXPECT(what, info->damaged_at, damaged_at);
	EXPECT(what, info->diag.status != SF_OK, end == SF_CAPTURE_DAMAGED);
	sf_capture_close(c);
	compare_pieces(what, exact, 1);
	compare_pieces(what, exact, 5);
	hex_free(exact);
	drop(m);
}

#endif
