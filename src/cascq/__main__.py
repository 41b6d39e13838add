"""`python -m cascq` is `cascq`."""

import sys

from cascq.cli import main

if __name__ == "__main__":
    sys.exit(main())
