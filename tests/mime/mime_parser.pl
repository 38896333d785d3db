#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# What MIME::Parser makes of the messages named on the command line: for each
# file a line "message", and for each leaf its path as IMAP counts, its type, its
# names in hex and the SHA-256 of its content.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use MIME::Parser;

sub leaf {
	my ($entity, $path) = @_;
	my $head = $entity->head;
	my $body = $entity->bodyhandle;
	my %names;
	for my $field ('content-disposition.filename', 'content-type.name') {
		my $name = $head->mime_attr($field);
		$names{$name} = 1 if defined $name && length $name;
	}
	print join("\t", $path, lc $entity->mime_type,
	    join(',', map { unpack 'H*', $_ } sort keys %names),
	    sha256_hex(defined $body ? $body->as_string : '')), "\n";
}

# inside: the path of what the entity is in.
sub walk {
	my ($entity, $path) = @_;
	my @parts = $entity->parts;
	my $type = lc $entity->mime_type;
	if ($type =~ m{^message/} && @parts == 1) {
		my $inner = $parts[0];
		my $multi = lc($inner->mime_type) =~ m{^multipart/};
		my $leaf = $path eq '' ? '1' : "$path.1";
		walk($inner, $multi ? $path : $leaf);
	} elsif (@parts) {
		my $n = 0;
		walk($_, $path eq '' ? ++$n : $path . '.' . ++$n) for @parts;
	} elsif ($type !~ m{^multipart/}) {
		leaf($entity, $path eq '' ? '1' : $path);
	}
}

# An empty part makes it complain of itself.
local $SIG{__WARN__} = sub { };
for my $file (@ARGV) {
	my $parser = MIME::Parser->new;
	$parser->output_to_core(1);
	$parser->tmp_to_core(1);
	$parser->extract_uuencode(0);
	$parser->decode_headers(0);
	open my $in, '<:raw', $file or die "$file: $!\n";
	my $entity = $parser->parse($in);
	print "message\n";
	walk($entity, '');
}
