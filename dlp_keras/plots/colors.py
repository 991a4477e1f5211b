"""The TensorFlow Playground's colours, and the markers that tell classes apart without colour.

Orange is lighter than blue, so the two stay apart in greyscale and for colour-blind eyes.
"""

from matplotlib.colors import LinearSegmentedColormap, to_rgb

ORANGE = "#f59322"
BLUE = "#0877bd"
NEUTRAL = "#e8eaeb"
DARK_ORANGE = "#a34f00"
DARK_BLUE = "#053a5c"
"""The two for text, edges and thin lines."""
INK = "#333333"

_OKABE_ITO = ("#f0e442", "#882255", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#999999", "#6b4c1e")
CLASSES = (ORANGE, BLUE, *_OKABE_ITO)
"""Classes from 0 on, after Okabe and Ito: the first four also differ in lightness."""
MARKERS = ("^", "o", "s", "D", "P", "X", "v", "*", "<", ">")
SIGNS = ("▲", "●", "■", "◆", "✚", "✖", "▼", "★", "◀", "▶")
"""The same markers as letters."""

DIVERGING = LinearSegmentedColormap.from_list("playground", [ORANGE, NEUTRAL, BLUE]).with_extremes(
    bad="white"
)
"""Orange for negative values, grey for 0, blue for positive ones; white where there is none."""
FIELD = LinearSegmentedColormap.from_list("playground_field", ["#fabf83", "#f1f2f3", "#79b4da"])
"""`DIVERGING` half-way to white, so that points stand out on it."""
SEQUENTIAL = LinearSegmentedColormap.from_list("playground_blue", ["white", BLUE, DARK_BLUE])
"""White for 0 to dark blue."""


def paler(color: str) -> tuple[float, float, float]:
    """Return a colour half-way to white, so that points of the colour stand out on it."""
    red, green, blue = to_rgb(color)
    return (1 + red) / 2, (1 + green) / 2, (1 + blue) / 2


def darker(color: str) -> tuple[float, float, float]:
    """Return a colour half-way to black, for edges."""
    red, green, blue = to_rgb(color)
    return red / 2, green / 2, blue / 2
