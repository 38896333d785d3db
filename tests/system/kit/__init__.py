# SPDX-License-Identifier: ISC
"""What the system tests are built from.

tap       test protocol output, waiting, clean-up
pace      how slow this machine is, and times that follow it
clamd     a private clamd with the database in clamd-db/
postfix   a private Postfix
sendmail  a private Sendmail, with the same methods
recorder  writes down what an MTA and pratiqued say to each other
sink      the mail server behind Postfix: keeps what it is given
unit      what systemd would put around a service, without systemd
pratiqued the daemon under test, its log lines and processes
mailchecks  checks that run behind either MTA
smtp      the SMTP client and the messages it sends

Everything lives below one temporary directory and on free loopback ports;
nothing of the system's own mail server or scanner is used or changed.
"""
