/*
 * cmd_header.c - one SFrame header, bit by bit.
 */
#include <string.h>

#include "cli/cmd.h"
#include "cli/output.h"
#include "parsers/sframe/header.h"

#define OCTETS_MAX 65536

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Blanks, colons and 0x in front may stand between octets. */
static bool
read_hex(const char *s, uint8_t *out, size_t *n)
{
	int high = -1;

	*n = 0;
	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		s += 2;
	for (; *s != '\0'; s++) {
		int digit = hex_digit(*s);

		if (digit < 0 && high < 0 && strchr(" \t\n:", *s) != NULL)
			continue;
		if (digit < 0) {
			sf_complain(NULL,
			    "header: HEX is hexadecimal digits, "
			    "with blanks or colons between octets");
			return false;
		}
		if (high < 0) {
			high = digit;
			continue;
		}
		if (*n == OCTETS_MAX) {
			sf_complain(NULL,
			    "header: HEX is above %d octets; "
			    "give the first 17",
			    OCTETS_MAX);
			return false;
		}
		out[(*n)++] = (uint8_t)(high << 4 | digit);
		high = -1;
	}
	if (high >= 0)
		sf_complain(NULL, "header: HEX has an odd number of digits; an "
				  "octet is two");
	else if (*n == 0)
		sf_complain(NULL, "header: HEX has no digits");
	return high < 0 && *n > 0;
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
