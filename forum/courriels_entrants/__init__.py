"""Answers that come by e-mail: reading what arrives, deciding what it is, taking it from a mailbox or a server.

`mime` and `html` read bytes that anybody may have sent, `citations` keeps what the person wrote of it,
`garde` and `authentification` say what must not be published, `boite` and `ecoute` are the two ways in. The
decision itself is an action: `forum.actions.receive_email`.

Nothing here raises on what it reads, and its time is linear in it: the tests throw megabytes at it.
"""
