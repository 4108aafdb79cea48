"""The Flask glue that every room's views and forms share. No domain in here."""
