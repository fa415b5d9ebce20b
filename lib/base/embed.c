/*
 * Host tool: embed NAME SOURCE HEADER FILE… writes the files as a table of struct embedded. SQL,
 * HTML and the like stay files that their readers can edit; the programs need no data directory
 * to find them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
die(const char *what, const char *path)
{
	fprintf(stderr, "embed: %s %s\n", what, path);
	exit(1);
}

static size_t
write_bytes(FILE *out, const char *path)
{
	FILE *in = fopen(path, "rb");
	size_t size = 0;
	int byte;

	if (!in)
		die("cannot read", path);
	while ((byte = fgetc(in)) != EOF)
		fprintf(out, "%d,%s", byte, ++size % 24 ? "" : "\n");
	if (ferror(in))
		die("cannot read", path);
	fclose(in);
	fprintf(out, "0};\n");
	return size;
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void
write_source(const char *name, const char *path, char **files, int count)
{
	FILE *out = fopen(path, "w");
	size_t *sizes = calloc((size_t)count + 1, sizeof(*sizes));

	if (!out || !sizes)
		die("cannot write", path);
	fprintf(out, "#include \"%s.h\"\n", name);
	for (int i = 0; i < count; i++) {
		fprintf(out, "static const unsigned char file_%d[] = {\n", i);
		sizes[i] = write_bytes(out, files[i]);
	}
	fprintf(out, "const struct embedded %s[] = {\n", name);
	for (int i = 0; i < count; i++)
		fprintf(out, "\t{\"%s\", {(const char *)file_%d, %zu}},\n", base_name(files[i]), i,
			sizes[i]);
	fprintf(out, "};\nconst size_t %s_count = %d;\n", name, count);
	free(sizes);
	if (fclose(out) != 0)
		die("cannot write", path);
}

int
main(int argc, char **argv)
{
	FILE *header;

	if (argc < 5) {
		fprintf(stderr, "usage: embed NAME SOURCE HEADER FILE...\n");
		return 2;
	}
	write_source(argv[1], argv[2], argv + 4, argc - 4);
	header = fopen(argv[3], "w");
	if (!header)
		die("cannot write", argv[3]);
	fprintf(header, "#pragma once\n#include \"base/embedded.h\"\n");
	fprintf(header, "extern const struct embedded %s[];\nextern const size_t %s_count;\n",
		argv[1], argv[1]);
	return fclose(header) == 0 ? 0 : 1;
}
