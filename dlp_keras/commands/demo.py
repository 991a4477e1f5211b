"""`dlp demo`: the course in one minute. Trains two networks, saves their pictures, marks the solutions."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from rich.console import Console

from dlp_keras import device
from dlp_keras.course import CourseError
from dlp_keras.course.catalog import content_folder
from dlp_keras.marking.results import ExerciseResult, MarkResult
from dlp_keras.marking.tables import render_totals


def run_demo(figures: Path) -> bool:
    """Train, draw and mark; return whether the solutions earned all points.

    Parameters
    ----------
    figures
        Folder for the pictures: ``checkerboard.gif``, ``checkerboard_loss.png``, ``digits_loss.png``,
        ``digits_confusion_matrix.png``.

    Raises
    ------
    CourseError
        If the folder cannot be written, or the marks cannot run.
    """
    try:
        figures.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CourseError(f"{figures} cannot be made: {error.strerror}. Name another: --figures.") from error
    console = Console()
    marking = _start_marking()  # in a process of its own, beside the training
    try:
        console.print(device.use())
        _train_checkerboard(figures, console)
        _train_digits(figures, console)
        with console.status("Marking the solutions …"):
            results = _finish_marking(marking)
    finally:
        marking.kill()
    console.print(render_totals(results))
    console.print(f"Watch the checkerboard being learned: {figures / 'checkerboard.gif'}")
    return all(marks.complete for marks in results)


def _train_checkerboard(figures: Path, console: Console) -> None:
    import keras

    from dlp_keras.callbacks import DecisionBoundary
    from dlp_keras.datasets import make_checkerboard
    from dlp_keras.training import fit

    device.seed_everything(3)
    console.print("\n[bold]The checkerboard[/bold]: one hidden layer of 8 ReLUs, 500 points, 60 epochs")
    x, y = make_checkerboard(1000, seed=3)
    model = keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.005), "binary_crossentropy", metrics=["accuracy"])
    picture = DecisionBoundary(x[:500], y[:500], every=1, save=figures / "checkerboard.gif")
    validation = x[500:], y[500:, None]
    train = x[:500], y[:500, None]
    history = fit(
        model, *train, epochs=60, validation_data=validation, callbacks=[picture], seed=3, verbose=1
    )
    _draw_loss(history.history, figures / "checkerboard_loss.png", console)
    console.print(f"accuracy on new points: {history.history['val_accuracy'][-1]:.1%}")


def _train_digits(figures: Path, console: Console) -> None:
    import keras

    from dlp_keras import plots
    from dlp_keras.datasets import load_images
    from dlp_keras.training import fit

    console.print("\n[bold]Handwritten digits[/bold]: a convolutional network, 1100 images, 20 epochs")
    (x, y), (x_test, y_test) = load_images("digits")
    validation = x[1100:], y[1100:]
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input(x.shape[1:]),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.GlobalMaxPooling2D(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = fit(model, x[:1100], y[:1100], epochs=20, validation_data=validation, seed=3, verbose=1)
    _draw_loss(history.history, figures / "digits_loss.png", console)
    figure = Figure(figsize=(6, 5.5), layout="constrained")
    predicted = model.predict(x_test, verbose=0).argmax(axis=1)
    plots.confusion_matrix(figure.subplots(), y_test, predicted)
    _save(figure, figures / "digits_confusion_matrix.png", console)
    console.print(
        f"accuracy on {len(y_test)} images kept aside for the end: {np.mean(predicted == y_test):.1%}"
    )


def _draw_loss(history: dict[str, list[float]], path: Path, console: Console) -> None:
    from dlp_keras import plots

    figure = Figure(figsize=(8, 3.5), layout="constrained")
    for ax, metric in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        plots.loss_curves(ax, history, metric)
    _save(figure, path, console)


def _save(figure: Figure, path: Path, console: Console) -> None:
    figure.savefig(path, dpi=120)
    console.print(f"Saved {path}")


def _start_marking() -> subprocess.Popen[str]:
    command = [sys.executable, "-P", "-m", "dlp_keras", "check", "--json"]
    return subprocess.Popen(  # noqa: S603
        [*command, "--submission", str(content_folder() / "solutions")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def _finish_marking(marking: subprocess.Popen[str]) -> list[ExerciseResult]:
    output, errors = marking.communicate()
    try:
        records: list[dict[str, Any]] = json.loads(output)
    except ValueError as error:
        raise CourseError(f"The solutions could not be marked: {errors.strip() or error}") from error
    return [
        ExerciseResult(record["exercise"], [MarkResult(**mark) for mark in record["marks"]])
        for record in records
    ]
