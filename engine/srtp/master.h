/*
 * master.h - one SRTP master key made ready, and one packet opened with it.
 *
 * Contexts are made once for each master key; they serve every SSRC and both
 * RTP and RTCP. Nothing here knows of rollover counters or of which key is
 * whose: engine/srtp/srtp.c does.
 */
#ifndef SF_SRTP_MASTER_H
#define SF_SRTP_MASTER_H

#include "engine/crypto/srtp.h"

#define SF_SRTP_PACKET_MAX 65536 /* octets; no datagram is larger */

struct sf_srtp_master {
	const struct sf_srtp_crypto *crypto;
	const struct sf_srtp_profile *profile;
	struct sf_srtp_key *rtp, *rtcp;
	uint8_t rtp_salt[SF_SRTP_SALT], rtcp_salt[SF_SRTP_SALT];
	uint8_t mki;   /* octets of the MKI in each packet */
	bool rtp_clear; /* UNENCRYPTED_SRTP: authenticated alone, RFC 4568 6.3.4 */
};

/* False when the library failed; *m is then to be wiped no more. */
bool sf_srtp_master_init(struct sf_srtp_master *m,
    const struct sf_srtp_crypto *c, const struct sf_srtp_profile *p,
    const struct sf_srtp_kdf *kdf) SF_MUST_USE;
void sf_srtp_master_wipe(struct sf_srtp_master *m); /* all zeros is fine */

/* Where things are in an RTP packet, which SRTP leaves in the clear. */
struct sf_srtp_shape {
	struct sf_bytes whole;
	size_t csrc;   /* octets of the CSRC list */
	size_t head;   /* octets up to what is enciphered, Cryptex not thought of */
	uint32_t ssrc;
	uint16_t seq;
	bool cryptex;  /* RFC 9335: profile C0DE or C2DE */
};

/* SF_OK, or why this is no RTP packet. */
enum sf_status sf_srtp_shape_of(
    struct sf_srtp_shape *out, struct sf_bytes in) SF_MUST_USE;

/*
 * Authenticates and deciphers one packet; out has room for as many octets as
 * it has, and *n of them are the packet without SRTP. On any outcome but
 * SF_OPENED nothing of out means anything, and no plaintext is in it.
 */
enum sf_open_status sf_srtp_master_rtp(struct sf_srtp_master *m,
    const struct sf_srtp_shape *s, uint32_t roc, uint8_t *out, size_t *n);
enum sf_open_status sf_srtp_master_rtcp(
    struct sf_srtp_master *m, struct sf_bytes in, uint8_t *out, size_t *n);

#endif
