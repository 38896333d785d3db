# SPDX-License-Identifier: ISC
"""Shapes of the attachment's name.  The strict reading has the file in all of
them; names are spellings that must be among those reported."""
from shape import DISPOSITION, NAME, TYPE, Family, attachment

family = Family()
PLAIN = "Content-Type: application/octet-stream\n"
CD = "Content-Disposition: attachment; "


def name(shape, row, n, reported, names, disposition=DISPOSITION, type=PLAIN,
         **more):
    """Half of them have no name but in the disposition."""
    family.part(shape, attachment(type=type, disposition=disposition), "2",
                reported, row=row, n=n, clamd=True if row else None,
                names=names, **more)


def shown(shape, row, n, reported, names, parameters, **more):
    name(shape, row, n, reported, names, CD + parameters + "\n", **more)


shown("par-2231-pct-bad", 57, 28, "param-percent-bad", ["eicar%zz.com"],
      "filename*=utf-8''eicar%zz.com")
shown("par-2231-quoted", 58, 29, "param-extended-quoted", [NAME],
      "filename*=\"utf-8''eicar%2Ecom\"")
shown("par-2231-from1", 59, 29, "param-continuation-gap", [NAME],
      'filename*1="eicar"; filename*2=".com"')
shown("par-2231-order", 60, 29, "", [NAME],
      'filename*1=".com"; filename*0="eicar"')
shown("par-2231-dup", 61, 29, "param-conflict name-conflict", [NAME],
      'filename*0="eicar"; filename*0="note"; filename*1=".com"')
shown("par-2231-utf7", 62, 29, "name-charset-odd", [NAME],
      "filename*=utf-7''eicar%2BAC4-com")
name("nam-diff", 148, 29, "name-conflict", [NAME, "note.txt"],
     type='Content-Type: application/octet-stream; name="note.txt"\n')
name("nam-ct-only", 149, 29, "", [NAME], "", TYPE)
name("nam-cd-name", 150, 29, "param-misplaced", [NAME], CD + f'name="{NAME}"\n')
shown("nam-dup", 151, 29, "param-conflict name-conflict", ["note.txt", NAME],
      f'filename="note.txt"; filename="{NAME}"')
shown("nam-ext-both", 152, 29, "name-conflict", ["note.txt", NAME],
      "filename=\"note.txt\"; filename*=utf-8''eicar%2Ecom")
shown("nam-cont-both", 153, 29, "name-conflict", ["note.txt", NAME],
      'filename="note.txt"; filename*0="eicar"; filename*1=".com"')
shown("nam-ew-bare", 154, 29, "name-encoded-word", [NAME],
      "filename==?utf-8?Q?eicar=2Ecom?=")
shown("nam-ew-two", 155, 29, "name-encoded-word", [NAME],
      'filename="=?utf-8?Q?eicar?=\n =?utf-8?Q?=2Ecom?="')
shown("nam-ew-2231", 156, 29, "name-encoded-word", [NAME],
      "filename*=utf-8''%3D%3Futf-8%3FQ%3Feicar%3D2Ecom%3F%3D")
shown("nam-ew-nopad", 157, 28, "name-encoded-word", ["a" + NAME],
      'filename="=?utf-8?B?YWVpY2FyLmNvbQ?="')
shown("nam-space-unq2", 158, 29, "param-space-unquoted name-conflict",
      ["note.txt", f"note.txt {NAME}"], f"filename=note.txt {NAME}")
shown("nam-single", 159, 29, "param-single-quoted", [NAME],
      f"filename='{NAME}'")
shown("nam-path-bs", 160, 29, "name-path param-backslash",
      ["C:\\temp\\" + NAME], f'filename="C:\\\\temp\\\\{NAME}"')
shown("nam-dot-end", 161, 29, "name-trailing-dot", [NAME + "."],
      f'filename="{NAME}."')
shown("nam-double-ext", 162, 29, "name-double-extension", ["eicar.pdf.com"],
      'filename="eicar.pdf.com"')
shown("nam-bidi", 163, 29, "name-bidi", [],
      "filename*=utf-8''eicar%E2%80%AEtxt.com")
shown("nam-fullwidth", 164, 29, "name-lookalike", [],
      "filename*=utf-8''eicar%EF%BC%8Ecom")
shown("nam-raw-latin1", 165, 29, "header-8bit-invalid", [],
      'filename="eic\u00e4r.com"')
shown("nam-nul-2231", 166, 29, "name-control", [],
      "filename*=utf-8''eicar.com%00.txt")
shown("nam-ads", 167, 29, "name-colon", [NAME + ":note.txt"],
      f'filename="{NAME}:note.txt"')
shown("nam-long", 168, 27, "name-long", ["n" * 300 + ".com"],
      'filename="' + "n" * 300 + '.com"')
shown("nam-empty", 169, 29, "name-empty", [NAME], 'filename=""', type=TYPE)
shown("nam-percent", 170, 29, "", ["eicar%2Ecom"], 'filename="eicar%2Ecom"')
shown("nam-escape", 171, 29, "param-backslash", [NAME],
      r'filename="eic\ar\.com"')
shown("nam-semi-unq", 172, 29, "param-junk", ["note"],
      f"filename=note;{NAME}")
name("nam-desc", 173, 29, "", [],
     f"Content-Disposition: attachment\nContent-Description: {NAME}\n")
shown("nam-upper", 174, 29, "", ["EICAR.COM"], 'filename="EICAR.COM"')

# Not measured.
shown("par-2231-charset-missing", 0, None, "", [NAME],
      "filename*=eicar%2Ecom")
shown("par-2231-utf16", 0, None, "name-charset-odd", [NAME],
      "filename*=utf-16be''" + "".join(f"%00{c}" for c in NAME))
shown("par-2231-mixed", 0, None, "", [NAME],
      "filename*0*=utf-8''ei; filename*1=car; filename*2*=%2Ecom")
shown("nam-unclosed", 0, None, "param-unterminated-quote", [NAME],
      f'filename="{NAME}')
shown("nam-ew-quoted", 0, None, "name-encoded-word", [NAME],
      'filename="=?utf-8?Q?eicar=2Ecom?="')
shown("nam-ew-glued", 0, None, "name-encoded-word", [NAME],
      'filename="eicar=?UTF-8?Q?=2Ec?=om"')
shown("nam-space-run", 0, None, "name-space-run", [],
      'filename="note.txt' + " " * 40 + '.com"')
shown("nam-space-end", 0, None, "name-trailing-space", [],
      f'filename="{NAME}  "')
shown("nam-invisible", 0, None, "name-invisible", [],
      "filename*=utf-8''eicar.c%E2%80%8Bom")
shown("nam-path-slash", 0, None, "name-path", ["../" + NAME],
      f'filename="../{NAME}"')
shown("nam-reserved", 0, None, "name-reserved", ["con.com"],
      'filename="con.com"')
name("nam-location", 0, None, "", [],
     f"Content-Disposition: attachment\nContent-Location: {NAME}\n")
