/* Collects what a generation holds, then writes it in one go.  [loader] */
#include "generation_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "generation_format.h"
#include "worker.h"
#include "xmalloc.h"

struct array {
	char *bytes;
	uint32_t count;
	size_t room; /* bytes */
};

struct generation_writer {
	struct array sections[SECTION_COUNT];
};

/* Room for `count` more entries, zeroed, at the end of a section. */
static void *
append(struct generation_writer *writer, enum generation_section number,
    uint32_t count)
{
	struct array *array = &writer->sections[number];
	size_t size = generation_entry_size[number];
	size_t used = array->count * size, needed = used + count * size;

	if (needed > array->room) {
		array->room = needed < 4096 ? 4096 : needed * 2;
		array->bytes = xrealloc(array->bytes, array->room);
	}
	if (needed > used)
		memset(array->bytes + used, 0, needed - used);
	array->count += count;
	return array->bytes + used;
}

static struct text
append_text(struct generation_writer *writer, const char *bytes, size_t len)
{
	struct text text = {
	    writer->sections[SECTION_TEXT].count, (uint32_t)len};

	memcpy(append(writer, SECTION_TEXT, text.len + 1), bytes, len);
	return text;
}

struct generation_writer *
generation_writer_new(void)
{
	struct generation_writer *writer = xcalloc(1, sizeof(*writer));

	append(writer, SECTION_CONFIG, 1);
	append(writer, SECTION_POLICY, 1);
	append(writer, SECTION_TEXT, 1); /* offset 0 is the empty text */
	return writer;
}

void
generation_writer_free(struct generation_writer *writer)
{
	if (writer == NULL)
		return;
	for (int number = 0; number < SECTION_COUNT; number++)
		free(writer->sections[number].bytes);
	free(writer);
}

struct config *
generation_writer_config(struct generation_writer *writer)
{
	return (void *)writer->sections[SECTION_CONFIG].bytes;
}

void
generation_write_policy(struct generation_writer *writer, const char *path,
    const char *source, size_t len, const char *options)
{
	struct policy_entry *policy = (void *)writer->sections[SECTION_POLICY]
					  .bytes;

	policy->path = append_text(writer, path, strlen(path));
	policy->source = append_text(writer, source, len);
	policy->options = append_text(writer, options, strlen(options));
}

void
generation_write_module(struct generation_writer *writer, const char *name,
    const char *path, const char *source, size_t len)
{
	struct module_entry *module = append(writer, SECTION_MODULES, 1);

	module->name = append_text(writer, name, strlen(name));
	module->path = append_text(writer, path, strlen(path));
	module->source = append_text(writer, source, len);
}

void
generation_write_worker(
    struct generation_writer *writer, const struct listed_worker *worker)
{
	memcpy(append(writer, SECTION_WORKERS, 1), worker, sizeof(*worker));
}

uint32_t
generation_write_package(
    struct generation_writer *writer, const char *name, size_t len)
{
	struct package_entry *package = append(writer, SECTION_PACKAGES, 1);

	package->name = append_text(writer, name, len);
	package->hash = worker_hash_package(name, len);
	return writer->sections[SECTION_PACKAGES].count - 1;
}

void
generation_write_function(struct generation_writer *writer, const char *name,
    size_t len, const uint32_t *packages, uint32_t count)
{
	struct function_entry *function = append(writer, SECTION_FUNCTIONS, 1);

	function->name = append_text(writer, name, len);
	function->first = writer->sections[SECTION_REFERENCES].count;
	function->count = count;
	if (count > 0)
		memcpy(append(writer, SECTION_REFERENCES, count), packages,
		    count * sizeof(*packages));
}

/* --- writing out --- */

/* At most half full, so that a search ends soon. */
static void
fill_buckets(struct generation_writer *writer)
{
	uint32_t functions = writer->sections[SECTION_FUNCTIONS].count;
	const char *text = writer->sections[SECTION_TEXT].bytes;
	const struct function_entry
	    *entries = (void *)writer->sections[SECTION_FUNCTIONS].bytes;
	uint32_t count = 1;
	struct bucket *buckets;

	if (functions == 0)
		return;
	while (count < functions * 2)
		count *= 2;
	buckets = append(writer, SECTION_BUCKETS, count);
	for (uint32_t i = 0; i < functions; i++) {
		struct text name = entries[i].name;
		uint32_t hash = generation_hash_name(
		    text + name.offset, name.len);
		uint32_t place = hash & (count - 1);

		while (buckets[place].function != 0)
			place = (place + 1) & (count - 1);
		buckets[place] = (struct bucket){hash, i + 1};
	}
}

static size_t
bytes_of(const struct generation_writer *writer, int number)
{
	return (size_t)writer->sections[number].count *
	       generation_entry_size[number];
}

static void
fill_header(
    const struct generation_writer *writer, struct generation_header *header)
{
	uint64_t offset = (sizeof(*header) + 7) & ~(uint64_t)7;

	memset(header, 0, sizeof(*header));
	memcpy(header->magic, GENERATION_MAGIC, sizeof(header->magic));
	for (int number = 0; number < SECTION_COUNT; number++) {
		const struct array *array = &writer->sections[number];
		size_t bytes = bytes_of(writer, number);

		header->sections[number] = (struct section){
		    offset, array->count, generation_entry_size[number]};
		offset = (offset + bytes + 7) & ~(uint64_t)7;
	}
	header->size = offset;
}

static bool
write_at(int fd, uint64_t offset, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t written = pwrite(fd, bytes, len, (off_t)offset);

		if (written == -1 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		bytes += written;
		len -= (size_t)written;
		offset += (size_t)written;
	}
	return true;
}

int
generation_file(void)
{
	return memfd_create(
	    "picket generation", MFD_ALLOW_SEALING | MFD_CLOEXEC);
}

bool
generation_write_out(struct generation_writer *writer, int fd)
{
	struct generation_header header;

	fill_buckets(writer);
	fill_header(writer, &header);
	if (ftruncate(fd, (off_t)header.size) == -1 ||
	    !write_at(fd, 0, (const char *)&header, sizeof(header)))
		return false;
	for (int number = 0; number < SECTION_COUNT; number++)
		if (!write_at(fd, header.sections[number].offset,
			writer->sections[number].bytes,
			bytes_of(writer, number)))
			return false;
	return fcntl(fd, F_ADD_SEALS,
		   F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) ==
	       0;
}
