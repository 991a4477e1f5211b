"""Keras callbacks that draw a network while it trains.

In a notebook each of them updates one figure in place. In a terminal it saves frames: ``save`` names a
``.gif`` or ``.png``, which is complete after every frame, also when training stops on an exception or
Ctrl-C, or an ``.mp4``, which is complete at the end and needs ffmpeg. ``save=None`` writes
``NAME.gif`` into `dlp_keras.display.figures_folder` in a terminal and nothing in a notebook; ``save=False``
never writes. The path is printed at the end.
"""

from dlp_keras.callbacks.convolution_maps import ConvolutionMaps
from dlp_keras.callbacks.decision_boundary import DecisionBoundary
from dlp_keras.callbacks.loss_curves import LossCurves
from dlp_keras.callbacks.neuron_maps import NeuronMaps

__all__ = ["ConvolutionMaps", "DecisionBoundary", "LossCurves", "NeuronMaps"]
