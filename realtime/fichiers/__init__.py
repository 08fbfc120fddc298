"""Files and pictures that go with the lines of salons."""
