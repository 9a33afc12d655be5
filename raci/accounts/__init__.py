"""Authenticate people: passwords, second factors, single sign-on, invitations."""
