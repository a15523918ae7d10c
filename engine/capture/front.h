/*
 * front.h - one capture file format behind engine/capture/capture.h.
 * Internal to the capture reader.
 *
 * A front end is a row of functions. A further format is a further row in
 * capture.c; a wrapping (compression) is a further kind of sf_source.
 */
#ifndef SF_FRONT_H
#define SF_FRONT_H

#include "engine/capture/carried.h"
#include "engine/capture/source.h"
#include "engine/capture/wrap.h"

#define SF_SNIFF_OCTETS  64                 /* what a format is told by */
#define SF_RECORD_OCTETS ((size_t)16 << 20) /* the largest packet */
#define SF_INTERFACES    1024               /* of a section of pcapng */

/* What all front ends share. */
struct sf_reader {
	struct sf_source source;
	struct sf_capture_info info;
	uint32_t input;
	void (*secrets)(void *ctx, struct sf_bytes text); /* may be NULL */
	void *secrets_ctx;
	struct sf_sdplog *sdplog; /* is shown each line of text; NULL: none */
	struct sf_carried_read carried; /* of the packet just given */
	bool timed;  /* some packet had a time */
	bool ended;  /* the packet just given is the last: info tells the damage */
	void *state; /* of the front end, made by open, freed by free() */
};

struct sf_front {
	const char *name; /* info.format */

	/* start: the first octets of the input, up to SF_SNIFF_OCTETS */
	bool (*knows)(struct sf_bytes start);

	/* OK; or UNKNOWN and info.hint, or SYSTEM and source.error. */
	enum sf_capture_status (*open)(struct sf_reader *r);

	/* OK and a packet, END, or what sf_reader_stop() returned. */
	enum sf_capture_status (*next)(
	    struct sf_reader *r, struct sf_packet *out);
};

extern const struct sf_front sf_front_pcap;
extern const struct sf_front sf_front_pcapng;
extern const struct sf_front sf_front_mjr;
extern const struct sf_front sf_front_rtpdump;
extern const struct sf_front
    sf_front_text; /* takes any text: the last to ask */

/* A record, in the words of its file. */
struct sf_record {
	struct sf_bytes data; /* as much of it as there is */
	uint64_t captured;    /* octets in the file */
	uint64_t original;    /* octets on the wire */
	unsigned fcs_octets;  /* of these, at the end: checksum */
	uint16_t link_type;
	bool timed;
	int64_t time_ns; /* when timed */
	enum sf_direction direction;
	struct sf_bytes comment; /* whole; empty: none */
	struct sf_bytes carried; /* what unwrap noted; empty: nothing */
};

/* The state of a front end, zeroed, which goes with the reader. NULL without
   memory: open() then returns SF_CAPTURE_SYSTEM. */
void *sf_reader_state(struct sf_reader *r, size_t octets);

/* Counts the record and makes it a packet. */
void sf_reader_deliver(
    struct sf_reader *r, struct sf_packet *out, const struct sf_record *record);

/* Notes that nothing can be read from offset at on; returns DAMAGED. */
enum sf_capture_status sf_reader_stop(
    struct sf_reader *r, uint64_t at, const struct sf_diag *d);

/* The same for a record that the end of the input cut off: when enough of it
   is there, it is the last packet, and OK is returned. */
enum sf_capture_status sf_reader_cut(struct sf_reader *r, struct sf_packet *out,
    const struct sf_record *record, uint64_t at, const struct sf_diag *d);

#define SF_BARE_ROOM (SF_WRAP_UDP4 + SF_WRAP_MOST)

/* A datagram of a file that holds nothing around them. */
struct sf_bare {
	struct sf_bytes octets;  /* in room behind SF_WRAP_UDP4, or elsewhere */
	size_t original;         /* octets that it had */
	struct sf_addr src, dst; /* of IPv4 */
	bool data;               /* of a data channel, and no RTP */
	bool timed;
	int64_t time_ns;
	enum sf_direction direction;
	uint8_t *room; /* SF_BARE_ROOM; the packet is made there */
};

/* The same as sf_reader_deliver() and sf_reader_cut() for such a one. */
void sf_reader_bare(
    struct sf_reader *r, struct sf_packet *out, const struct sf_bare *b);
enum sf_capture_status sf_reader_bare_cut(struct sf_reader *r,
    struct sf_packet *out, const struct sf_bare *b, uint64_t at,
    const struct sf_diag *d);

/* Notes that the file has packets of this link type. */
void sf_reader_link(struct sf_reader *r, uint16_t link_type);

#endif
