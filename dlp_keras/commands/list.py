"""What `dlp list` does: show the exercises, the points and the next step."""

import json

import click
from rich.console import Console

from dlp_keras.course.next_step import describe_next_step, summarize
from dlp_keras.course.workspace import find_workspace
from dlp_keras.marking.tables import render_list


def show_list(as_json: bool) -> None:
    """Print one row an exercise, and what to do next."""
    workspace = find_workspace()
    summary = summarize(workspace)
    if as_json:
        click.echo(json.dumps(summary, indent=2, ensure_ascii=False))
        return
    console = Console()
    console.print(render_list(summary))
    if step := describe_next_step(workspace):
        console.print(f"\nNext: {step}", markup=False, highlight=False)
