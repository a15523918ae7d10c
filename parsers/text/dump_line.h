/*
 * dump_line.h - one line of a text in which packets stand as hexadecimal
 * octets: RTP dumps of Chromium and Firefox, Janus, Wireshark's text2pcap, xxd.
 * Call again on payload until that is empty.
 *
 *	O 00:00:44.840 0000 b0 61 04 52 ... # RTP_DUMP
 *	... RTP_PACKET|>> I 19:57:33.754713  000000 90 f8 76 47 ...
 *	I 19:50:14.329673 000000  90 ef 47 ... JANUS_TEXT2PCAP_RTP [session=1]
 *	000010 01 02 03 04
 *
 * A line that is none of these is well formed too: it has no octets.
 */
#ifndef SF_DUMP_LINE_H
#define SF_DUMP_LINE_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

/* The word beside the octets that tells what they are. */
enum sf_dump_tag {
	SF_DUMP_NO_TAG,
	SF_DUMP_CHROMIUM,      /* RTP_DUMP: RTP or RTCP */
	SF_DUMP_CHROMIUM_SCTP, /* SCTP_PACKET */
	SF_DUMP_FIREFOX,       /* RTP_PACKET, RTCP_PACKET */
	SF_DUMP_JANUS,         /* JANUS_TEXT2PCAP_RTP, _RTCP */
	SF_DUMP_JANUS_DATA     /* JANUS_TEXT2PCAP_DATA: of a data channel */
};

struct sf_dump_line {
	struct sf_bytes text; /* the line without its end */
	struct sf_bytes
	    before;          /* of text: what stands in front of the dump; all
	                            of it when there is none */
	struct sf_bytes hex; /* from the first digit to the last; empty when
	                            the line has no octets */
	size_t octets;       /* whole octets in hex */
	bool half;           /* a lone digit follows them: the line was cut */
	enum sf_dump_tag tag;
	char direction; /* 'I', 'O', or 0: not told */
	bool timed;     /* hour to fraction_digits are set */
	uint8_t hour, minute, second;
	uint32_t fraction; /* the digits behind the point as a number ... */
	uint8_t fraction_digits; /* ... and how many these are, 9 at most */
	bool has_offset;         /* the column in front of the octets */
	uint64_t offset;
	struct sf_bytes payload; /* the lines that follow */
};

/* SF_SHORT when there is no octet at all. */
enum sf_status sf_dump_line_parse(struct sf_dump_line *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

/* The octets of l.hex; to has room for l.octets. */
void sf_dump_line_decode(const struct sf_dump_line *l, uint8_t *to);

#endif
