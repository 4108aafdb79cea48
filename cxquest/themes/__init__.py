"""Themes: named, merged and split by people, proposed and learned by the program."""
