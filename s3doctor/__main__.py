"""`python -m s3doctor`."""

import sys

from s3doctor.cli import main

sys.exit(main())
