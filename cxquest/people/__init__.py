"""People: persons, departments, sign-in, invitations and the organisation itself."""
