#include <string.h>

#include "cli/conform/report.h"
#include "report/escape.h"

/* The next character of the text, escaped; of a command a backslash as it is. */
static size_t
next(char out[SF_ESCAPE_MAX], struct sf_bytes *in, bool command)
{
	if (!command || in->p[0] != '\\')
		return sf_escape_next(out, in, SF_ESCAPE_TEXT);
	out[0] = '\\';
	*in = sf_bytes(in->p + 1, in->n - 1);
	return 1;
}

/* Text of XML 1.0: no character that it forbids is left by the escape. */
static void
put(FILE *f, const char *text, bool command)
{
	struct sf_bytes in = sf_bytes(text, strlen(text));

	while (in.n > 0) {
		char one[SF_ESCAPE_MAX];
		size_t n = next(one, &in, command);

		for (size_t i = 0; i < n; i++)
			switch (one[i]) {
			case '&':
				fputs("&amp;", f);
				break;
			case '<':
				fputs("&lt;", f);
				break;
			case '>':
				fputs("&gt;", f);
				break;
			case '"':
				fputs("&quot;", f);
				break;
			default:
				fputc(one[i], f);
				break;
			}
	}
}

void
sf_conform_markup(FILE *f, const char *text)
{
	put(f, text, false);
}

void
sf_conform_markup_command(FILE *f, const char *text)
{
	put(f, text, true);
}
