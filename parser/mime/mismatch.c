/* SPDX-License-Identifier: ISC */
/*
 * Types that do not go together; see mismatch.h.  A declared type, an extension
 * and a content each stand for a set of classes, and the empty one for "not
 * known": what is known has to have one in common.
 */
#include "parser/mime/mismatch.h"

#include "parser/mime/name.h"

#define BIT(class) (1U << KIND_CLASS_##class)

#define OFFICE (BIT(CONTAINER) | BIT(DOCUMENT) | BIT(MACRO) | BIT(ENCRYPTED))
/* Archives are said to be of many kinds, and containers are archives. */
#define PACKED \
	(BIT(ARCHIVE) | BIT(CONTAINER) | BIT(DISK_IMAGE) | BIT(ENCRYPTED))
#define WRITTEN                                                      \
	(BIT(ACTIVE) | BIT(SCRIPT) | BIT(MESSAGE) | BIT(ENCRYPTED) | \
	    BIT(DOCUMENT))

/* With which nothing else is to be confused. */
#define GRAVE (BIT(EXECUTABLE) | BIT(SCRIPT) | BIT(DISK_IMAGE) | BIT(ARCHIVE))

struct known {
	const char *name;
	unsigned int classes;
};

/* Of types, or the beginnings of their names. */
static const struct known types[] = {
    {"application/gzip", PACKED},
    {"application/java-archive", PACKED | BIT(EXECUTABLE)},
    {"application/msword", OFFICE},
    {"application/pdf", BIT(DOCUMENT)},
    {"application/rtf", BIT(DOCUMENT)},
    {"application/vnd.ms-", OFFICE | BIT(ARCHIVE)},
    {"application/vnd.oasis", OFFICE | BIT(ARCHIVE)},
    {"application/vnd.openxml", OFFICE | BIT(ARCHIVE)},
    {"application/x-7z", PACKED},
    {"application/x-bzip", PACKED},
    {"application/x-compress", PACKED},
    {"application/x-dosexec", BIT(EXECUTABLE)},
    {"application/x-gzip", PACKED},
    {"application/x-iso", PACKED},
    {"application/x-msdownload", BIT(EXECUTABLE)},
    {"application/x-rar", PACKED},
    {"application/x-sh", BIT(SCRIPT)},
    {"application/x-tar", PACKED},
    {"application/x-zip", PACKED},
    {"application/zip", PACKED},
    {"audio/", BIT(MEDIA)},
    {"image/svg", BIT(ACTIVE)},
    {"image/", BIT(MEDIA) | BIT(ACTIVE)},
    {"text/", WRITTEN},
    {"video/", BIT(MEDIA)},
};

static const struct known extensions[] = {
    {"7z", PACKED},
    {"avi", BIT(MEDIA)},
    {"bmp", BIT(MEDIA)},
    {"bz2", PACKED},
    {"cab", PACKED},
    {"csv", WRITTEN},
    {"dll", BIT(EXECUTABLE)},
    {"doc", OFFICE | WRITTEN},
    {"docm", OFFICE | BIT(ARCHIVE)},
    {"docx", OFFICE | BIT(ARCHIVE)},
    {"exe", BIT(EXECUTABLE)},
    {"gif", BIT(MEDIA)},
    {"gz", PACKED},
    {"htm", WRITTEN},
    {"html", WRITTEN},
    {"img", PACKED},
    {"iso", PACKED},
    {"jar", PACKED | BIT(EXECUTABLE)},
    {"jpeg", BIT(MEDIA)},
    {"jpg", BIT(MEDIA)},
    {"mp3", BIT(MEDIA)},
    {"mp4", BIT(MEDIA)},
    {"odt", OFFICE | BIT(ARCHIVE)},
    {"pdf", BIT(DOCUMENT)},
    {"png", BIT(MEDIA)},
    {"ppt", OFFICE},
    {"pptx", OFFICE | BIT(ARCHIVE)},
    {"rar", PACKED},
    {"rtf", BIT(DOCUMENT)},
    {"scr", BIT(EXECUTABLE)},
    {"sh", BIT(SCRIPT)},
    {"tar", PACKED},
    {"tgz", PACKED},
    {"txt", WRITTEN},
    {"wav", BIT(MEDIA)},
    {"xls", OFFICE | WRITTEN},
    {"xlsm", OFFICE | BIT(ARCHIVE)},
    {"xlsx", OFFICE | BIT(ARCHIVE)},
    {"xz", PACKED},
    {"zip", PACKED},
};

static unsigned int
classes_of_type(struct span type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		size_t len = strlen(types[i].name);

		if (type.len >= len &&
		    memcmp(type.ptr, types[i].name, len) == 0)
			return types[i].classes;
	}
	return 0;
}

static unsigned int
classes_of_extension(struct span ext)
{
	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]);
	     i++) {
		if (ext.len == strlen(extensions[i].name) &&
		    memcmp(ext.ptr, extensions[i].name, ext.len) == 0)
			return extensions[i].classes;
	}
	return 0;
}

static unsigned int
classes_of_content(const struct kinds *set)
{
	unsigned int classes = 0;

	for (enum kind k = 0; k < KIND_COUNT; k++) {
		if (kinds_has(set, k))
			classes |= 1U << kind_class(k);
	}
	return classes & ~BIT(NONE);
}

/* What a type or extension says: text may be a script, and an office document
 * an archive, without being grave. */
static bool
says_grave(unsigned int classes)
{
	return (classes & GRAVE) != 0 && (classes & BIT(DOCUMENT)) == 0;
}

static bool
differ(unsigned int said, unsigned int is)
{
	return said != 0 && is != 0 && (said & is) == 0 &&
	       (says_grave(said) || (is & GRAVE) != 0);
}

static bool
said_twice(unsigned int a, unsigned int b)
{
	return a != 0 && b != 0 && (a & b) == 0 &&
	       (says_grave(a) || says_grave(b));
}

static bool
name_differs(struct span name, unsigned int type, unsigned int content)
{
	uint8_t normal[NAME_MAX_KEPT], buffer[NAME_MAX_KEPT];
	size_t len = name_normal(name, normal);
	struct span extension[NAME_EXTENSIONS];
	size_t n = name_extensions(span_of(normal, len), buffer, extension);

	for (size_t i = 0; i < n; i++) {
		unsigned int classes = classes_of_extension(extension[i]);

		if (differ(classes, content) || said_twice(classes, type))
			return true;
	}
	return false;
}

bool
mismatch_is_there(const struct entity *e, const struct kinds *content)
{
	unsigned int is = classes_of_content(content);
	unsigned int type = e->has_type ? classes_of_type(e->type) : 0;

	if (differ(type, is))
		return true;
	for (uint32_t i = 0; i < e->names; i++) {
		if (name_differs(e->name[i], type, is))
			return true;
	}
	return false;
}

bool
mismatch_is_encrypted(const struct kinds *set)
{
	return (classes_of_content(set) & BIT(ENCRYPTED)) != 0;
}
