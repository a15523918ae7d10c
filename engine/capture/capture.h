/*
 * capture.h - packets out of a capture file or standard input, in one pass.
 *
 * pcap (either byte order, microseconds, nanoseconds, modified), pcapng
 * (sections in either order, several interfaces), Janus recordings, rtpdump and
 * text with packets in it are told apart by content, gzip or zstd around any.
 * Memory: one buffer of 256 KiB, grown for a record larger than that, up to
 * 16 MiB, and for a look of 4 MiB ahead into a log; what carries no packet is
 * passed over without being held. Unpacking takes another buffer, and of zstd
 * the window that the file asks for, up to 128 MiB.
 */
#ifndef SF_CAPTURE_H
#define SF_CAPTURE_H

#include "engine/model.h"
#include "engine/sdp/sdplog.h"
#include "parsers/base/diag.h"

enum sf_capture_status {
	SF_CAPTURE_OK,      /* a packet, or an open file */
	SF_CAPTURE_END,     /* the end, nothing amiss */
	SF_CAPTURE_DAMAGED, /* no more can be read; what came before is good */
	SF_CAPTURE_UNKNOWN, /* open: no format that we know */
	SF_CAPTURE_EMPTY,   /* open: not one octet */
	SF_CAPTURE_SYSTEM   /* the system refused; error_number tells why */
};

#define SF_CAPTURE_LINKS 8 /* distinct link types remembered */

#define SF_CAPTURE_PROCESSES 200 /* distinct ones told apart in a log */

/* What the times of a file are. */
enum sf_clock {
	SF_CLOCK_UTC,
	SF_CLOCK_LOCAL,   /* local time of a zone that is not told, taken as UTC */
	SF_CLOCK_NO_DATE  /* a day or a year is missing: counted from 1970 */
};

/* How often; where first and last: a packet's number and its time. */
struct sf_carried_tally {
	uint64_t n, first, last;
	int64_t first_ns, last_ns;
};

#define SF_CARRIED_TALLIES (SF_OPAQUES + 4 + SF_LIMITS)

/* What unwrap notes of that which it does not write (carried.h): numbers of 64
   bits without exception. */
struct sf_carried_totals {
	struct sf_accounting accounting;
	struct sf_dtls_facts dtls;
	uint64_t unsupported_links, data_packets, data_messages, pieces;
	uint64_t peeled[SF_VIA_KINDS];
	struct sf_carried_tally tallies[SF_CARRIED_TALLIES];
	uint64_t clock, data, redacted, crowded; /* of its files */
	uint64_t damaged; /* packets up to there; 0: no damage */
};

#define SF_CARRIED_TOTALS (sizeof(struct sf_carried_totals) / 8)

/* What is known of the file so far; complete after END or DAMAGED. */
struct sf_capture_info {
	const char *format;       /* "pcap", "mjr", ...; static; NULL before open */
	char packing[40];         /* "gzip", "zstd in gzip", ... around it; empty:
	                             nothing */
	const char *hint;         /* UNKNOWN: what it looks like and what to do, e.g.
	                             "gzip: unpack it first"; static; may be NULL */
	uint16_t links[SF_CAPTURE_LINKS];
	unsigned n_links;
	uint64_t packets;         /* in the file, before any filter */
	uint64_t octets;          /* read from the file */
	uint64_t filtered;        /* packets that the filter left out */
	uint64_t unfilterable;    /* of these, packets of links on which the filter
	                             means nothing */
	uint64_t dropped;         /* reported lost by the capturing side */
	uint64_t data_packets;    /* of a data channel, no RTP among them */
	uint64_t redacted;        /* packets whose payload the writer zeroed */
	unsigned processes;       /* whose packets are in a log, told apart by
	                             sf_wrap_near_of() and _far_of(); 0: not told */
	uint32_t process_ids[SF_CAPTURE_PROCESSES];
	uint64_t processes_lost;  /* packets of any beyond that, as of the last */
	enum sf_clock clock;
	bool recording;           /* made by an SFU to be played again */
	bool has_media;
	struct sf_media media;    /* what the file says of its RTP, if it does */
	bool carried;             /* unwrap wrote it, and: */
	struct sf_carried_totals totals; /* of what it did not write; all 0
	                             when that is not in the file */
	int64_t first_ns, last_ns; /* of packets; both 0 when there were none */
	bool damaged;
	uint64_t damaged_at;      /* octet offset in the file, or: */
	bool damaged_inside;      /* in what was unpacked */
	struct sf_diag diag;      /* why, when damaged */
	int error_number;         /* errno of SF_CAPTURE_SYSTEM */
	bool has_sha256;
	uint8_t sha256[32];       /* of all octets, once the end was reached */
};

struct sf_capture;

struct sf_capture_options {
	const char *filter;  /* a BPF expression, or NULL */
	bool want_sha256;    /* hash the file while it is read */
	uint32_t input;      /* goes into every sf_place */
	/* Takes the text of a TLS key log inside the file (pcapng), which is
	   good for the call; NULL: such blocks are passed over. */
	void (*secrets)(void *ctx, struct sf_bytes text);
	void *secrets_ctx;
	/* Takes the session descriptions among the lines of a log, each before
	   the packets behind it; NULL: they are passed over. */
	sf_sdplog_sink *descriptions;
	void *descriptions_ctx;
};

/*
 * Opens path ("-" is standard input). On SF_CAPTURE_OK *out is a capture to be
 * closed; on any other outcome *out is still set (unless memory ran out, then
 * NULL) so that sf_capture_info() can tell why, and must be closed too.
 * options and its strings must outlive the capture. A filter is compiled for a
 * link type when the first packet of that type arrives: see
 * sf_capture_filter_check() to have it judged before.
 */
enum sf_capture_status sf_capture_open(struct sf_capture **out,
    const char *path, const struct sf_capture_options *options) SF_MUST_USE;

/*
 * The same for octets in memory, which must outlive the capture. With piece 0
 * they are used in place; else they come through the buffer, piece octets at a
 * time, as they would from a slow pipe. The result is the same.
 */
enum sf_capture_status sf_capture_open_memory(struct sf_capture **out,
    struct sf_bytes octets, size_t piece,
    const struct sf_capture_options *options) SF_MUST_USE;

/*
 * The session descriptions of a file that is text, which is read from end to
 * end; nothing of any other. Returns whether it is text. What is wrong with a
 * file shows when it is opened.
 */
bool sf_capture_descriptions(
    const char *path, sf_sdplog_sink *sink, void *ctx);

/* The key logs inside of a file of pcapng, which is read from end to end;
   nothing of any other. What is wrong with it shows when it is opened. */
void sf_capture_secrets(const char *path,
    void (*secrets)(void *ctx, struct sf_bytes text), void *ctx);

/* The next packet; its octets are good until the next call. */
enum sf_capture_status sf_capture_next(
    struct sf_capture *c, struct sf_packet *out) SF_MUST_USE;

const struct sf_capture_info *sf_capture_info(const struct sf_capture *c);

void sf_capture_close(struct sf_capture *c); /* NULL is fine */

/*
 * Returns false when the expression is not a filter for Ethernet; message gets
 * libpcap's words.
 */
bool sf_capture_filter_check(
    const char *filter, char *message, size_t message_size);

/* libpcap's name ("EN10MB") for a link type, or NULL. Static. */
const char *sf_capture_link_name(uint16_t link_type);

/* The version string of libpcap. Static. */
const char *sf_capture_library(void);

#endif
