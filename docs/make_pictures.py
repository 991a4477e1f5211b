"""Pictures of the simulated physics for the documentation: ``python docs/make_pictures.py``."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from scipy.special import gamma

from dlp_keras.datasets import (
    CRITICAL_TEMPERATURE,
    energy,
    gumbel_parameters,
    kaufman_energy,
    magnetization,
    make_airshowers,
    make_ising,
    onsager_energy,
    onsager_magnetization,
)
from dlp_keras.plots import colors, footprint

PICTURES = Path(__file__).parent / "pictures"


def lattices() -> Figure:
    """Lattices through the transition."""
    temperatures = [1.5, 2.1, CRITICAL_TEMPERATURE, 2.5, 3.5]
    spins, _ = make_ising(len(temperatures), size=64, temperatures=temperatures, seed=4)
    figure = Figure(figsize=(10, 2.5), layout="constrained")
    for ax, lattice, temperature in zip(figure.subplots(1, 5), spins, temperatures, strict=True):
        ax.imshow(lattice, cmap=colors.DIVERGING, vmin=-1, vmax=1, interpolation="nearest")
        name = "T$_c$ = 2.269" if temperature == CRITICAL_TEMPERATURE else f"T = {temperature}"
        ax.set(title=name, xticks=[], yticks=[])
    figure.supxlabel("Ising model, 64 × 64 spins, temperatures in J/k$_B$", fontsize=10)
    return figure


def curves() -> Figure:
    """Magnetization and energy of simulated lattices against what is known exactly."""
    figure = Figure(figsize=(10, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2)
    temperature, fine = np.linspace(1, 3.5, 26), np.linspace(1, 3.5, 501)
    styles = {8: (colors.ORANGE, "^"), 16: (colors.DARK_ORANGE, "s"), 32: (colors.BLUE, "o")}
    for size, (colour, marker) in styles.items():
        spins, _ = make_ising(26 * 1000, size=size, temperatures=np.repeat(temperature, 1000), seed=5)
        style = {"color": colour, "marker": marker, "linestyle": "", "markersize": 4, "label": f"size {size}"}
        left.plot(temperature, np.abs(magnetization(spins)).reshape(26, 1000).mean(1), **style)
        right.plot(temperature, energy(spins).reshape(26, 1000).mean(1), **style)
        right.plot(fine, kaufman_energy(size, fine), color=colour, linewidth=0.9)
    for ax, exact in ((left, onsager_magnetization), (right, onsager_energy)):
        ax.plot(
            fine, exact(fine), color=colors.INK, linewidth=1.2, linestyle="--", label="infinite (Onsager)"
        )
        ax.axvline(CRITICAL_TEMPERATURE, color="0.8", linewidth=1, zorder=0)
        ax.set(xlabel="temperature T (J/k$_B$)")
        ax.legend(frameon=False)
    left.set(ylabel="mean of |magnetization| per spin", title="1000 lattices at each point")
    right.set(ylabel="mean energy per spin (J)", title="lines: Kaufman's energy of the finite lattice")
    return figure


def showers() -> Figure:
    """Footprints of protons at three energies and three angles."""
    energies, zeniths = [3.0, 17.0, 100.0], [0.0, 35.0, 60.0]
    drawn = make_airshowers(9, energies=np.tile(energies, 3), zeniths=np.repeat(zeniths, 3), seed=6)
    figure = Figure(figsize=(9.5, 8.2), layout="constrained")
    for index, ax in enumerate(figure.subplots(3, 3, sharex=True, sharey=True).flat):
        footprint(ax, drawn.signal[index], drawn.time[index], core=drawn.core[index], axis=drawn.axis[index])
        ax.set_title(f"{drawn.energy[index]:.0f} EeV, zenith angle {drawn.zenith[index]:.0f}°", fontsize=10)
        ax.label_outer()
    return figure


def maxima() -> Figure:
    """Depth of the maximum for protons and iron, with the distributions that they are drawn from."""
    figure = Figure(figsize=(6.5, 3.8), layout="constrained")
    ax = figure.subplots()
    x = np.linspace(600, 1100, 500)
    for mass, name, colour in ((1, "proton", colors.BLUE), (56, "iron", colors.ORANGE)):
        drawn = make_airshowers(20_000, mass_number=mass, energies=10.0, zeniths=60.0, seed=7)
        ax.hist(drawn.xmax, np.arange(600, 1101, 10), density=True, color=colour, alpha=0.5, label=name)
        mu, sigma, shape = gumbel_parameters(10.0, mass)
        y = (x - mu) / sigma
        density = shape**shape / gamma(shape) / sigma * np.exp(-shape * (y + np.exp(-y)))
        ax.plot(x, density, color=colors.INK, linewidth=1)
        ax.text(
            drawn.xmax.mean() + (35 if mass == 1 else 22),
            density.max() * 0.85,
            f"{name}\n{drawn.xmax.mean():.0f} ± {drawn.xmax.std():.0f} g/cm²",
        )
    ax.set(xlabel="depth of the shower's maximum X$_{max}$ (g/cm²)", ylabel="probability density (cm²/g)")
    ax.set_title("10 EeV; lines: generalised Gumbel distribution, EPOS-LHC", fontsize=10)
    return figure


def main() -> None:
    """Draw and save all pictures."""
    PICTURES.mkdir(exist_ok=True)
    for draw, name in (
        (lattices, "ising_lattices"),
        (curves, "ising_curves"),
        (showers, "airshower_footprints"),
        (maxima, "airshower_xmax"),
    ):
        draw().savefig(PICTURES / f"{name}.png", dpi=90, pil_kwargs={"optimize": True})


if __name__ == "__main__":
    main()
