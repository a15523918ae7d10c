/*
 * stun.h - STUN messages (RFC 8489 5 and 14), one attribute at a time, and the
 * ChannelData messages of TURN (RFC 8656 12.4).
 */
#ifndef SF_STUN_H
#define SF_STUN_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"
#include "parsers/net/addr.h"

#define SF_STUN_HEADER 20

/* Message types, class and method together (RFC 8656 17). */
enum sf_stun_type {
	SF_STUN_SEND = 0x0016,
	SF_STUN_DATA = 0x0017,
	SF_STUN_CHANNEL_BIND = 0x0009
};

struct sf_stun {
	uint16_t type;
	uint16_t octets;            /* of the attributes, as told */
	struct sf_bytes id;         /* cookie and transaction id, 16 octets */
	struct sf_bytes attributes; /* up to the length told */
	struct sf_bytes payload;    /* behind the message */
};

/* SF_MALFORMED: no magic cookie, or a length that is no multiple of 4. */
enum sf_status sf_stun_parse(
    struct sf_stun *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

enum sf_stun_attr_type {
	SF_STUN_CHANNEL_NUMBER = 0x000c,
	SF_STUN_XOR_PEER_ADDRESS = 0x0012,
	SF_STUN_ATTR_DATA = 0x0013
};

struct sf_stun_attr {
	uint16_t type;
	struct sf_bytes value;
	struct sf_bytes payload; /* the attributes that follow */
};

enum sf_status sf_stun_attr_parse(struct sf_stun_attr *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

/*
 * The address in the value of an XOR- attribute (RFC 8489 14.2); id as in
 * struct sf_stun. False when it is none.
 */
bool sf_stun_address(
    struct sf_addr *out, struct sf_bytes value, struct sf_bytes id);

struct sf_channel_data {
	uint16_t channel; /* 0x4000..0x7fff; RFC 8656 stops at 0x4fff */
	struct sf_bytes data;
	struct sf_bytes
	    payload; /* behind it: padding, over TCP more messages */
};

/* SF_MALFORMED: no channel number. */
enum sf_status sf_channel_data_parse(struct sf_channel_data *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
