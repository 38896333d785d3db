/* SPDX-License-Identifier: ISC */
/*
 * What a content is by its own bytes: a small table of signatures, and
 * what streams by behind them (names in ZIP directories and OLE2 sectors, words
 * of PDF).  All kinds that fit are reported, not the first.  Nothing is
 * unpacked.  Pure, fixed memory, constant work per byte.
 */
#ifndef PARSER_MIME_KIND_H
#define PARSER_MIME_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/span.h"

#define KIND_HEAD_MAX 4096 /* what is kept of the beginning */

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

struct kinds { /* a set of enum kind; zeroed memory is the empty one */
	uint64_t word[KIND_WORDS];
};

static inline bool
kinds_has(const struct kinds *set, enum kind k)
{
	return (set->word[k / 64] >> (k % 64) & 1) != 0;
}

/* Memory is touched as content comes. */
struct kind_reader {
	uint64_t len; /* bytes so far */
	struct kinds found;
	struct {
		uint32_t state[16];
		uint8_t keep[256]; /* what may begin before a cut */
	} own;
	uint8_t head[KIND_HEAD_MAX];
};

void kind_begin(struct kind_reader *);
void kind_bytes(struct kind_reader *, struct span decoded);
/* The content is whole. */
struct kinds kind_end(struct kind_reader *);

const char *kind_name(enum kind);
enum kind_class kind_class(enum kind);
const char *kind_class_name(enum kind_class);
bool kind_find(const char *name, enum kind *out);

#endif
