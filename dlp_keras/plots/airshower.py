"""The footprint of an air shower, as seen from above."""

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import EllipseCollection

from dlp_keras.plots import colors

SMALLEST, LARGEST = 0.3, 1.0
"""Diameters of a station's disc in spacings, at a signal of 10 or less and of 10,000 or more."""


def footprint(
    ax: Axes,
    signal: npt.ArrayLike,
    time: npt.ArrayLike,
    *,
    spacing: float = 750.0,
    core: npt.ArrayLike | None = None,
    axis: npt.ArrayLike | None = None,
    colorbar: bool = True,
) -> Axes:
    """Draw what the stations recorded: time as colour, signal as the size of a disc.

    Parameters
    ----------
    ax : Axes
    signal : array_like of shape (n_stations, n_stations)
        Signals; 0 in silent stations, which are drawn as points. Rows run along y, columns along x.
    time : array_like of shape (n_stations, n_stations)
        Times in ns; NaN in silent stations.
    spacing : float
        Distance of neighbouring stations in m.
    core : array_like of shape (2,), optional
        Where the shower's axis meets the ground, in m: a cross.
    axis : array_like of shape (3,), optional
        Unit vector towards where the shower comes from: an arrow along the way it goes, longer the more
        inclined it is.
    colorbar : bool
        Whether a bar explains the colours: the time since the first station was hit.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If `signal` and `time` are not one square array each, of the same shape.
    """
    signals, times = np.asarray(signal, dtype=float), np.asarray(time, dtype=float)
    if signals.ndim != 2 or len(set(signals.shape + times.shape)) != 1 or signals.shape != times.shape:
        raise ValueError(
            "`signal` and `time` must have one shape (n_stations, n_stations). "
            f"Got {signals.shape} and {times.shape}."
        )
    line = (np.arange(len(signals)) - (len(signals) - 1) / 2) * spacing / 1000
    x, y = np.meshgrid(line, line)
    hit = signals > 0
    ax.scatter(x[~hit], y[~hit], s=4, color="0.75")
    diameters = np.interp(np.log10(signals[hit]), [1, 4], [SMALLEST, LARGEST]) * spacing / 1000
    places = np.column_stack([x[hit], y[hit]])
    discs = EllipseCollection(
        diameters, diameters, np.zeros(len(places)), units="x", offsets=places, offset_transform=ax.transData
    )
    # The earliest station is 0: only differences of times mean something.
    discs.set(array=(times[hit] - times[hit].min(initial=np.inf)) / 1000, cmap="viridis")
    ax.add_collection(discs)
    if core is not None:
        _arrow(ax, np.asarray(core, dtype=float) / 1000, axis, reach=line[-1])
    if colorbar and ax.figure is not None:
        ax.figure.colorbar(discs, ax=ax, label="time (µs)", shrink=0.8)
    margin = 0.75 * spacing / 1000
    ax.set(xlabel="x (km)", ylabel="y (km)", aspect="equal")
    ax.set(xlim=(line[0] - margin, line[-1] + margin), ylim=(line[0] - margin, line[-1] + margin))
    return ax


def _arrow(ax: Axes, core: npt.NDArray[np.float64], axis: npt.ArrayLike | None, reach: float) -> None:
    """Mark the core, and the direction of flight on the ground where `axis` is given."""
    ax.plot(*core, marker="x", color=colors.INK, markersize=7, markeredgewidth=1.8)
    if axis is not None:
        tail = core + np.asarray(axis, dtype=float)[:2] * reach
        ax.annotate(
            "", xy=tuple(core), xytext=tuple(tail), arrowprops={"arrowstyle": "-|>", "color": colors.INK}
        )
