/*
 * keys.h - opens frames of formats other than RFC 9605: what the key file says
 * of them, made ready, and what is known of each stream.
 */
#ifndef SF_DIALECT_KEYS_H
#define SF_DIALECT_KEYS_H

#include "engine/classify/runs.h"
#include "engine/config/keyfile.h"
#include "engine/dialect/way.h"

struct sf_dialect_keys;

/* NULL without memory. The key file may be wiped after this. */
struct sf_dialect_keys *sf_dialect_keys_new(
    const struct sf_crypto *c, const struct sf_keyfile *file);
void sf_dialect_keys_free(struct sf_dialect_keys *k); /* wipes; NULL is fine */

/* Of one stream. All zero is ready to use. */
struct sf_dialect_opener {
	bool settled, settled_key; /* clear, clear_key opened a frame */
	int16_t clear, clear_key;
	unsigned scans; /* frames on which more was tried, in vain */
	uint64_t controls, controls_opened;
};

struct sf_dialect_opened {
	enum sf_tried tried;
	const struct sf_way
	    *way;              /* with SF_TRIED_OPENED; NULL: an old header */
	struct sf_sight sight; /* with way */
	struct sf_placing placing; /* without; r->header is set then */
};

/*
 * Puts a frame to the keys of every format that it reads as. Sets r->entry when
 * it opened, and r->header.at to the octets left in the clear.
 */
struct sf_dialect_opened sf_dialect_open(struct sf_dialect_opener *o,
    struct sf_dialect_keys *k, struct sf_record *r, struct sf_bytes frame,
    uint32_t ssrc);

/* A frame of this format and key id that did not open: was there a key for
   it? SF_TRIED_NOT: none of the format. */
enum sf_tried sf_dialect_keys_tried(const struct sf_dialect_keys *k,
    enum sf_dialect d, uint64_t kid, uint32_t ssrc);

/* Is there a key of this format? */
bool sf_dialect_keys_any(
    const struct sf_dialect_keys *k, enum sf_dialect d, uint32_t ssrc);

#endif
