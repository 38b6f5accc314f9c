# What runs behind the ports of a workload in a cluster. It answers each HTTP request with JSON that
# tells what arrived, as RequestTeller does on this machine; on TCP ports it sends back what it gets.
# Perl, as it is in any Debian image: so no image has to be built.
# Arguments: the workload's name, its labels as JSON, and its ports as http:8000 or tcp:9000.
use strict;
use warnings;
use IO::Socket::INET;

my ($workload, $labels, @ports) = @ARGV;
$SIG{CHLD} = 'IGNORE';
$SIG{PIPE} = 'IGNORE';

sub text {
  my ($value) = @_;
  $value =~ s/(["\\])/\\$1/g;
  $value =~ s/([\x00-\x1f])/sprintf('\\u%04x', ord $1)/ge;
  return qq("$value");
}

sub line {
  my ($in) = @_;
  my $line = <$in>;
  return undef unless defined $line;
  $line =~ s/\r?\n$//;
  return $line;
}

sub first {
  my ($headers, $name) = @_;
  return exists $headers->{$name} ? $headers->{$name}[0] : '';
}

sub body {
  my ($in, $headers) = @_;
  my $body = '';
  if (first($headers, 'transfer-encoding') =~ /chunked/i) {
    while (defined(my $size = line($in))) {
      $size =~ s/;.*//;
      last if hex($size) == 0;
      read($in, $body, hex($size), length $body);
      line($in);
    }
    while (defined(my $trailer = line($in))) { last if $trailer eq ''; }
  } elsif (my $length = first($headers, 'content-length')) {
    read($in, $body, $length);
  }
  return $body;
}

sub http {
  my ($socket) = @_;
  while (defined(my $start = line($socket))) {
    next if $start eq '';
    my ($method, $target) = split / /, $start;
    my %headers;
    while (defined(my $header = line($socket))) {
      last if $header eq '';
      my ($name, $value) = split /:\s*/, $header, 2;
      push @{$headers{lc $name}}, $value // '';
    }
    if (first(\%headers, 'expect') =~ /100-continue/i) {
      print $socket "HTTP/1.1 100 Continue\r\n\r\n";
    }
    my $body = body($socket, \%headers);
    my ($path, $query) = split /\?/, $target, 2;
    if ($path =~ m{^/delay/([0-9]{1,2}(?:\.[0-9]{1,3})?)$}) { select(undef, undef, undef, $1); }
    my $status = $path =~ m{^/status/([2-5][0-9][0-9])$} ? $1 : 200;
    my $told = '';
    if ($status != 204 && $status != 304) {
      my $headers = join ',', map {
        text($_) . ':[' . join(',', map { text($_) } @{$headers{$_}}) . ']'
      } sort keys %headers;
      $told = '{"workload":' . text($workload) . ",\"labels\":$labels,\"method\":" . text($method)
        . ',"path":' . text($path) . ',"query":' . text($query // '')
        . ",\"headers\":{$headers},\"body\":" . text($body) . '}';
    }
    my $close = first(\%headers, 'connection') =~ /close/i;
    my $length = length $told;
    $told = '' if $method eq 'HEAD';
    print $socket "HTTP/1.1 $status Told\r\n",
      $length ? "Content-Type: application/json\r\nContent-Length: $length\r\n"
              : $status == 204 || $status == 304 ? '' : "Content-Length: 0\r\n",
      $close ? "Connection: close\r\n" : '', "\r\n", $told;
    last if $close;
  }
}

sub tcp {
  my ($socket) = @_;
  while (sysread $socket, my $bytes, 65536) {
    for (my $sent = 0; $sent < length $bytes; ) {
      my $more = syswrite $socket, $bytes, length($bytes) - $sent, $sent;
      return unless $more;
      $sent += $more;
    }
  }
}

sub serve {
  my ($protocol, $port) = @_;
  my $server = IO::Socket::INET->new(LocalPort => $port, Listen => 128, ReuseAddr => 1)
    or die "cannot listen on $port: $!";
  while (1) {
    my $socket = $server->accept or next;
    if (!fork) {
      close $server;
      $socket->autoflush(1);
      $protocol eq 'http' ? http($socket) : tcp($socket);
      exit 0;
    }
    close $socket;
  }
}

my @children;
$SIG{TERM} = sub { kill 'KILL', @children; exit 0; };
for (@ports) {
  my ($protocol, $port) = split /:/;
  my $child = fork;
  if (!$child) {
    $SIG{TERM} = 'DEFAULT';
    serve($protocol, $port);
  }
  push @children, $child;
}
sleep 1000 while 1;
