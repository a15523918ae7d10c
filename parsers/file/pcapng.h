/*
 * pcapng.h - the blocks of a pcapng file (draft-ietf-opsawg-pcapng).
 *
 * A block is its head (type and length, 8 octets), a body, and the length once
 * more. A section header is read from its first octet, because the byte order
 * of all that follows is inside; every other parser here reads a body, in the
 * byte order its name ends with. A body that the file cuts off is read as far
 * as it goes: only the fixed fields must be there.
 */
#ifndef SF_PCAPNG_H
#define SF_PCAPNG_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

#define SF_PCAPNG_HEAD_OCTETS 8
#define SF_PCAPNG_LEAST       12 /* octets of the shortest block */

/* block types */
#define SF_PCAPNG_SECTION   0x0a0d0d0au /* the same in either order */
#define SF_PCAPNG_INTERFACE 1u
#define SF_PCAPNG_OBSOLETE  2u /* Packet Block */
#define SF_PCAPNG_SIMPLE    3u
#define SF_PCAPNG_STATS     5u
#define SF_PCAPNG_ENHANCED  6u
#define SF_PCAPNG_SECRETS   10u

/* The head of a block. SF_MALFORMED when octets cannot be the length of one. */
struct sf_pcapng_head {
	uint32_t type;
	uint32_t octets; /* of the whole block; >= 12, a multiple of 4 */
	struct sf_bytes payload;
};

/* A section header block, head included. */
struct sf_pcapng_section {
	bool big; /* integers of this section are big-endian */
	uint32_t octets; /* of the block; >= 28, a multiple of 4 */
	uint16_t major, minor;
	uint64_t section_octets; /* as sent; all ones: not told */
	struct sf_bytes payload; /* options, and what is behind them */
};

/* One option. Call again on payload until that is empty. */
struct sf_pcapng_option {
	uint16_t code; /* 0: the end of options; payload is then empty */
	struct sf_bytes value;
	uint64_t number; /* value as an integer; 0 unless it has 1..8 octets */
	struct sf_bytes payload; /* the options that follow */
};

/* An interface description. */
struct sf_pcapng_interface {
	uint16_t link_type; /* LINKTYPE_ */
	uint32_t snaplen;   /* octets; 0: no limit */
	uint8_t resolution; /* if_tsresol as sent; 6, microseconds, when absent */
	uint8_t fcs_octets; /* if_fcslen; 0 also when not told */
	int64_t offset_s;   /* if_tsoffset, seconds to add to every time */
	bool bad_options;   /* the options end inside one of them */
	struct sf_bytes payload; /* options */
};

enum sf_pcapng_direction {
	SF_PCAPNG_NOT_TOLD,
	SF_PCAPNG_INBOUND,
	SF_PCAPNG_OUTBOUND
};

/* An enhanced packet, or the packet block that it replaced. */
struct sf_pcapng_packet {
	uint32_t interface;
	uint64_t time;      /* units of the interface's resolution */
	uint32_t captured;  /* octets, as sent; data.n when the body has them */
	uint32_t original;  /* octets on the wire, as sent */
	uint64_t dropped;   /* packets lost since the one before, when told */
	enum sf_pcapng_direction direction;
	uint8_t fcs_octets; /* 0: not told */
	struct sf_bytes data; /* min(captured, what is there) */
	struct sf_bytes comment; /* the first one; empty when there is none */
	struct sf_bytes carried; /* what unwrap noted (carried.h), likewise */
	struct sf_bytes payload; /* options */
};

/* A simple packet: interface 0, no time. */
struct sf_pcapng_simple {
	uint32_t original;       /* octets on the wire */
	struct sf_bytes payload; /* the packet, cut or padded */
};

/* Interface statistics. */
struct sf_pcapng_stats {
	uint32_t interface;
	bool has_dropped;
	uint64_t dropped;        /* isb_ifdrop: packets, since the start */
	struct sf_bytes payload; /* options */
};

/* Decryption secrets. */
struct sf_pcapng_secrets {
	uint32_t type;
	struct sf_bytes secrets; /* of a TLS key log: its text */
	struct sf_bytes payload; /* padding and options */
};

#define SF_PCAPNG_TLS_KEY_LOG 0x544c534bu /* type: "TLSK" */

enum sf_status sf_pcapng_section_parse(struct sf_pcapng_section *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/* The same facts, in the two byte orders. */
struct sf_pcapng_head_le {
	struct sf_pcapng_head v;
};
struct sf_pcapng_head_be {
	struct sf_pcapng_head v;
};
struct sf_pcapng_option_le {
	struct sf_pcapng_option v;
};
struct sf_pcapng_option_be {
	struct sf_pcapng_option v;
};
struct sf_pcapng_interface_le {
	struct sf_pcapng_interface v;
};
struct sf_pcapng_interface_be {
	struct sf_pcapng_interface v;
};
struct sf_pcapng_enhanced_le {
	struct sf_pcapng_packet v;
};
struct sf_pcapng_enhanced_be {
	struct sf_pcapng_packet v;
};
struct sf_pcapng_obsolete_le {
	struct sf_pcapng_packet v;
};
struct sf_pcapng_obsolete_be {
	struct sf_pcapng_packet v;
};
struct sf_pcapng_simple_le {
	struct sf_pcapng_simple v;
};
struct sf_pcapng_simple_be {
	struct sf_pcapng_simple v;
};
struct sf_pcapng_stats_le {
	struct sf_pcapng_stats v;
};
struct sf_pcapng_stats_be {
	struct sf_pcapng_stats v;
};
struct sf_pcapng_secrets_le {
	struct sf_pcapng_secrets v;
};
struct sf_pcapng_secrets_be {
	struct sf_pcapng_secrets v;
};

enum sf_status sf_pcapng_head_le_parse(struct sf_pcapng_head_le *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_pcapng_head_be_parse(struct sf_pcapng_head_be *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_pcapng_option_le_parse(struct sf_pcapng_option_le *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_pcapng_option_be_parse(struct sf_pcapng_option_be *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_pcapng_interface_le_parse(struct sf_pcapng_interface_le *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_pcapng_interface_be_parse(struct sf_pcapng_interface_be *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_pcapng_enhanced_le_parse(struct sf_pcapng_enhanced_le *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_pcapng_enhanced_be_parse(struct sf_pcapng_enhanced_be *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_pcapng_obsolete_le_parse(struct sf_pcapng_obsolete_le *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_pcapng_obsolete_be_parse(struct sf_pcapng_obsolete_be *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_pcapng_simple_le_parse(struct sf_pcapng_simple_le *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_pcapng_simple_be_parse(struct sf_pcapng_simple_be *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_pcapng_stats_le_parse(struct sf_pcapng_stats_le *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_pcapng_stats_be_parse(struct sf_pcapng_stats_be *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_pcapng_secrets_le_parse(struct sf_pcapng_secrets_le *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_pcapng_secrets_be_parse(struct sf_pcapng_secrets_be *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
