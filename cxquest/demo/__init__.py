"""The demo company, made by the same services that the pages call, with a moved clock."""
