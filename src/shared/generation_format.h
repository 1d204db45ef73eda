/*
 * How a generation lies in its file: a header, then one array per section.
 * For the reader and the writer, which stand beside each other.
 *
 *     header | config | policy | modules | workers | functions | references
 *            | packages | buckets | text
 *
 * Entries name each other by number and name text by its offset in the last
 * section, where every text ends with a NUL.  A function's packages are `count`
 * numbers in `references`, from `first`.
 */
#ifndef GENERATION_FORMAT_H
#define GENERATION_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#define GENERATION_MAGIC "picket 1"

enum generation_section {
	SECTION_CONFIG,     /* struct config, one */
	SECTION_POLICY,     /* struct policy_entry, one */
	SECTION_MODULES,    /* struct module_entry */
	SECTION_WORKERS,    /* struct listed_worker */
	SECTION_FUNCTIONS,  /* struct function_entry */
	SECTION_REFERENCES, /* uint32_t: numbers of packages */
	SECTION_PACKAGES,   /* struct package_entry */
	SECTION_BUCKETS,    /* struct bucket: functions by name */
	SECTION_TEXT,       /* char */
	SECTION_COUNT
};

struct section {
	uint64_t offset; /* a multiple of 8 */
	uint32_t count;
	uint32_t size; /* of each entry */
};

struct generation_header {
	char magic[8];
	uint64_t size; /* of the file */
	struct section sections[SECTION_COUNT];
};

struct text {
	uint32_t offset, len; /* without the NUL */
};

struct policy_entry {
	struct text path, source, options;
};

struct module_entry {
	struct text name, path, source;
};

struct function_entry {
	struct text name;
	uint32_t first, count;
};

struct package_entry {
	struct text name;
	uint32_t hash; /* worker_hash_package() */
};

/* Open addressing: a name is at its hash, or in the first free place after. */
struct bucket {
	uint32_t hash;
	uint32_t function; /* its number + 1; 0: free */
};

/* The bytes of each entry, by section: a file with others is not read. */
extern const uint32_t generation_entry_size[SECTION_COUNT];

/* FNV-1a (Fowler, Noll, Vo), its low bits stirred as the table uses these. */
static inline uint32_t
generation_hash_name(const char *name, size_t len)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)name[i]) * 16777619u;
	return hash ^ hash >> 15;
}

#endif
