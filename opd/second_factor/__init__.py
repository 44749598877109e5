"""The second step of the staff's log-in: a code of the phone (RFC 6238), or one of ten kept on paper."""
