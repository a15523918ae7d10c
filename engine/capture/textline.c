#include "engine/capture/textline.h"

#include <string.h>

bool
sf_textline_knows(struct sf_bytes start)
{
	static const char bom[3] = "\xef\xbb\xbf";

	if (start.n < 8)
		return false;
	for (size_t i = 0; i < start.n; i++) {
		uint8_t c = start.p[i];
		bool control = c < 0x20 && c != '\t' && c != '\r' &&
			       c != '\n' && c != 0x1b;

		if (control || c == 0x7f ||
		    (c >= 0x80 && i < 3 && memcmp(start.p, bom, 3) != 0))
			return false;
	}
	return true;
}

size_t
sf_textline_hold(struct sf_source *s, size_t from, struct sf_bytes *line)
{
	size_t looked = from, held = sf_source_hold(s, from + 1);

	while (held > looked) {
		const uint8_t *p = sf_source_held(s).p;
		const uint8_t *end = memchr(p + looked, '\n', held - looked);

		if (end != NULL)
			held = (size_t)(end - p) + 1;
		if (end != NULL || held - from >= SF_LINE_MOST)
			break;
		looked = held;
		held = sf_source_hold(s, held + 1);
	}
	if (held <= from)
		return 0;
	if (held - from > SF_LINE_MOST)
		held = from + SF_LINE_MOST;
	*line = sf_bytes(sf_source_held(s).p + from, held - from);
	return line->n;
}

void
sf_textline_take(struct sf_source *s, struct sf_bytes line)
{
	bool whole = line.p[line.n - 1] == '\n' || line.n < SF_LINE_MOST;

	sf_source_take(s, line.n);
	while (!whole && sf_source_hold(s, 1) != 0) {
		struct sf_bytes held = sf_source_held(s);
		const uint8_t *end = memchr(held.p, '\n', held.n);

		whole = end != NULL;
		sf_source_take(
		    s, end == NULL ? held.n : (size_t)(end - held.p) + 1);
	}
}
