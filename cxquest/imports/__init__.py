"""Bringing feedback in: files, their columns, import runs, and calls of the API."""
