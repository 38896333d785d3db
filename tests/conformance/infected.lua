-- SPDX-License-Identifier: ISC
-- An infected message is refused with our reply and without edits; "marker" is
-- what the database finds, set on the command line.

function expect(what, condition)
	if not condition then
		mt.echo(what)
		error(what)
	end
end

conn = mt.connect(socket)
expect("connect", conn ~= nil)
expect("negotiate", mt.negotiate(conn, nil, nil, nil) == nil)
expect("conninfo", mt.conninfo(conn, "client.example", "192.0.2.7") == nil)
expect("helo", mt.helo(conn, "client.example") == nil)
expect("mail", mt.mailfrom(conn, "<lua@example.net>") == nil)
expect("rcpt", mt.rcptto(conn, "<user@example.org>") == nil)
expect("header", mt.header(conn, "Subject", "lua") == nil)
expect("body", mt.bodystring(conn, "a " .. marker .. " b\r\n") == nil)
expect("eom", mt.eom(conn) == nil)
expect("refused", mt.getreply(conn) == SMFIR_REPLYCODE)
expect("nothing inserted", not mt.eom_check(conn, MT_HDRINSERT))
mt.disconnect(conn)
