/*
 * cases_rtp.c - RTP packets with payload descriptors to SFrame frames:
 * draft-ietf-avtcore-rtp-sframe-02, 5.2.
 */
#include <string.h>

#include "cli/conform/conform.h"
#include "parsers/text/shim_line.h"

#define S    0x80 /* first of a frame */
#define E    0x40 /* last of a frame */
#define T    0x20 /* content of a packetizer */
#define PART 40   /* octets of a fragment */

/* A packet: what its descriptor says, and where it differs from its row. */
struct packet {
	uint8_t descriptor;
	uint8_t skip; /* sequence numbers that are missing in front of it */
	uint8_t pt;   /* 0: 96 */
	bool padded, extended, empty;
};

#define PACKETS 6

/* Packets in order; frames is which of them make one, as bits, in order. */
static const struct row {
	const char *requirements, *what;
	uint16_t first; /* sequence number */
	struct packet packets[PACKETS];
	unsigned n;
	uint8_t frames[3];
} rows[] = {
	/* clang-format off */
	{ "RTP-12", "a frame in one packet", 1, { { S | E, 0, 0, 0, 0, 0 } }, 1, { 1 } },
	{ "RTP-12", "a frame in three packets", 1, { { S, 0, 0, 0, 0, 0 }, { 0, 0, 0, 0, 0, 0 }, { E, 0, 0, 0, 0, 0 } }, 3, { 7 } },
	{ "RTP-12", "two frames", 1, { { S, 0, 0, 0, 0, 0 }, { E, 0, 0, 0, 0, 0 }, { S | T, 0, 0, 0, 0, 0 }, { E | T, 0, 0, 0, 0, 0 } }, 4, { 3, 12 } },
	{ "RTP-12", "sequence numbers that wrap", 65534, { { S, 0, 0, 0, 0, 0 }, { 0, 0, 0, 0, 0, 0 }, { E, 0, 0, 0, 0, 0 } }, 3, { 7 } },
	{ "RTP-18 RTP-12", "padding and a header extension", 1, { { S, 0, 0, 1, 1, 0 }, { E, 0, 0, 1, 1, 0 } }, 2, { 3 } },
	{ "RTP-13 RTP-12", "T differs within a frame", 1, { { S, 0, 0, 0, 0, 0 }, { E | T, 0, 0, 0, 0, 0 }, { S | E, 0, 0, 0, 0, 0 } }, 3, { 4 } },
	{ "RTP-13 RTP-12", "T differs in the middle", 1, { { S | T, 0, 0, 0, 0, 0 }, { 0, 0, 0, 0, 0, 0 }, { E | T, 0, 0, 0, 0, 0 }, { S | E | T, 0, 0, 0, 0, 0 } }, 4, { 8 } },
	{ "RTP-14 RTP-12", "two payload types within a frame", 1, { { S, 0, 0, 0, 0, 0 }, { E, 0, 97, 0, 0, 0 }, { S | E, 0, 0, 0, 0, 0 } }, 3, { 4 } },
	{ "RTP-12", "a frame without its end", 1, { { S, 0, 0, 0, 0, 0 }, { 0, 0, 0, 0, 0, 0 }, { S, 0, 0, 0, 0, 0 }, { E, 0, 0, 0, 0, 0 } }, 4, { 12 } },
	{ "RTP-12", "a frame without its beginning", 1, { { 0, 0, 0, 0, 0, 0 }, { E, 0, 0, 0, 0, 0 }, { S | E, 0, 0, 0, 0, 0 } }, 3, { 4 } },
	{ "RTP-12", "a packet is missing within a frame", 1, { { S, 0, 0, 0, 0, 0 }, { E, 1, 0, 0, 0, 0 }, { S, 0, 0, 0, 0, 0 }, { E, 0, 0, 0, 0, 0 } }, 4, { 12 } },
	{ "RTP-18 RTP-12", "a packet of padding alone has no descriptor", 1, { { S | E, 0, 0, 0, 0, 0 }, { 0, 0, 0, 1, 0, 1 }, { S | E, 0, 0, 0, 0, 0 } }, 3, { 1, 4 } },
	/* clang-format on */
};

