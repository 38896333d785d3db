/* SPDX-License-Identifier: ISC */
/* Names and classes of kinds; see kind_table.h. */
#include "parser/mime/kind_table.h"

#include <string.h>

#include "lib/ensure.h"

#define ROW(kind, text, of) [KIND_##kind] = {text, KIND_CLASS_##of}

static const struct {
	const char *name;
	enum kind_class of;
} kinds[KIND_COUNT] = {
    ROW(PE, "pe", EXECUTABLE),
    ROW(MZ, "mz", EXECUTABLE),
    ROW(ELF, "elf", EXECUTABLE),
    ROW(MACHO, "macho", EXECUTABLE),
    ROW(JAVA_CLASS, "java-class", EXECUTABLE),
    ROW(DEX, "dex", EXECUTABLE),
    ROW(WASM, "wasm", EXECUTABLE),
    ROW(SCRIPT, "script", SCRIPT),
    ROW(LNK, "lnk", EXECUTABLE),
    ROW(URL_FILE, "url-file", SCRIPT),
    ROW(HTML, "html", ACTIVE),
    ROW(HTA, "hta", ACTIVE),
    ROW(SVG, "svg", ACTIVE),
    ROW(ZIP, "zip", ARCHIVE),
    ROW(ZIP_ENCRYPTED, "zip-encrypted", ENCRYPTED),
    ROW(JAR, "jar", CONTAINER),
    ROW(APK, "apk", CONTAINER),
    ROW(OOXML, "ooxml", CONTAINER),
    ROW(ODF, "odf", CONTAINER),
    ROW(EPUB, "epub", CONTAINER),
    ROW(OOXML_MACRO, "ooxml-macro", MACRO),
    ROW(OOXML_XLM, "ooxml-xlm", MACRO),
    ROW(OOXML_TEMPLATE, "ooxml-template", MACRO),
    ROW(OLE2, "ole2", CONTAINER),
    ROW(OLE2_VBA, "ole2-vba", MACRO),
    ROW(OLE2_ENCRYPTED, "ole2-encrypted", ENCRYPTED),
    ROW(MSI, "msi", EXECUTABLE),
    ROW(RTF, "rtf", DOCUMENT),
    ROW(RTF_OBJECT, "rtf-object", DOCUMENT),
    ROW(PDF, "pdf", DOCUMENT),
    ROW(PDF_JAVASCRIPT, "pdf-javascript", DOCUMENT),
    ROW(PDF_LAUNCH, "pdf-launch", DOCUMENT),
    ROW(PDF_OPEN_ACTION, "pdf-open-action", DOCUMENT),
    ROW(PDF_EMBEDDED_FILE, "pdf-embedded-file", DOCUMENT),
    ROW(PDF_RICH_MEDIA, "pdf-rich-media", DOCUMENT),
    ROW(PDF_ENCRYPTED, "pdf-encrypted", ENCRYPTED),
    ROW(RAR, "rar", ARCHIVE),
    ROW(RAR_ENCRYPTED, "rar-encrypted", ENCRYPTED),
    ROW(7Z, "7z", ARCHIVE),
    ROW(7Z_ENCRYPTED, "7z-encrypted", ENCRYPTED),
    ROW(GZIP, "gzip", ARCHIVE),
    ROW(BZIP2, "bzip2", ARCHIVE),
    ROW(XZ, "xz", ARCHIVE),
    ROW(ZSTD, "zstd", ARCHIVE),
    ROW(LZ4, "lz4", ARCHIVE),
    ROW(LZMA, "lzma", ARCHIVE),
    ROW(COMPRESS, "compress", ARCHIVE),
    ROW(TAR, "tar", ARCHIVE),
    ROW(ACE, "ace", ARCHIVE),
    ROW(ARJ, "arj", ARCHIVE),
    ROW(LZH, "lzh", ARCHIVE),
    ROW(ZOO, "zoo", ARCHIVE),
    ROW(ALZ, "alz", ARCHIVE),
    ROW(EGG, "egg", ARCHIVE),
    ROW(CAB, "cab", ARCHIVE),
    ROW(INSTALLSHIELD, "installshield", ARCHIVE),
    ROW(ISO, "iso", DISK_IMAGE),
    ROW(UDF, "udf", DISK_IMAGE),
    ROW(VHD, "vhd", DISK_IMAGE),
    ROW(VHDX, "vhdx", DISK_IMAGE),
    ROW(VMDK, "vmdk", DISK_IMAGE),
    ROW(DMG, "dmg", DISK_IMAGE),
    ROW(WIM, "wim", DISK_IMAGE),
    ROW(ONENOTE, "onenote", DOCUMENT),
    ROW(ONENOTE_FILE, "onenote-file", ACTIVE),
    ROW(CHM, "chm", EXECUTABLE),
    ROW(HLP, "hlp", EXECUTABLE),
    ROW(SWF, "swf", EXECUTABLE),
    ROW(REG, "reg", SCRIPT),
    ROW(PST, "pst", CONTAINER),
    ROW(ACCESS, "access", CONTAINER),
    ROW(PGP_ENCRYPTED, "pgp-encrypted", ENCRYPTED),
    ROW(PKCS7_SIGNED, "pkcs7-signed", CONTAINER),
    ROW(PKCS7_ENVELOPED, "pkcs7-enveloped", ENCRYPTED),
    ROW(TNEF, "tnef", CONTAINER),
    ROW(MESSAGE, "message", MESSAGE),
    ROW(IMAGE, "image", MEDIA),
    ROW(AUDIO, "audio", MEDIA),
};

static const char *const classes[KIND_CLASSES] = {
    [KIND_CLASS_NONE] = "none",
    [KIND_CLASS_EXECUTABLE] = "executable",
    [KIND_CLASS_SCRIPT] = "script",
    [KIND_CLASS_ACTIVE] = "active",
    [KIND_CLASS_ARCHIVE] = "archive",
    [KIND_CLASS_CONTAINER] = "container",
    [KIND_CLASS_DISK_IMAGE] = "disk-image",
    [KIND_CLASS_DOCUMENT] = "document",
    [KIND_CLASS_MACRO] = "macro",
    [KIND_CLASS_ENCRYPTED] = "encrypted",
    [KIND_CLASS_MESSAGE] = "message",
    [KIND_CLASS_MEDIA] = "media",
};

const char *
kind_name(enum kind k)
{
	ensure(k < KIND_COUNT);
	return kinds[k].name;
}

enum kind_class
kind_class(enum kind k)
{
	ensure(k < KIND_COUNT);
	return kinds[k].of;
}

const char *
kind_class_name(enum kind_class of)
{
	ensure(of < KIND_CLASSES);
	return classes[of];
}

bool
kind_find(const char *name, enum kind *out)
{
	for (unsigned int k = 0; k < KIND_COUNT; k++) {
		if (strcmp(kinds[k].name, name) == 0) {
			*out = (enum kind)k;
			return true;
		}
	}
	return false;
}
