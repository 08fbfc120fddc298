"""Files that people send: what they are, pictures written again, kept, handed out."""
