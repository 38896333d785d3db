/* SPDX-License-Identifier: ISC */
/* Conversations in which rules decide; see decisions.h. */
#include "tests/unit/decisions.h"

/* clang-format off */
#define AT(stage) POLICY_BIT(POLICY_##stage)
#define ENVELOPE  (AT(MAIL) | AT(RCPT) | AT(DATA))

#define C(word)	 P('C', word "\0" "4\0\x19" "192.0.2.1\0")
#define H(word)	 P('H', word "\0")
#define M(word)	 P('M', "<" word ">\0")
#define R(word)	 P('R', "<" word ">\0")
#define L(word)	 P('L', "X\0 " word "\0")

#define REFUSED "y<554 5.7.1 100%% refused (policy)> "
#define LATER	"y<451 4.7.1 not now (policy)> "
#define EXEMPT	"i1 X-Virus-Status: Exempt c "
#define HELD	"i1 X-Virus-Status: Unscanned (policy) q<Unscanned (policy)> c "

#define WHO   " [] [192.0.2.1] [h.example] "
#define CLEAN CLEAN_EDITS_SPC

const struct decision_row decision_rows[] = {
    /* nothing is decided: what is wanted is answered, and no more */
    {"CONNECT alone", AT(CONNECT),
        {O_NR, C4, HELO, MAIL, RCPT, SUBJ, BODY, EOM, QUIT}, "quit",
        "O c " CLEAN,
        "begin 1 \n"
        "field Subject: x\n"
        "body hi\r\n\n"
        "end 1 18\n"
        "report 1 clean accept [] [192.0.2.1] [h.example] [c.example] "
        "[a@b] 1\n"},
    {"HELO alone", AT(HELO),
        {O_NR, C4, HELO, MAIL, RCPT, SUBJ, BODY, EOM, QUIT}, "quit",
        "O c " CLEAN,
        "begin 1 \n"
        "field Subject: x\n"
        "body hi\r\n\n"
        "end 1 18\n"
        "report 1 clean accept [] [192.0.2.1] [h.example] [c.example] "
        "[a@b] 1\n"},
    {"MAIL alone", AT(MAIL),
        {O_NR, C4, HELO, MAIL, RCPT, SUBJ, BODY, EOM, QUIT}, "quit",
        "O c " CLEAN,
        "begin 1 \n"
        "field Subject: x\n"
        "body hi\r\n\n"
        "end 1 18\n"
        "report 1 clean accept [] [192.0.2.1] [h.example] [c.example] "
        "[a@b] 1\n"},
    {"RCPT alone", AT(RCPT),
        {O_NR, C4, HELO, MAIL, RCPT, RCPT, SUBJ, BODY, EOM, QUIT}, "quit",
        "O c c " CLEAN,
        "begin 1 \n"
        "field Subject: x\n"
        "body hi\r\n\n"
        "end 1 18\n"
        "report 1 clean accept [] [192.0.2.1] [h.example] [c.example] "
        "[a@b] 2\n"},
    {"DATA alone", AT(DATA),
        {O_NR, C4, HELO, MAIL, RCPT, DATA, SUBJ, BODY, EOM, QUIT}, "quit",
        "O c " CLEAN,
        "begin 1 \n"
        "field Subject: x\n"
        "body hi\r\n\n"
        "end 1 18\n"
        "report 1 clean accept [] [192.0.2.1] [h.example] [c.example] "
        "[a@b] 1\n"},
    {"HEADER alone", AT(HEADER),
        {O_NR, C4, HELO, MAIL, RCPT, SUBJ, SUBJ, BODY, EOM, QUIT}, "quit",
        "O c c " CLEAN,
        "begin 1 \n"
        "field Subject: x\n"
        "field Subject: x\n"
        "body hi\r\n\n"
        "end 1 30\n"
        "report 1 clean accept [] [192.0.2.1] [h.example] [c.example] "
        "[a@b] 1\n"},
    {"end of headers alone", AT(EOH),
        {O_NR, C4, HELO, MAIL, RCPT, SUBJ, EOH, BODY, EOM, QUIT}, "quit",
        "O c " CLEAN,
        "begin 1 \n"
        "field Subject: x\n"
        "body hi\r\n\n"
        "end 1 18\n"
        "report 1 clean accept [] [192.0.2.1] [h.example] [c.example] "
        "[a@b] 1\n"},
    {"BODY alone", AT(BODY),
        {O_NR, C4, HELO, MAIL, RCPT, SUBJ, BODY, BODY, EOM, QUIT}, "quit",
        "O c c " CLEAN,
        "begin 1 \n"
        "field Subject: x\n"
        "body hi\r\n\n"
        "body hi\r\n\n"
        "end 1 22\n"
        "report 1 clean accept [] [192.0.2.1] [h.example] [c.example] "
        "[a@b] 1\n"},
    {"both halves of the end", AT(EOM) | AT(OUTCOME),
        {O_NR, C4, HELO, MAIL, RCPT, SUBJ, BODY, EOM, QUIT}, "quit",
        "O " CLEAN,
        "begin 1 \n"
        "field Subject: x\n"
        "body hi\r\n\n"
        "end 1 18\n"
        "report 1 clean accept [] [192.0.2.1] [h.example] [c.example] "
        "[a@b] 1\n"},

    /* CONNECT */
    {"connect: reject", AT(CONNECT), {O_NR, C("connect-reject"), ABRT, QUIT},
        "quit", "O " REFUSED,
        "begin 1 \n"
        "abort\n"
        "report 1 policy reject [] [192.0.2.1] [connect-reject] [] [] 0 "
        "rule 2 refused 0 connect\n"},
    {"connect: tempfail", AT(CONNECT), {O_NR, C("connect-tempfail"), QUIT},
        "quit", "O " LATER,
        "begin 1 \n"
        "abort\n"
        "report 1 policy tempfail [] [192.0.2.1] [connect-tempfail] [] "
        "[] 0 rule 3 refused 0 connect\n"},
    {"connect: reject, no text", AT(CONNECT),
        {O_NR, C("connect-reject-plain"), QUIT}, "quit", "O r ",
        "begin 1 \n"
        "abort\n"
        "report 1 policy reject [] [192.0.2.1] [connect-reject-plain] [] "
        "[] 0 rule 2 refused 0 connect\n"},
    {"connect: tempfail, a text of the wrong class", AT(CONNECT),
        {O_NR, C("connect-tempfail-wrong"), QUIT}, "quit", "O t ",
        "begin 1 \n"
        "abort\n"
        "report 1 policy tempfail [] [192.0.2.1] "
        "[connect-tempfail-wrong] [] [] 0 rule 3 refused 0 connect\n"},
    {"connect: pass", AT(CONNECT), {O_NR, C("connect-pass"), QUIT}, "quit",
        "O a ",
        "begin 1 \n"
        "abort\n"
        "report 1 exempt pass [] [192.0.2.1] [connect-pass] [] [] 0 rule "
        "7 refused 0 connect\n"},
    {"connect: accept", AT(CONNECT) | AT(MAIL),
        {O_NR, C("connect-accept"), HELO, M("mail-reject"), RCPT, SUBJ, BODY,
            EOM, MAIL, RCPT, EOM, QUIT},
        "quit", "O c c " EXEMPT "c " EXEMPT,
        "begin 1 \n"
        "end 1 18 exempt\n"
        "report 1 exempt accept [] [192.0.2.1] [connect-accept] "
        "[c.example] [mail-reject] 1 rule 1 refused 0 eom\n"
        "begin 2 \n"
        "end 2 2 exempt\n"
        "report 2 exempt accept [] [192.0.2.1] [connect-accept] "
        "[c.example] [a@b] 1 rule 1 refused 0 eom\n"},
    {"connect: discard, at the end of each message", AT(CONNECT),
        {O_NR, C("connect-discard"), MAIL, RCPT, BODY, EOM, MAIL, RCPT, EOM},
        "", "O c d d ",
        "begin 1 \n"
        "end 1 6 policy\n"
        "report 1 policy discard [] [192.0.2.1] [connect-discard] [] "
        "[a@b] 1 rule 4 refused 0 eom\n"
        "begin 2 \n"
        "end 2 2 policy\n"
        "report 2 policy discard [] [192.0.2.1] [connect-discard] [] "
        "[a@b] 1 rule 4 refused 0 eom\n"},
    {"connect: quarantine", AT(CONNECT),
        {O_NR, C("connect-quarantine"), MAIL, RCPT, BODY, EOM}, "",
        "O c " HELD,
        "begin 1 \n"
        "end 1 6 policy\n"
        "report 1 policy quarantine [] [192.0.2.1] [connect-quarantine] "
        "[] [a@b] 1 rule 5 refused 0 eom\n"},

    /* HELO */
    {"helo: reject", AT(HELO), {O_NR, C4, H("helo-reject"), QUIT}, "quit",
        "O " REFUSED,
        "begin 1 \n"
        "abort\n"
        "report 1 policy reject [] [192.0.2.1] [h.example] [helo-reject] "
        "[] 0 rule 102 refused 0 helo\n"},
    {"helo: reject, after one that was not, and a message", AT(HELO),
        {O_NR, C4, HELO, MAIL, RCPT, EOM, H("helo-reject"), QUIT}, "quit",
        "O c " CLEAN REFUSED,
        "begin 1 \n"
        "end 1 2\n"
        "report 1 clean accept [] [192.0.2.1] [h.example] [c.example] "
        "[a@b] 1\n"
        "begin 2 \n"
        "abort\n"
        "report 2 policy reject [] [192.0.2.1] [h.example] [helo-reject] "
        "[] 0 rule 102 refused 0 helo\n"},
    {"helo: tempfail", AT(HELO), {O_NR, C4, H("helo-tempfail"), QUIT},
        "quit", "O " LATER,
        "begin 1 \n"
        "abort\n"
        "report 1 policy tempfail [] [192.0.2.1] [h.example] "
        "[helo-tempfail] [] 0 rule 103 refused 0 helo\n"},
    {"helo: pass", AT(HELO), {O_NR, C4, H("helo-pass"), QUIT}, "quit",
        "O a ",
        "begin 1 \n"
        "abort\n"
        "report 1 exempt pass [] [192.0.2.1] [h.example] [helo-pass] [] "
        "0 rule 107 refused 0 helo\n"},
    {"helo: accept", AT(HELO),
        {O_NR, C4, H("helo-accept"), MAIL, RCPT, BODY, EOM}, "",
        "O c " EXEMPT,
        "begin 1 \n"
        "end 1 6 exempt\n"
        "report 1 exempt accept [] [192.0.2.1] [h.example] [helo-accept] "
        "[a@b] 1 rule 101 refused 0 eom\n"},
    {"helo: discard", AT(HELO),
        {O_NR, C4, H("helo-discard"), MAIL, RCPT, BODY, EOM}, "", "O c d ",
        "begin 1 \n"
        "end 1 6 policy\n"
        "report 1 policy discard [] [192.0.2.1] [h.example] "
        "[helo-discard] [a@b] 1 rule 104 refused 0 eom\n"},
    {"helo: quarantine", AT(HELO),
        {O_NR, C4, H("helo-quarantine"), MAIL, RCPT, BODY, EOM}, "",
        "O c " HELD,
        "begin 1 \n"
        "end 1 6 policy\n"
        "report 1 policy quarantine [] [192.0.2.1] [h.example] "
        "[helo-quarantine] [a@b] 1 rule 105 refused 0 eom\n"},

    /* MAIL; the message after it is like any other */
    {"mail: reject", AT(MAIL),
        {O_NR, C4, M("mail-reject"), ABRT, MAIL, RCPT, SUBJ, EOM}, "",
        "O " REFUSED "c " CLEAN,
        "begin 1 \n"
        "abort\n"
        "report 1 policy reject [] [192.0.2.1] [h.example] [] "
        "[mail-reject] 0 rule 202 refused 0 mail\n"
        "begin 2 \n"
        "field Subject: x\n"
        "end 2 14\n"
        "report 2 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"mail: tempfail", AT(MAIL),
        {O_NR, C4, M("mail-tempfail"), MAIL, RCPT, SUBJ, EOM}, "",
        "O " LATER "c " CLEAN,
        "begin 1 \n"
        "abort\n"
        "report 1 policy tempfail [] [192.0.2.1] [h.example] [] "
        "[mail-tempfail] 0 rule 203 refused 0 mail\n"
        "begin 2 \n"
        "field Subject: x\n"
        "end 2 14\n"
        "report 2 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"mail: discard", AT(MAIL),
        {O_NR, C4, M("mail-discard"), ABRT, MAIL, RCPT, SUBJ, EOM}, "",
        "O d c " CLEAN,
        "begin 1 \n"
        "abort\n"
        "report 1 policy discard [] [192.0.2.1] [h.example] [] "
        "[mail-discard] 0 rule 204 refused 0 mail\n"
        "begin 2 \n"
        "field Subject: x\n"
        "end 2 14\n"
        "report 2 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"mail: pass", AT(MAIL),
        {O_NR, C4, M("mail-pass"), ABRT, MAIL, RCPT, SUBJ, EOM}, "",
        "O a c " CLEAN,
        "begin 1 \n"
        "abort\n"
        "report 1 exempt pass [] [192.0.2.1] [h.example] [] [mail-pass] "
        "0 rule 207 refused 0 mail\n"
        "begin 2 \n"
        "field Subject: x\n"
        "end 2 14\n"
        "report 2 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"mail: accept", AT(MAIL),
        {O_NR, C4, M("mail-accept"), RCPT, SUBJ, BODY, EOM, MAIL, RCPT, SUBJ,
            EOM},
        "", "O c " EXEMPT "c " CLEAN,
        "begin 1 \n"
        "end 1 18 exempt\n"
        "report 1 exempt accept [] [192.0.2.1] [h.example] [] "
        "[mail-accept] 1 rule 201 refused 0 eom\n"
        "begin 2 \n"
        "field Subject: x\n"
        "end 2 14\n"
        "report 2 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"mail: quarantine", AT(MAIL),
        {O_NR, C4, M("mail-quarantine"), RCPT, SUBJ, BODY, EOM, MAIL, RCPT,
            SUBJ, EOM},
        "", "O c " HELD "c " CLEAN,
        "begin 1 \n"
        "end 1 18 policy\n"
        "report 1 policy quarantine [] [192.0.2.1] [h.example] [] "
        "[mail-quarantine] 1 rule 205 refused 0 eom\n"
        "begin 2 \n"
        "field Subject: x\n"
        "end 2 14\n"
        "report 2 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"mail: quarantine, alone", AT(MAIL),
        {O_NR, C4, M("mail-quarantine"), RCPT, SUBJ, BODY, EOM}, "",
        "O c " HELD,
        "begin 1 \n"
        "end 1 18 policy\n"
        "report 1 policy quarantine [] [192.0.2.1] [h.example] [] "
        "[mail-quarantine] 1 rule 205 refused 0 eom\n"},
    {"mail: accept, and the message is given up", AT(MAIL),
        {O_NR, C4, M("mail-accept"), RCPT, ABRT, MAIL, RCPT, SUBJ, EOM}, "",
        "O c c " CLEAN,
        "begin 1 \n"
        "field Subject: x\n"
        "end 1 14\n"
        "report 1 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1\n"},

    /* RCPT */
    {"rcpt: reject one", AT(RCPT),
        {O_NR, C4, MAIL, R("rcpt-reject"), RCPT, SUBJ, EOM, MAIL, RCPT, EOM},
        "", "O " REFUSED "c " CLEAN "c " CLEAN,
        "begin 1 \n"
        "field Subject: x\n"
        "end 1 14\n"
        "report 1 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1 "
        "rule 0 refused 1 eom\n"
        "begin 2 \n"
        "end 2 2\n"
        "report 2 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"rcpt: reject the last", AT(RCPT),
        {O_NR, C4, MAIL, RCPT, R("rcpt-reject"), SUBJ, EOM}, "",
        "O c " REFUSED CLEAN,
        "begin 1 \n"
        "field Subject: x\n"
        "end 1 14\n"
        "report 1 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1 "
        "rule 0 refused 1 eom\n"},
    {"rcpt: tempfail one", AT(RCPT),
        {O_NR, C4, MAIL, R("rcpt-tempfail"), RCPT, R("rcpt-reject"), SUBJ,
            EOM},
        "", "O " LATER "c " REFUSED CLEAN,
        "begin 1 \n"
        "field Subject: x\n"
        "end 1 14\n"
        "report 1 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1 "
        "rule 0 refused 2 eom\n"},
    {"rcpt: reject all", AT(RCPT),
        {O_NR, C4, MAIL, R("rcpt-tempfail"), R("rcpt-reject"), ABRT, MAIL,
            RCPT, SUBJ, EOM},
        "", "O " LATER REFUSED "c " CLEAN,
        "begin 1 \n"
        "abort\n"
        "report 1 policy reject [] [192.0.2.1] [h.example] [] [a@b] 0 "
        "rule 302 refused 2 rcpt\n"
        "begin 2 \n"
        "field Subject: x\n"
        "end 2 14\n"
        "report 2 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"rcpt: reject all, then MAIL", AT(RCPT),
        {O_NR, C4, MAIL, R("rcpt-reject"), MAIL, RCPT, SUBJ, EOM}, "",
        "O " REFUSED "c " CLEAN,
        "begin 1 \n"
        "abort\n"
        "report 1 policy reject [] [192.0.2.1] [h.example] [] [a@b] 0 "
        "rule 302 refused 1 rcpt\n"
        "begin 2 \n"
        "field Subject: x\n"
        "end 2 14\n"
        "report 2 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"rcpt: reject all, then QUIT", AT(RCPT),
        {O_NR, C4, MAIL, R("rcpt-reject"), QUIT}, "quit", "O " REFUSED,
        "begin 1 \n"
        "abort\n"
        "report 1 policy reject [] [192.0.2.1] [h.example] [] [a@b] 0 "
        "rule 302 refused 1 rcpt\n"},
    {"rcpt: reject all, and there is content all the same", AT(RCPT),
        {O_NR, C4, MAIL, R("rcpt-tempfail"), R("rcpt-reject"), SUBJ, BODY,
            EOM, MAIL, RCPT, SUBJ, EOM},
        "", "O " LATER REFUSED REFUSED "c " CLEAN,
        "begin 1 \n"
        "end 1 18 policy\n"
        "report 1 policy reject [] [192.0.2.1] [h.example] [] [a@b] 0 "
        "rule 302 refused 2 eom\n"
        "begin 2 \n"
        "field Subject: x\n"
        "end 2 14\n"
        "report 2 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"rcpt: accept all", AT(RCPT),
        {O_NR, C4, MAIL, R("rcpt-accept"), R("rcpt-reject"),
            R("rcpt-accept"), SUBJ, BODY, EOM, MAIL, RCPT, SUBJ, EOM},
        "", "O c " REFUSED "c " EXEMPT "c " CLEAN,
        "begin 1 \n"
        "end 1 18 exempt\n"
        "report 1 exempt accept [] [192.0.2.1] [h.example] [] [a@b] 2 "
        "rule 301 refused 1 eom\n"
        "begin 2 \n"
        "field Subject: x\n"
        "end 2 14\n"
        "report 2 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"rcpt: accept some", AT(RCPT),
        {O_NR, C4, MAIL, R("rcpt-accept"), RCPT, SUBJ, BODY, EOM}, "",
        "O c c " CLEAN,
        "begin 1 \n"
        "field Subject: x\n"
        "body hi\r\n\n"
        "end 1 18\n"
        "report 1 clean accept [] [192.0.2.1] [h.example] [] [a@b] 2\n"},
    {"rcpt: accept, then one that is not, in the next message", AT(RCPT),
        {O_NR, C4, MAIL, R("rcpt-accept"), ABRT, MAIL, RCPT, SUBJ, EOM}, "",
        "O c c " CLEAN,
        "begin 1 \n"
        "field Subject: x\n"
        "end 1 14\n"
        "report 1 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"rcpt: discard", AT(RCPT),
        {O_NR, C4, MAIL, RCPT, R("rcpt-discard"), ABRT, MAIL, RCPT, EOM}, "",
        "O c d c " CLEAN,
        "begin 1 \n"
        "abort\n"
        "report 1 policy discard [] [192.0.2.1] [h.example] [] [a@b] 2 "
        "rule 304 refused 0 rcpt\n"
        "begin 2 \n"
        "end 2 2\n"
        "report 2 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"rcpt: pass", AT(RCPT),
        {O_NR, C4, MAIL, R("rcpt-pass"), ABRT, MAIL, RCPT, EOM}, "",
        "O a c " CLEAN,
        "begin 1 \n"
        "abort\n"
        "report 1 exempt pass [] [192.0.2.1] [h.example] [] [a@b] 1 rule "
        "307 refused 0 rcpt\n"
        "begin 2 \n"
        "end 2 2\n"
        "report 2 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"rcpt: quarantine", AT(RCPT),
        {O_NR, C4, MAIL, RCPT, R("rcpt-quarantine"), BODY, EOM}, "",
        "O c c " HELD,
        "begin 1 \n"
        "end 1 6 policy\n"
        "report 1 policy quarantine [] [192.0.2.1] [h.example] [] [a@b] "
        "2 rule 305 refused 0 eom\n"},

    /* DATA */
    {"data: reject", AT(DATA),
        {O_NR, C4, M("data-reject"), RCPT, DATA, MAIL, RCPT, DATA, SUBJ,
            EOM},
        "", "O " REFUSED "c " CLEAN,
        "begin 1 \n"
        "abort\n"
        "report 1 policy reject [] [192.0.2.1] [h.example] [] "
        "[data-reject] 1 rule 402 refused 0 data\n"
        "begin 2 \n"
        "field Subject: x\n"
        "end 2 14\n"
        "report 2 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"data: tempfail", AT(DATA), {O_NR, C4, M("data-tempfail"), RCPT, DATA},
        "", "O " LATER,
        "begin 1 \n"
        "abort\n"
        "report 1 policy tempfail [] [192.0.2.1] [h.example] [] "
        "[data-tempfail] 1 rule 403 refused 0 data\n"},
    {"data: discard", AT(DATA),
        {O_NR, C4, M("data-discard"), RCPT, DATA, ABRT, QUIT}, "quit",
        "O d ",
        "begin 1 \n"
        "abort\n"
        "report 1 policy discard [] [192.0.2.1] [h.example] [] "
        "[data-discard] 1 rule 404 refused 0 data\n"},
    {"data: pass", AT(DATA), {O_NR, C4, M("data-pass"), RCPT, DATA, ABRT},
        "", "O a ",
        "begin 1 \n"
        "abort\n"
        "report 1 exempt pass [] [192.0.2.1] [h.example] [] [data-pass] "
        "1 rule 407 refused 0 data\n"},
    {"data: accept", AT(DATA),
        {O_NR, C4, M("data-accept"), RCPT, DATA, SUBJ, BODY, EOM, MAIL, RCPT,
            DATA, SUBJ, EOM},
        "", "O c " EXEMPT "c " CLEAN,
        "begin 1 \n"
        "end 1 18 exempt\n"
        "report 1 exempt accept [] [192.0.2.1] [h.example] [] "
        "[data-accept] 1 rule 401 refused 0 eom\n"
        "begin 2 \n"
        "field Subject: x\n"
        "end 2 14\n"
        "report 2 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"data: quarantine", AT(DATA),
        {O_NR, C4, M("data-quarantine"), RCPT, DATA, SUBJ, BODY, EOM}, "",
        "O c " HELD,
        "begin 1 \n"
        "end 1 18 policy\n"
        "report 1 policy quarantine [] [192.0.2.1] [h.example] [] "
        "[data-quarantine] 1 rule 405 refused 0 eom\n"},
    {"data: reject, not told of it", AT(DATA),
        {O_NR, C4, M("data-reject"), RCPT, SUBJ, BODY, EOM}, "",
        "O " REFUSED,
        "begin 1 \n"
        "end 1 18 policy\n"
        "report 1 policy reject [] [192.0.2.1] [h.example] [] "
        "[data-reject] 1 rule 402 refused 0 eom\n"},

    /* HEADER */
    {"header: reject", AT(HEADER),
        {O_NR, C4, MAIL, RCPT, SUBJ, L("header-reject"), MAIL, RCPT, SUBJ,
            EOM},
        "", "O c " REFUSED "c " CLEAN,
        "begin 1 \n"
        "field Subject: x\n"
        "abort\n"
        "report 1 policy reject [] [192.0.2.1] [h.example] [] [a@b] 1 "
        "rule 502 refused 0 header\n"
        "begin 2 \n"
        "field Subject: x\n"
        "end 2 14\n"
        "report 2 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"header: tempfail", AT(HEADER),
        {O_NR, C4, MAIL, RCPT, L("header-tempfail"), ABRT}, "", "O " LATER,
        "begin 1 \n"
        "abort\n"
        "report 1 policy tempfail [] [192.0.2.1] [h.example] [] [a@b] 1 "
        "rule 503 refused 0 header\n"},
    {"header: discard", AT(HEADER),
        {O_NR, C4, MAIL, RCPT, L("header-discard"), ABRT}, "", "O d ",
        "begin 1 \n"
        "abort\n"
        "report 1 policy discard [] [192.0.2.1] [h.example] [] [a@b] 1 "
        "rule 504 refused 0 header\n"},
    {"header: pass", AT(HEADER),
        {O_NR, C4, MAIL, RCPT, L("header-pass"), ABRT}, "", "O a ",
        "begin 1 \n"
        "abort\n"
        "report 1 exempt pass [] [192.0.2.1] [h.example] [] [a@b] 1 rule "
        "507 refused 0 header\n"},
    {"header: accept", AT(HEADER),
        {O_NR, C4, MAIL, RCPT, SUBJ, L("header-accept"), SUBJ, BODY, EOM},
        "", "O c c c " EXEMPT,
        "begin 1 \n"
        "field Subject: x\n"
        "end 1 48 exempt\n"
        "report 1 exempt accept [] [192.0.2.1] [h.example] [] [a@b] 1 "
        "rule 501 refused 0 eom\n"},
    {"header: quarantine", AT(HEADER),
        {O_NR, C4, MAIL, RCPT, L("header-quarantine"), SUBJ, BODY, EOM}, "",
        "O c c " HELD,
        "begin 1 \n"
        "end 1 40 policy\n"
        "report 1 policy quarantine [] [192.0.2.1] [h.example] [] [a@b] "
        "1 rule 505 refused 0 eom\n"},

    /* end of headers */
    {"eoh: reject", AT(EOH),
        {O_NR, C4, M("eoh-reject"), RCPT, SUBJ, EOH, MAIL, RCPT, SUBJ, EOH,
            EOM},
        "", "O " REFUSED "c " CLEAN,
        "begin 1 \n"
        "field Subject: x\n"
        "abort\n"
        "report 1 policy reject [] [192.0.2.1] [h.example] [] "
        "[eoh-reject] 1 rule 602 refused 0 eoh\n"
        "begin 2 \n"
        "field Subject: x\n"
        "end 2 14\n"
        "report 2 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"eoh: tempfail", AT(EOH),
        {O_NR, C4, M("eoh-tempfail"), RCPT, SUBJ, EOH, ABRT}, "", "O " LATER,
        "begin 1 \n"
        "field Subject: x\n"
        "abort\n"
        "report 1 policy tempfail [] [192.0.2.1] [h.example] [] "
        "[eoh-tempfail] 1 rule 603 refused 0 eoh\n"},
    {"eoh: discard", AT(EOH),
        {O_NR, C4, M("eoh-discard"), RCPT, SUBJ, EOH, ABRT}, "", "O d ",
        "begin 1 \n"
        "field Subject: x\n"
        "abort\n"
        "report 1 policy discard [] [192.0.2.1] [h.example] [] "
        "[eoh-discard] 1 rule 604 refused 0 eoh\n"},
    {"eoh: pass", AT(EOH),
        {O_NR, C4, M("eoh-pass"), RCPT, SUBJ, EOH, ABRT}, "", "O a ",
        "begin 1 \n"
        "field Subject: x\n"
        "abort\n"
        "report 1 exempt pass [] [192.0.2.1] [h.example] [] [eoh-pass] 1 "
        "rule 607 refused 0 eoh\n"},
    {"eoh: accept", AT(EOH),
        {O_NR, C4, M("eoh-accept"), RCPT, SUBJ, EOH, BODY, EOM}, "",
        "O c " EXEMPT,
        "begin 1 \n"
        "field Subject: x\n"
        "end 1 18 exempt\n"
        "report 1 exempt accept [] [192.0.2.1] [h.example] [] "
        "[eoh-accept] 1 rule 601 refused 0 eom\n"},
    {"eoh: quarantine", AT(EOH),
        {O_NR, C4, M("eoh-quarantine"), RCPT, SUBJ, EOH, BODY, EOM}, "",
        "O c " HELD,
        "begin 1 \n"
        "field Subject: x\n"
        "end 1 18 policy\n"
        "report 1 policy quarantine [] [192.0.2.1] [h.example] [] "
        "[eoh-quarantine] 1 rule 605 refused 0 eom\n"},

    /* BODY */
    {"body: reject", AT(BODY),
        {O_NR, C4, M("body-reject"), RCPT, SUBJ, BODY, MAIL, RCPT, BODY,
            EOM},
        "", "O " REFUSED "c " CLEAN,
        "begin 1 \n"
        "field Subject: x\n"
        "abort\n"
        "report 1 policy reject [] [192.0.2.1] [h.example] [] "
        "[body-reject] 1 rule 702 refused 0 body\n"
        "begin 2 \n"
        "body hi\r\n\n"
        "end 2 6\n"
        "report 2 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"body: tempfail", AT(BODY),
        {O_NR, C4, M("body-tempfail"), RCPT, SUBJ, BODY, ABRT}, "",
        "O " LATER,
        "begin 1 \n"
        "field Subject: x\n"
        "abort\n"
        "report 1 policy tempfail [] [192.0.2.1] [h.example] [] "
        "[body-tempfail] 1 rule 703 refused 0 body\n"},
    {"body: discard", AT(BODY),
        {O_NR, C4, M("body-discard"), RCPT, SUBJ, BODY, ABRT}, "", "O d ",
        "begin 1 \n"
        "field Subject: x\n"
        "abort\n"
        "report 1 policy discard [] [192.0.2.1] [h.example] [] "
        "[body-discard] 1 rule 704 refused 0 body\n"},
    {"body: pass", AT(BODY),
        {O_NR, C4, M("body-pass"), RCPT, SUBJ, BODY, ABRT}, "", "O a ",
        "begin 1 \n"
        "field Subject: x\n"
        "abort\n"
        "report 1 exempt pass [] [192.0.2.1] [h.example] [] [body-pass] "
        "1 rule 707 refused 0 body\n"},
    {"body: accept", AT(BODY),
        {O_NR, C4, M("body-accept"), RCPT, SUBJ, BODY, BODY, EOM}, "",
        "O c c " EXEMPT,
        "begin 1 \n"
        "field Subject: x\n"
        "end 1 22 exempt\n"
        "report 1 exempt accept [] [192.0.2.1] [h.example] [] "
        "[body-accept] 1 rule 701 refused 0 eom\n"},
    {"body: quarantine", AT(BODY),
        {O_NR, C4, M("body-quarantine"), RCPT, SUBJ, BODY, BODY, EOM}, "",
        "O c c " HELD,
        "begin 1 \n"
        "field Subject: x\n"
        "end 1 22 policy\n"
        "report 1 policy quarantine [] [192.0.2.1] [h.example] [] "
        "[body-quarantine] 1 rule 705 refused 0 eom\n"},

    /* the end, before the scan and after it */
    {"eom: reject", AT(EOM),
        {O_NR, C4, M("eom-reject"), RCPT, SUBJ, BODY, EOM, MAIL, RCPT, EOM},
        "", "O " REFUSED CLEAN,
        "begin 1 \n"
        "field Subject: x\n"
        "body hi\r\n\n"
        "end 1 18 policy\n"
        "report 1 policy reject [] [192.0.2.1] [h.example] [] "
        "[eom-reject] 1 rule 802 refused 0 eom\n"
        "begin 2 \n"
        "end 2 2\n"
        "report 2 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"eom: tempfail", AT(EOM), {O_NR, C4, M("eom-tempfail"), RCPT, BODY, EOM},
        "", "O " LATER,
        "begin 1 \n"
        "body hi\r\n\n"
        "end 1 6 policy\n"
        "report 1 policy tempfail [] [192.0.2.1] [h.example] [] "
        "[eom-tempfail] 1 rule 803 refused 0 eom\n"},
    {"eom: discard", AT(EOM), {O_NR, C4, M("eom-discard"), RCPT, BODY, EOM},
        "", "O d ",
        "begin 1 \n"
        "body hi\r\n\n"
        "end 1 6 policy\n"
        "report 1 policy discard [] [192.0.2.1] [h.example] [] "
        "[eom-discard] 1 rule 804 refused 0 eom\n"},
    {"eom: pass, which is accept", AT(EOM),
        {O_NR, C4, M("eom-pass"), RCPT, BODY, EOM}, "", "O " EXEMPT,
        "begin 1 \n"
        "body hi\r\n\n"
        "end 1 6 exempt\n"
        "report 1 exempt accept [] [192.0.2.1] [h.example] [] [eom-pass] "
        "1 rule 807 refused 0 eom\n"},
    {"eom: accept", AT(EOM), {O_NR, C4, M("eom-accept"), RCPT, BODY, EOM},
        "", "O " EXEMPT,
        "begin 1 \n"
        "body hi\r\n\n"
        "end 1 6 exempt\n"
        "report 1 exempt accept [] [192.0.2.1] [h.example] [] "
        "[eom-accept] 1 rule 801 refused 0 eom\n"},
    {"eom: quarantine", AT(EOM),
        {O_NR, C4, M("eom-quarantine"), RCPT, BODY, EOM}, "", "O " HELD,
        "begin 1 \n"
        "body hi\r\n\n"
        "end 1 6 policy\n"
        "report 1 policy quarantine [] [192.0.2.1] [h.example] [] "
        "[eom-quarantine] 1 rule 805 refused 0 eom\n"},
    {"outcome: reject", AT(OUTCOME),
        {O_NR, C4, M("outcome-reject"), RCPT, BODY, EOM}, "", "O " REFUSED,
        "begin 1 \n"
        "body hi\r\n\n"
        "end 1 6\n"
        "report 1 policy reject [] [192.0.2.1] [h.example] [] "
        "[outcome-reject] 1 rule 902 refused 0 eom\n"},
    {"outcome: tempfail", AT(OUTCOME),
        {O_NR, C4, M("outcome-tempfail"), RCPT, BODY, EOM}, "", "O " LATER,
        "begin 1 \n"
        "body hi\r\n\n"
        "end 1 6\n"
        "report 1 policy tempfail [] [192.0.2.1] [h.example] [] "
        "[outcome-tempfail] 1 rule 903 refused 0 eom\n"},
    {"outcome: discard", AT(OUTCOME),
        {O_NR, C4, M("outcome-discard"), RCPT, BODY, EOM}, "", "O d ",
        "begin 1 \n"
        "body hi\r\n\n"
        "end 1 6\n"
        "report 1 policy discard [] [192.0.2.1] [h.example] [] "
        "[outcome-discard] 1 rule 904 refused 0 eom\n"},
    {"outcome: accept", AT(OUTCOME),
        {O_NR, C4, M("outcome-accept"), RCPT, BODY, EOM}, "", "O " CLEAN,
        "begin 1 \n"
        "body hi\r\n\n"
        "end 1 6\n"
        "report 1 clean accept [] [192.0.2.1] [h.example] [] "
        "[outcome-accept] 1 rule 901 refused 0 eom\n"},
    {"outcome: quarantine", AT(OUTCOME),
        {O_NR, C4, M("outcome-quarantine"), RCPT, BODY, EOM}, "", "O " HELD,
        "begin 1 \n"
        "body hi\r\n\n"
        "end 1 6\n"
        "report 1 policy quarantine [] [192.0.2.1] [h.example] [] "
        "[outcome-quarantine] 1 rule 905 refused 0 eom\n"},

    /* what is forged goes out of an exempt message too */
    {"exempt, with fields of ours", AT(MAIL),
        {O_NR, C4, M("mail-accept"), RCPT, P('L', "X-Virus-Status\0 Clean\0"),
            P('L', "x-virus-scanned\0 by me\0"), BODY, EOM},
        "", "O c m1 X-Virus-Scanned: m1 X-Virus-Status: " EXEMPT,
        "begin 1 \n"
        "end 1 53 exempt\n"
        "report 1 exempt accept [] [192.0.2.1] [h.example] [] "
        "[mail-accept] 1 rule 201 refused 0 eom\n"},
    {"the first that decides", AT(CONNECT) | ENVELOPE | AT(EOM),
        {O_NR, C4, M("mail-quarantine data-reject eom-discard"), RCPT, DATA,
            SUBJ, EOM},
        "", "O c c c c " HELD,
        "begin 1 \n"
        "end 1 14 policy\n"
        "report 1 policy quarantine [] [192.0.2.1] [h.example] [] "
        "[mail-quarantine data-reject eom-discard] 1 rule 205 refused 0 "
        "eom\n"},
    {"an MTA that has every command answered", AT(RCPT),
        {O_PLAIN, C4, HELO, MAIL, R("rcpt-reject"), RCPT, DATA, EOH, BODY,
            EOM},
        "", "O c c c " REFUSED "c c c c " CLEAN_EDITS,
        "begin 1 \n"
        "body hi\r\n\n"
        "end 1 6\n"
        "report 1 clean accept [] [192.0.2.1] [h.example] [c.example] "
        "[a@b] 1 rule 0 refused 1 eom\n"},
};
/* clang-format on */

const size_t decision_count = sizeof(decision_rows) / sizeof(decision_rows[0]);
