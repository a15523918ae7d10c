/*
 * cmd_open.c - opens single frames: hex in and out, or JSON lines.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/frames.h"
#include "cli/hex.h"
#include "cli/output.h"
#include "parsers/sframe/header.h"
#include "report/words.h"

#define IN_VAIN     8     /* frames that nothing explains, and then no more */
#define LAST_OCTETS 65536 /* of a frame kept */

struct opened {
	struct sf_sframe_header header;
	const struct sf_suite *suite;
	struct sf_bytes pt; /* in f->out */
};

static void
keep_last(struct sf_puzzle *p, const struct sf_one *one)
{
	free(p->last);
	p->last = one->octets.n > LAST_OCTETS ? NULL : malloc(one->octets.n);
	p->n = p->last == NULL ? 0 : one->octets.n;
	p->ssrc = (uint32_t)one->ssrc.v;
	if (p->last != NULL)
		memcpy(p->last, one->octets.p, p->n);
}

/*
 * Which mistake explains a frame that did not open? Its tag says so, and where
 * that is short the frame before it has to agree.
 */
static void
look_into(struct sf_frames *f, const struct sf_one *one)
{
	struct sf_puzzle *p = &f->puzzle;
	uint32_t ssrc = (uint32_t)one->ssrc.v;
	bool same = p->last != NULL && p->ssrc == ssrc;

	p->looked = p->in_vain < IN_VAIN;
	if (!p->looked)
		return;
	if (!sf_diagnose(&p->found, &sf_crypto_ossl, f->file, one->octets, 0,
		ssrc, sf_bytes(p->last, same ? p->n : 0), NULL, 0))
		p->in_vain++;
	keep_last(p, one);
}

static bool
open_frame(struct sf_frames *f, const struct sf_one *one, struct opened *out,
    char why[160])
{
	struct sf_opened o;
	struct sf_diag d;

	if (sf_sframe_header_parse(&out->header, one->octets, &d) != SF_OK) {
		snprintf(why, 160, "shorter than its header: %s", d.field);
		return false;
	}
	o = sf_keys_open(f->keys, out->header.kid, out->header.ctr,
	    (uint32_t)one->ssrc.v, out->header.aad, out->header.payload,
	    f->out);
	if (o.status != SF_OPENED) {
		snprintf(why, 160, "%s%" PRIu64,
		    !o.known ? "no key for KID "
		    : o.status == SF_TOO_SHORT
			? "shorter than a tag, under KID "
		    : o.status == SF_FORGED
			? "the tag does not match any key for KID "
			: "the library failed, under KID ",
		    out->header.kid);
		look_into(f, one);
		return false;
	}
	out->suite = sf_suite_by_id(o.suite);
	out->pt =
	    sf_bytes(f->out, out->header.payload.n - out->suite->tag_octets);
	return true;
}

static void
emit_opened(struct sf_emit *e, const struct opened *o)
{
	sf_emit_hex(e, "pt", o->pt);
	sf_emit_u64(e, "kid", o->header.kid);
	sf_emit_u64(e, "ctr", o->header.ctr);
	sf_emit_string(e, "suite", o->suite->name);
}

static bool
open_line(struct sf_frames *f, const struct sf_one *one, struct sf_emit *e,
    char why[160])
{
	struct opened o;

	if (!open_frame(f, one, &o, why))
		return false;
	emit_opened(e, &o);
	return true;
}

static void
complain(const struct sf_puzzle *p, const char *why)
{
	char more[SF_WORDS_MAX] = "";

	if (p->looked)
		sf_words_diagnosis(more, &p->found);
	sf_complain(NULL, "open: %s%s%s", why, p->looked ? "; " : "", more);
}

static enum sf_exit
open_operand(struct sf_frames *f, const struct sf_config *c)
{
	struct sf_emit e = sf_emit(stdout, false);
	struct sf_one one = { .ssrc = c->ssrc };
	struct opened o;
	const char *wrong;
	char why[160] = "";
	size_t n;

	wrong = sf_hex_read(c->operands.v[0], f->in, SF_FRAME_OCTETS, &n);
	if (wrong != NULL) {
		sf_complain(NULL, "open: CIPHERTEXT is %s", wrong);
		return SF_EXIT_USAGE;
	}
	one.octets = sf_bytes(f->in, n);
	if (!open_frame(f, &one, &o, why)) {
		complain(&f->puzzle, why);
		return SF_EXIT_FINDINGS;
	}
	if (!c->json) {
		sf_hex_line(stdout, o.pt);
		return SF_EXIT_OK;
	}
	sf_emit_open(&e, NULL, '{');
	emit_opened(&e, &o);
	sf_emit_close(&e, '{');
	sf_emit_end(&e);
	return SF_EXIT_OK;
}

enum sf_exit
sf_cmd_open(const struct sf_config *c)
{
	static const char *const names[] = { "ct", "ssrc", NULL };
	struct sf_frames f;
	enum sf_exit st;

	if (c->ssrc.v > UINT32_MAX) {
		sf_complain(NULL, "open: --ssrc is above 32 bits");
		return SF_EXIT_USAGE;
	}
	st = sf_frames_init(&f, c);
	if (st == SF_EXIT_OK)
		st = c->operands.n == 1
			 ? open_operand(&f, c)
			 : sf_frames_lines(&f, "ct", names, open_line);
	sf_frames_wipe(&f);
	return st;
}
