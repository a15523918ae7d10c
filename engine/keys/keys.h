/*
 * keys.h - key material by KID: who owns it, made ready once, wiped at the end.
 *
 * A KID is untrusted until a tag has verified: what it makes us derive is
 * bounded and cached, and a ratchet moves on only behind a frame that opened.
 */
#ifndef SF_KEYS_H
#define SF_KEYS_H

#include "engine/config/keyfile.h"
#include "engine/crypto/kdf.h"

struct sf_keys;

/* Ratchet steps that are derived ahead of the last one that opened a frame:
   2^R - 1 (RFC 9605 5.1), and of ours no more than this. A KID far ahead costs
   a derivation for each step on the way: of these there are SF_RATCHET_WORK
   until a frame opens that far ahead. */
#define SF_RATCHET_AHEAD 65535
#define SF_RATCHET_WORK  (8 * (SF_RATCHET_AHEAD + 1))

/* NULL without memory. The key file may be wiped after this. */
struct sf_keys *sf_keys_new(
    const struct sf_crypto *c, const struct sf_keyfile *file);
void sf_keys_free(struct sf_keys *k); /* wipes; NULL is fine */

/* Is there any key that this KID on this SSRC could mean? Schemes looked
   through: a ratchet step ahead within the window, a sender of an epoch. */
bool sf_keys_has(const struct sf_keys *k, uint64_t kid, uint32_t ssrc);

/* Is there a key for this KID but for the ratchet steps that lead to it, which
   are more than are followed? */
bool sf_keys_too_far(const struct sf_keys *k, uint64_t kid, uint32_t ssrc);

struct sf_opened {
	enum sf_open_status status; /* SF_FORGED: no key opened it */
	bool known;     /* there was a key to try; when not, SF_FORGED */
	uint16_t suite; /* with SF_OPENED; then pt holds ct.n less its tag */
	unsigned entry; /* with SF_OPENED: index in the key file */
	/* with SF_OPENED: tells this derived key from others and nothing of it;
	   the first octets of a digest of key and salt, never 0 */
	uint64_t fingerprint;
	uint32_t ready; /* with SF_OPENED: numbers the key that was ready, among
	                   all that ever are; never 0 */
};

/*
 * Tries every key that (kid, ssrc) could mean, in every suite that is still
 * open for it, on ct (ciphertext and tag) behind header. The one that opens is
 * tried first from then on. pt may be NULL; it has room for ct.n octets.
 */
struct sf_opened sf_keys_open(struct sf_keys *k, uint64_t kid, uint64_t ctr,
    uint32_t ssrc, struct sf_bytes header, struct sf_bytes ct, uint8_t *pt);

/*
 * The same without plaintext, for a frame that the ready key of that number has
 * opened already (sf_twin_opens): when it comes to that key, the cipher is not
 * asked again. 0: none has.
 */
struct sf_opened sf_keys_open_again(struct sf_keys *k, uint64_t kid,
    uint64_t ctr, uint32_t ssrc, struct sf_bytes header, struct sf_bytes ct,
    uint32_t ready);

/*
 * A ready key once more, for another thread than that of its sf_keys: by
 * itself, but for the metadata, which has to outlive it.
 */
struct sf_twin;

/* Of the key that opened the last frame. NULL when there is none, or the
   library failed. The caller ends it. */
struct sf_twin *sf_keys_twin(struct sf_keys *k);
uint32_t sf_twin_ready(const struct sf_twin *t); /* its number */
/* As sf_keys_open(), of the SSRC that it was made for. False for another KID. */
bool sf_twin_opens(const struct sf_twin *t, uint64_t kid, uint64_t ctr,
    struct sf_bytes header, struct sf_bytes ct);
void sf_twin_free(struct sf_twin *t); /* wipes; NULL is fine */

enum sf_sealed {
	SF_SEALED,
	SF_SEAL_NO_KEY,   /* nothing fits the KID, SSRC and suite */
	SF_SEAL_NO_SUITE, /* nobody says which suite */
	SF_SEAL_FAILED    /* the library did */
};

/*
 * Seals pt under the first key in the file that fits. *suite is the one to be
 * used, or 0 to take what the file says; with SF_SEALED it is the one that
 * was. out has room for pt.n octets and SF_TAG_MAX. Whether this CTR has been
 * used before is for the caller to know.
 */
enum sf_sealed sf_keys_seal(struct sf_keys *k, uint64_t kid, uint64_t ctr,
    uint32_t ssrc, struct sf_bytes header, struct sf_bytes pt, uint8_t *out,
    uint16_t *suite);

/*
 * The negative control: does the frame open under its key changed in one bit,
 * which it must not? Of a frame that does not open at all, that is asked of the
 * first key in the file that fits, in every suite it may have.
 */
bool sf_keys_control(struct sf_keys *k, uint64_t kid, uint64_t ctr,
    uint32_t ssrc, struct sf_bytes header, struct sf_bytes ct);

#endif
