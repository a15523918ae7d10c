/*
 * cmd_header.c - one SFrame header, bit by bit.
 */
#include "cli/cmd.h"
#include "cli/hex.h"
#include "cli/output.h"
#include "parsers/sframe/header.h"

#define OCTETS_MAX 65536

static bool
read_hex(const char *s, uint8_t *out, size_t *n)
{
	const char *why = sf_hex_read(s, out, OCTETS_MAX, n);

	if (why == NULL && *n == 0)
		why = "no digits";
	if (why != NULL)
		sf_complain(NULL, "header: HEX: %s", why);
	return why == NULL;
}

static bool
conforms(struct sf_bytes raw)
{
	struct sf_sframe_header h;
	struct sf_diag d;

	return sf_sframe_header_parse(&h, raw, &d) == SF_OK &&
	       sf_sframe_header_octets(h.kid) == h.kid_octets &&
	       sf_sframe_header_octets(h.ctr) == h.ctr_octets;
}

enum sf_exit
sf_cmd_header(const struct sf_config *c)
{
	struct sf_output out;
	enum sf_exit st;
	struct sf_report_style style;
	uint8_t octets[OCTETS_MAX];
	struct sf_bytes raw;
	size_t n;

	if (!read_hex(c->operands.v[0], octets, &n))
		return SF_EXIT_USAGE;
	st = sf_output_open(&out, c);
	if (st != SF_EXIT_OK)
		return st;
	raw = sf_bytes(octets, n);
	style = sf_output_style(&out, c);
	if (c->format == SF_FORMAT_JSON) {
		sf_header_json(out.f, raw);
	} else {
		fprintf(out.f, "octet  bits       field\n");
		sf_header_tree(out.f, raw, 0, &style);
	}
	return conforms(raw) ? SF_EXIT_OK : SF_EXIT_FINDINGS;
}
