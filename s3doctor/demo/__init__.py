"""An S3 of our own, on loopback, with patients to examine: needs the `demo` extra."""
