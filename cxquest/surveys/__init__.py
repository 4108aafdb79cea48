"""Asking customers ourselves: a page per stage that anybody with the link may answer."""
