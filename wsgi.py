"""The application, for a WSGI server: `waitress-serve wsgi:app`, or `make run`."""

import sys

from cxquest import create_app
from cxquest.config import WrongSetting
from cxquest.web.command import at_start

try:
    app = create_app()
except WrongSetting as wrong:
    at_start(str(wrong))
    sys.exit(1)
