/* SPDX-License-Identifier: ISC */
/* The kinds of content that kind.h knows, their names, and their classes. */
#ifndef PARSER_MIME_KIND_TABLE_H
#define PARSER_MIME_KIND_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kind {
	KIND_PE,
	KIND_MZ,
	KIND_ELF,
	KIND_MACHO,
	KIND_JAVA_CLASS,
	KIND_DEX,
	KIND_WASM,
	KIND_SCRIPT,
	KIND_LNK,
	KIND_URL_FILE,
	KIND_HTML,
	KIND_HTA,
	KIND_SVG,
	KIND_ZIP,
	KIND_ZIP_ENCRYPTED,
	KIND_JAR,
	KIND_APK,
	KIND_OOXML,
	KIND_ODF,
	KIND_EPUB,
	KIND_OOXML_MACRO,
	KIND_OOXML_XLM,
	KIND_OOXML_TEMPLATE,
	KIND_OLE2,
	KIND_OLE2_VBA,
	KIND_OLE2_ENCRYPTED,
	KIND_MSI,
	KIND_RTF,
	KIND_RTF_OBJECT,
	KIND_PDF,
	KIND_PDF_JAVASCRIPT,
	KIND_PDF_LAUNCH,
	KIND_PDF_OPEN_ACTION,
	KIND_PDF_EMBEDDED_FILE,
	KIND_PDF_RICH_MEDIA,
	KIND_PDF_ENCRYPTED,
	KIND_RAR,
	KIND_RAR_ENCRYPTED,
	KIND_7Z,
	KIND_7Z_ENCRYPTED,
	KIND_GZIP,
	KIND_BZIP2,
	KIND_XZ,
	KIND_ZSTD,
	KIND_LZ4,
	KIND_LZMA,
	KIND_COMPRESS,
	KIND_TAR,
	KIND_ACE,
	KIND_ARJ,
	KIND_LZH,
	KIND_ZOO,
	KIND_ALZ,
	KIND_EGG,
	KIND_CAB,
	KIND_INSTALLSHIELD,
	KIND_ISO,
	KIND_UDF,
	KIND_VHD,
	KIND_VHDX,
	KIND_VMDK,
	KIND_DMG,
	KIND_WIM,
	KIND_ONENOTE,
	KIND_ONENOTE_FILE,
	KIND_CHM,
	KIND_HLP,
	KIND_SWF,
	KIND_REG,
	KIND_PST,
	KIND_ACCESS,
	KIND_PGP_ENCRYPTED,
	KIND_PKCS7_SIGNED,
	KIND_PKCS7_ENVELOPED,
	KIND_TNEF,
	KIND_MESSAGE,
	KIND_IMAGE,
	KIND_AUDIO,
	KIND_COUNT
};

enum kind_class {
	KIND_CLASS_NONE,
	KIND_CLASS_EXECUTABLE,
	KIND_CLASS_SCRIPT,
	KIND_CLASS_ACTIVE, /* text that acts: html, svg */
	KIND_CLASS_ARCHIVE,
	KIND_CLASS_CONTAINER,
	KIND_CLASS_DISK_IMAGE,
	KIND_CLASS_DOCUMENT,
	KIND_CLASS_MACRO,
	KIND_CLASS_ENCRYPTED,
	KIND_CLASS_MESSAGE,
	KIND_CLASS_MEDIA,
	KIND_CLASSES
};

#define KIND_WORDS 2

_Static_assert(KIND_COUNT <= 64 * KIND_WORDS, "a bit for each");

struct kinds { /* a set of enum kind; zeroed memory is the empty one */
	uint64_t word[KIND_WORDS];
};

static inline bool
kinds_has(const struct kinds *set, enum kind k)
{
	return (set->word[k / 64] >> (k % 64) & 1) != 0;
}

static inline void
kinds_add(struct kinds *set, enum kind k)
{
	set->word[k / 64] |= UINT64_C(1) << (k % 64);
}

static inline void
kinds_join(struct kinds *set, const struct kinds *more)
{
	for (unsigned int i = 0; i < KIND_WORDS; i++)
		set->word[i] |= more->word[i];
}

const char *kind_name(enum kind);
enum kind_class kind_class(enum kind);
const char *kind_class_name(enum kind_class);
bool kind_find(const char *name, enum kind *out);

#endif
