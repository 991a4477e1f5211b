"""The TensorFlow Playground's colours, and the markers that tell classes apart without colour.

Orange is lighter than blue, so the two stay apart in greyscale and for colour-blind eyes.
"""

from matplotlib.colors import LinearSegmentedColormap

ORANGE = "#f59322"
BLUE = "#0877bd"
NEUTRAL = "#e8eaeb"
DARK_ORANGE = "#a34f00"
DARK_BLUE = "#053a5c"
"""The two for text, edges and thin lines."""
INK = "#333333"

NEGATIVE_MARKER, POSITIVE_MARKER = "^", "o"
NEGATIVE_SIGN, POSITIVE_SIGN = "▲", "●"

DIVERGING = LinearSegmentedColormap.from_list("playground", [ORANGE, NEUTRAL, BLUE]).with_extremes(
    bad="white"
)
"""Orange for negative values, grey for 0, blue for positive ones; white where there is none."""
FIELD = LinearSegmentedColormap.from_list("playground_field", ["#fabf83", "#f1f2f3", "#79b4da"])
"""`DIVERGING` half-way to white, so that points stand out on it."""
SEQUENTIAL = LinearSegmentedColormap.from_list("playground_blue", ["white", BLUE, DARK_BLUE])
"""White for 0 to dark blue."""
