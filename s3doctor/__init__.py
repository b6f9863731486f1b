"""s3doctor: examines an S3 bucket as the Tenyks platform will read it."""

__version__ = "0.1.0"
