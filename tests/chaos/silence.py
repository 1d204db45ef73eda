"""A transcript that keeps nothing: a long run has too much to tell."""


class Silence:
    """What Wire and Worker write their lines to."""

    def note(self, who, what):
        """Nothing."""

    def data(self, who, arrow, data):
        """Nothing."""

    def text(self):
        """Nothing was kept."""
        return ""
