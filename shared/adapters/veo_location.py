"""The location of Veo. A module of its own, without imports, because the deployer reads it, too."""

LOCATION = "us-central1"
"""Where Google's own examples ask it; Omni is only in `global`, and nobody has tried whether Veo is there too."""
