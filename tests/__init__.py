"""The tests: unit (pure), service, web (both on each engine), browser, house (the rules)."""