#define ROWS ((unsigned)(sizeof(rows) / sizeof(rows[0])))

static size_t
put_packet(
    uint8_t *out, const struct packet *p, uint16_t seq, const uint8_t *part)
{
	size_t n = 12;

	memset(out, 0, n);
	out[0] =
	    (uint8_t)(0x80 | (p->padded ? 0x20 : 0) | (p->extended ? 0x10 : 0));
	out[1] = p->pt == 0 ? 96 : p->pt;
	out[2] = (uint8_t)(seq >> 8);
	out[3] = (uint8_t)seq;
	out[11] = 7;
	if (p->extended) {
		static const uint8_t extension[] = { 0xbe, 0xde, 0, 1, 0x10,
			0x55, 0, 0 };

		memcpy(out + n, extension, sizeof(extension));
		n += sizeof(extension);
	}
	if (!p->empty) {
		out[n++] = p->descriptor;
		memcpy(out + n, part, PART);
		n += PART;
	}
	if (p->padded) {
		memset(out + n, 0, 4);
		out[n + 3] = 4;
		n += 4;
	}
	return n;
}

/* The frames of the reply are those of the row, and no more. */
static void
compare(struct sf_trial *t, const struct row *r, uint8_t parts[PACKETS][PART])
{
	struct sf_bytes list = sf_bytes(NULL, 0), got;
	uint8_t want[PACKETS * PART];
	unsigned at = 0;

	if (!sf_shim_value(t->words, "frames", &list))
		sf_fail(t, "the reply has no frames");
	if (sf_shim_is(list, "none"))
		list = sf_bytes(NULL, 0);
	for (; sf_take_next(t, &list, &got); at++) {
		size_t n = 0;

		for (unsigned i = 0; at < 3 && i < r->n; i++)
			if ((r->frames[at] >> i & 1) != 0) {
				memcpy(want + n, parts[i], PART);
				n += PART;
			}
		if (n == 0 || got.n != n || memcmp(got.p, want, n) != 0)
			sf_fail(t,
			    "%s: frame %u of %zu octets, which is none of "
			    "what was sent whole",
			    r->what, at + 1, got.n);
	}
	if (!t->stopped && at < 3 && r->frames[at] != 0)
		sf_fail(
		    t, "%s: a frame that came whole is not handed on", r->what);
}

static void
joins(struct sf_trial *t)
{
	const struct row *r = &rows[t->c->i];
	uint8_t parts[PACKETS][PART], packet[12 + 8 + 1 + PART + 4];
	struct sf_line list = { .p = NULL };
	uint16_t seq = r->first;

	for (unsigned i = 0; i < r->n; i++, seq++) {
		sf_fill(t, parts[i], PART);
		seq = (uint16_t)(seq + r->packets[i].skip);
		sf_line_put(&list, i == 0 ? "" : ",");
		sf_line_hex(&list,
		    sf_bytes(packet,
			put_packet(packet, &r->packets[i], seq, parts[i])));
	}
	sf_line_octets(&list, sf_bytes("", 1));
	if (list.failed) {
		sf_fail(t, "no memory for a request");
	} else {
		sf_begin(t, "rtp-join");
		sf_put(t, "packets", list.p);
		sf_ask(t);
		if (sf_must_ok(t, r->what))
			compare(t, r, parts);
	}
	sf_line_free(&list);
}

void
sf_cases_rtp(struct sf_catalogue *k)
{
	static const struct sf_family families[] = {
		/* clang-format off */
		{ "dx-rtp", "draft", "draft", "RTP-12 RTP-13 RTP-14 RTP-18", "Packets are a frame from S to E, or they are dropped", ONCE, ROWS, SF_NEED(RTP), joins },
		/* clang-format on */
	};

	size_t first = k->n;

	sf_catalogue_add(k, families, sizeof(families) / sizeof(families[0]));
	for (size_t i = first; i < k->n; i++)
		k->cases[i].requirements = rows[k->cases[i].i].requirements;
}
