#include <string.h>

#include "cli/conform/report.h"
#include "report/escape.h"

/* Text of XML 1.0: no character that it forbids is left by the escape. */
void
sf_conform_markup(FILE *f, const char *text)
{
	struct sf_bytes in = sf_bytes(text, strlen(text));

	while (in.n > 0) {
		char one[SF_ESCAPE_MAX];
		size_t n = sf_escape_next(one, &in, SF_ESCAPE_TEXT);

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
