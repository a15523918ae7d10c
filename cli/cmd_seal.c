/*
 * cmd_seal.c - protects single frames: hex in and out, or JSON lines.
 */
#include <inttypes.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/frames.h"
#include "cli/hex.h"
#include "cli/output.h"
#include "parsers/sframe/header.h"
#include "report/version.h"

/* Header, ciphertext and tag into f->out. */
static bool
seal(struct sf_frames *f, const struct sf_one *one, size_t *n, char why[160])
{
	size_t header = sf_sframe_header_write(f->out, one->kid.v, one->ctr.v);
	uint16_t suite = one->suite;

	switch (sf_keys_seal(f->keys, one->kid.v, one->ctr.v,
	    (uint32_t)one->ssrc.v, sf_bytes(f->out, header), one->octets,
	    f->out + header, &suite)) {
	case SF_SEALED:
		*n = header + one->octets.n + sf_suite_by_id(suite)->tag_octets;
		return true;
	case SF_SEAL_NO_KEY:
		snprintf(why, 160, "no key for KID %" PRIu64 "%s", one->kid.v,
		    one->suite == 0 ? "" : " in this suite");
		break;
	case SF_SEAL_NO_SUITE:
		snprintf(why, 160,
		    "no cipher suite; write suite into the key file, or give "
		    "--suite");
		break;
	case SF_SEAL_FAILED:
		snprintf(why, 160, "the library failed");
		break;
	}
	return false;
}

static bool
seal_line(struct sf_frames *f, const struct sf_one *one, struct sf_emit *e,
    char why[160])
{
	size_t n;

	if (!one->kid.given || !one->ctr.given) {
		snprintf(
		    why, 160, "%s: missing", one->kid.given ? "ctr" : "kid");
		return false;
	}
	if (!seal(f, one, &n, why))
		return false;
	sf_emit_hex(e, "ct", sf_bytes(f->out, n));
	return true;
}

static enum sf_exit
seal_operand(struct sf_frames *f, const struct sf_config *c)
{
	struct sf_emit e = sf_emit(stdout, false);
	struct sf_one one = {
		.kid = c->key_id, .ctr = c->ctr, .ssrc = c->ssrc
	};
	const char *wrong;
	char why[160] = "";
	size_t n;

	wrong = sf_hex_read(c->operands.v[0], f->in, SF_FRAME_OCTETS, &n);
	if (wrong != NULL) {
		sf_complain(NULL, "seal: PLAINTEXT is %s", wrong);
		return SF_EXIT_USAGE;
	}
	one.octets = sf_bytes(f->in, n);
	if (!seal(f, &one, &n, why)) {
		sf_complain(NULL, "seal: %s", why);
		return SF_EXIT_USAGE;
	}
	if (!c->json) {
		sf_hex_line(stdout, sf_bytes(f->out, n));
		return SF_EXIT_OK;
	}
	sf_emit_open(&e, NULL, '{');
	sf_emit_hex(&e, "ct", sf_bytes(f->out, n));
	sf_emit_close(&e, '{');
	sf_emit_end(&e);
	return SF_EXIT_OK;
}

enum sf_exit
sf_cmd_seal(const struct sf_config *c)
{
	static const char *const names[] = { "pt", "kid", "ctr", "ssrc",
		"suite", NULL };
	struct sf_frames f;
	enum sf_exit st;

	if ((c->operands.n == 1) != (c->key_id.given && c->ctr.given) ||
	    c->key_id.given != c->ctr.given || c->ssrc.v > UINT32_MAX) {
		sf_complain(NULL,
		    c->ssrc.v > UINT32_MAX ? "seal: --ssrc is above 32 bits"
		    : c->operands.n == 1
			? "seal: PLAINTEXT goes with --kid and --ctr"
			: "seal: --kid and --ctr go with PLAINTEXT; lines say "
			  "them for themselves");
		return SF_EXIT_USAGE;
	}
	st = sf_frames_init(&f, c);
	if (st == SF_EXIT_OK)
		st = c->operands.n == 1
			 ? seal_operand(&f, c)
			 : sf_frames_lines(&f, "pt", names, seal_line);
	sf_frames_wipe(&f);
	return st;
}
