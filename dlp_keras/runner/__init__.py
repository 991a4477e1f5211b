"""The side of the marks that runs student code, in a process of its own or in a notebook."""
