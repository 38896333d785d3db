-- SPDX-License-Identifier: ISC
-- Two messages in one session, as miltertest's author understands the protocol:
-- a forged field is taken out, ours are put in, both times.  "offer" is set on
-- the command line: "all" for what MTAs offer, "plain" for every reply.

function expect(what, condition)
	if not condition then
		mt.echo(what)
		error(what)
	end
end

-- After a command that is switched off or silent there is nothing to read.
function continue(what)
	expect(what, mt.getreply(conn) == SMFIR_CONTINUE)
end

function message(number)
	mt.macro(conn, SMFIC_MAIL, "i", "LUA" .. number)
	expect("mail", mt.mailfrom(conn, "<lua@example.net>", "SIZE=100") == nil)
	continue("reply to MAIL")
	expect("rcpt", mt.rcptto(conn, "<user@example.org>") == nil)
	continue("reply to RCPT")
	if not mt.test_option(conn, SMFIP_NODATA) then
		expect("data", mt.data(conn) == nil)
		continue("reply to DATA")
	end
	expect("header", mt.header(conn, "Subject", "lua") == nil)
	continue("reply to HEADER")
	expect("header", mt.header(conn, "X-Virus-Status", "Clean") == nil)
	continue("reply to HEADER")
	if not mt.test_option(conn, SMFIP_NOEOH) then
		expect("eoh", mt.eoh(conn) == nil)
		continue("reply to EOH")
	end
	expect("body", mt.bodystring(conn, "text\r\n") == nil)
	continue("reply to BODY")
	expect("eom", mt.eom(conn) == nil)
	continue("reply to BODYEOB")
	expect("forged field deleted",
	    mt.eom_check(conn, MT_HDRDELETE, "X-Virus-Status"))
	expect("status inserted", mt.eom_check(conn, MT_HDRINSERT,
	    "X-Virus-Status", offer == "all" and " Clean" or "Clean"))
	expect("scanned inserted",
	    mt.eom_check(conn, MT_HDRINSERT, "X-Virus-Scanned"))
	expect("no quarantine", not mt.eom_check(conn, MT_QUARANTINE))
	expect("no other body", not mt.eom_check(conn, MT_BODYCHANGE))
end

conn = mt.connect(socket)
expect("connect", conn ~= nil)
if offer == "plain" then
	-- Version 2.11 takes flags and actions in this order, its manual in the
	-- other; what is left of our wishes then shows which it was.
	expect("negotiate", mt.negotiate(conn, 6, 1, 511) == nil)
	expect("replies to BODY", not mt.test_option(conn, SMFIP_NR_BODY))
else
	expect("negotiate", mt.negotiate(conn, nil, nil, nil) == nil)
	expect("no replies to BODY", mt.test_option(conn, SMFIP_NR_BODY))
end
expect("inserts", mt.test_action(conn, SMFIF_ADDHDRS))
expect("deletes", mt.test_action(conn, SMFIF_CHGHDRS))
expect("leaves bodies alone", not mt.test_action(conn, SMFIF_CHGBODY))
expect("conninfo", mt.conninfo(conn, "client.example", "192.0.2.7") == nil)
continue("reply to CONNECT")
expect("helo", mt.helo(conn, "client.example") == nil)
continue("reply to HELO")
message(1)
message(2)
mt.abort(conn)
mt.disconnect(conn)
