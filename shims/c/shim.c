/*
 * shim.c - our own library behind SFS/1, a program of its own:
 *
 *	sframe-tool conform -- build/release/shims/sframe-tool
 */
#include <stdio.h>
#include <stdlib.h>

#include "engine/shim/serve.h"

int
main(void)
{
	struct sf_serve *s = sf_serve_new(&sf_crypto_ossl);
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	bool bye = false;

	while (!bye && s != NULL && (n = getline(&line, &room, stdin)) > 0) {
		struct sf_bytes reply;

		if (line[n - 1] == '\n')
			n--;
		reply = sf_serve_answer(s, sf_bytes(line, (size_t)n), &bye);
		if (reply.n == 0)
			return 1;
		fwrite(reply.p, 1, reply.n, stdout);
		putchar('\n');
		if (fflush(stdout) != 0)
			return 1;
	}
	free(line);
	sf_serve_free(s);
	return s == NULL;
}
