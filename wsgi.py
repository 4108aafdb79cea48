"""The application, for a WSGI server: `waitress-serve wsgi:app`, or `make run`."""

from cxquest import create_app

app = create_app()
