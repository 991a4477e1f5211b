# /// exercise
# title = "Convolution"
# goals = [
#     "write a convolution with channels, stride and padding, and a max pooling, as Keras computes them",
#     "count sizes, parameters and receptive fields of a convolutional network before you build it",
#     "design kernels that answer a question: where is an edge, what is the energy of a magnet",
#     "tell which layers shift along exactly with their input, and which do not",
# ]
# minutes = 50
# task_minutes = [16, 6, 8, 7, 7]
# difficulty = 2
# prerequisites = ["ex02"]
# slides = ["Convolutional Networks"]
# book = ["8"]
# ///

# %% [markdown]
# # Exercise 13 · Convolution
#
# The laws of physics are the same everywhere, and so are the traces that they leave: an edge is an edge in every
# corner of a picture, a muon a muon in every part of a detector. A **convolutional** layer builds that in. It slides
# one small set of weights, the *kernel*, over the whole image, and looks for the same thing at every place. You write
# such a layer in NumPy, count what it costs, and design kernels by hand before a network learns them in exercise 14.

# %%
import numpy as np

# %% [markdown]
# ## Task 1: the convolution
#
# Images come as an array of shape (images, height, width, channels), kernels as Keras stores them, with the shape
# (kernel height, kernel width, channels, filters). With the stride $s$, image $x$, kernels $K$ and biases $b$, the
# *feature map* of filter $f$ is
#
# $$y_{ijf} = b_f + \sum_{u,\,v,\,c} K_{uvcf}\; x_{si+u,\; sj+v,\; c} .$$
#
# Each filter sums over its window **and** over all channels. (In mathematics, a convolution would turn the kernel by
# 180° first. Neither Keras nor we do so: for weights that are learned it makes no difference.)
#
# With `padding="valid"` only windows that lie inside the image count. With `padding="same"` there is one window for
# every $s$-th pixel, $\lceil n/s \rceil$ windows along a side of $n$ pixels. For windows of $k$ pixels they need
# $(\lceil n/s \rceil - 1)\,s + k$ pixels in all. What the image lacks is filled up with zeros, half on each side; of
# an odd number, the one left over goes below or to the right.


# %%
def pad_same(images, kernel_size, stride):
    """Surround images with the zeros that `padding="same"` asks for.

    Parameters
    ----------
    images : array of shape (n_images, height, width, n_channels)
    kernel_size : (int, int)
        Height and width of the kernel.
    stride : int

    Returns
    -------
    array of shape (n_images, height + zeros, width + zeros, n_channels)
        The images themselves where no zero is needed.
    """
    # TASK 1: add rows and columns of zeros, so that ⌈n / stride⌉ windows fit; an odd one goes below or to the right.
    # HINT 1: Take 6 pixels, a kernel of 3 and a stride of 2. How many windows, how many pixels, how many zeros? Can the
    #   number of zeros become negative?
    # HINT 1: For whole numbers, `-(-n // s)` rounds up and `n // s` rounds down.
    # HINT 1: `np.pad(images, …)` takes one pair (before, after) for each of the four axes.
    # BEGIN SOLUTION
    margins = []
    for n_pixels, kernel in zip(images.shape[1:3], kernel_size, strict=True):
        n_windows = -(-n_pixels // stride)
        n_zeros = max(0, (n_windows - 1) * stride + kernel - n_pixels)
        margins.append((n_zeros // 2, n_zeros - n_zeros // 2))
    return np.pad(images, [(0, 0), *margins, (0, 0)])
    # END SOLUTION


# %%
def convolve2d(images, kernels, bias, stride=1, padding="valid"):
    """Apply a convolutional layer, as `keras.layers.Conv2D` does.

    Parameters
    ----------
    images : array of shape (n_images, height, width, n_channels)
        Whole or real numbers.
    kernels : array of shape (kernel_height, kernel_width, n_channels, n_filters)
    bias : array of shape (n_filters,)
    stride : int
        Pixels from one window to the next, downwards and to the right.
    padding : "valid" or "same"

    Returns
    -------
    array of shape (n_images, n_rows, n_columns, n_filters)
        The feature maps.
    """
    # TASK 1: slide every kernel over every image, sum over window and channels, add the bias of the filter.
    # HINT 1: Which rows and columns of the image does the window of y_00, of y_01, of y_10 cover?
    # HINT 1: Two loops over the positions of the map are enough: the windows of all images at one position are a slice
    #   of `images`, `np.tensordot(…, axes=3)` sums over its last three axes, and the result belongs to `maps[:, i, j]`.
    # HINT 1: Without loops: `np.lib.stride_tricks.sliding_window_view` gives all windows, `[:, ::stride, …]` keeps
    #   every s-th, and `np.einsum` sums over those letters that are not behind the arrow.
    # BEGIN SOLUTION
    if padding == "same":
        images = pad_same(images, kernels.shape[:2], stride)
    windows = np.lib.stride_tricks.sliding_window_view(images, kernels.shape[:2], axis=(1, 2))
    return np.einsum("nijcuv,uvcf->nijf", windows[:, ::stride, ::stride], kernels) + bias
    # END SOLUTION


# %% [markdown]
# Watch the window slide. The kernel subtracts the upper left pixel of the window from the lower right one: the map is
# blue where the image becomes brighter in this direction, and orange where it becomes darker.


# %%
def apply_kernel(image, kernel, **options):
    """Return the feature map (n_rows, n_columns) of one kernel and one image, both without channels."""
    images, kernels = image[np.newaxis, :, :, np.newaxis], kernel[:, :, np.newaxis, np.newaxis]
    return np.asarray(convolve2d(images, kernels, np.zeros(1), **options))[0, :, :, 0]


# %%
def draw_kernel(ax, kernel):
    """Draw a kernel as a table of its weights."""
    largest = 2 * np.abs(kernel).max()
    ax.imshow(kernel, cmap=colors.DIVERGING, vmin=-largest, vmax=largest)
    for (row, column), weight in np.ndenumerate(kernel):
        ax.text(column, row, f"{weight:.2g}", ha="center", va="center")
    ax.set(xticks=[], yticks=[])


# %%
def fix_layout(figure, draw_step):
    """Lay a figure out once, with its titles, instead of for every frame."""
    draw_step(0)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")


# %%
def animate_window(image, kernel):
    """Animate the window that slides over an image, and the map that it leaves behind."""
    feature_map = apply_kernel(image, kernel)
    largest = np.abs(feature_map).max()
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(9, 3.4), layout="constrained")
    left.imshow(image, cmap="gray")
    left.set(title="image", xlabel="column", ylabel="row")
    draw_kernel(middle, kernel)
    middle.set_title("kernel")
    height, width = kernel.shape
    window = left.add_patch(plt.Rectangle((-0.5, -0.5), width, height, fill=False, color=colors.ORANGE, lw=3))
    shown = np.full_like(feature_map, np.nan)
    picture = right.imshow(shown, cmap=colors.DIVERGING, vmin=-largest, vmax=largest)
    right.set(xlabel="column", ylabel="row")

    def draw_step(step):
        row, column = np.unravel_index(step, feature_map.shape)
        window.set_xy((column - 0.5, row - 0.5))
        shown[row, column] = feature_map[row, column]
        picture.set_data(shown)
        right.set_title(f"map, [{row}, {column}] = {feature_map[row, column]:.2f}")

    fix_layout(figure, draw_step)
    return FuncAnimation(figure, draw_step, frames=feature_map.size)


# %%
if __name__ == "__main__":
    import matplotlib.pyplot as plt
    from matplotlib.animation import FuncAnimation

    from dlp_keras.datasets import load_images
    from dlp_keras.display import show, show_animation
    from dlp_keras.plots import colors

    (digits, _), _ = load_images("digits")
    digit = digits[0, :, :, 0]  # 8 × 8 pixels
    diagonal = np.array([[-1.0, 0, 0], [0, 0, 0], [0, 0, 1.0]])
    show_animation(animate_window(digit, diagonal), "ex13_window", frames_per_second=6)

# %% [markdown]
# ## Task 2: max pooling
#
# Often it matters *that* a feature is there, and hardly *where*. Max pooling cuts each map into blocks of size × size
# pixels, side by side without overlap, and keeps the largest value of each block. Rows and columns at the lower and
# right edge that do not fill a block are dropped, as in Keras.


# %%
def max_pool2d(images, size):
    """Keep the largest value of each block of size × size pixels.

    Parameters
    ----------
    images : array of shape (n_images, height, width, n_channels)
    size : int

    Returns
    -------
    array of shape (n_images, height // size, width // size, n_channels)
    """
    # TASK 2: return the maximum of each block, for each image and channel; drop rows and columns that fill no block.
    # HINT 2: How many whole blocks are there? Cut off what lies beyond them first.
    # HINT 2: `reshape` can split the axis of the height into two, (blocks, rows of a block), and the width likewise.
    # HINT 2: `max` takes a tuple of axes: those that count the pixels inside of a block.
    # BEGIN SOLUTION
    n_images, height, width, n_channels = images.shape
    n_rows, n_columns = height // size, width // size
    whole = images[:, : n_rows * size, : n_columns * size]
    return whole.reshape(n_images, n_rows, size, n_columns, size, n_channels).max(axis=(2, 4))
    # END SOLUTION


# %% [markdown]
# ## Task 3: sizes, parameters, receptive fields
#
# Three numbers decide on a design, and all three can be computed before anything is trained:
#
# - the **size** of the map: the number of windows along a side;
# - the number of **parameters**: all weights of all filters, and their biases;
# - the **receptive field**: the side of the square of image pixels that one node of the last map sees. One layer with
#   a kernel of 3 sees 3 pixels. A second one on top sees 3 nodes of the first map. If the first stride is 1, their
#   windows are shifted by one pixel each, and cover 5 pixels together. How many are they if the first stride is 2?


# %%
def output_size(size, kernel, stride, padding):
    """Return the side of the feature map.

    Parameters
    ----------
    size, kernel, stride : int
        Side of the image, at least `kernel`; side of the kernel; pixels from one window to the next.
    padding : "valid" or "same"

    Returns
    -------
    int
    """
    # TASK 3: count the windows along one side: those that fit into the image, or one for every s-th pixel.
    # HINT 3: For "valid", mark the first pixel of each window. The last one may start at pixel n − k, counted from 0.
    # BEGIN SOLUTION
    if padding == "same":
        return -(-size // stride)
    return (size - kernel) // stride + 1
    # END SOLUTION


# %%
def count_parameters(kernel, channels, filters):
    """Count the parameters of a convolutional layer, weights and biases.

    Parameters
    ----------
    kernel : int
        Side of the square kernel.
    channels, filters : int
        Channels of its input and of its output.

    Returns
    -------
    int
    """
    # TASK 3: return the number of weights and biases.
    # HINT 3: Which shapes do `kernels` and `bias` have in task 1?
    # BEGIN SOLUTION
    return filters * (kernel**2 * channels + 1)
    # END SOLUTION


# %%
def receptive_field(layers):
    """Return the side of the square of image pixels that one node of the last map sees.

    Parameters
    ----------
    layers : list of (int, int)
        Kernel and stride of each layer, the first one first. Pooling by 2 is (2, 2).

    Returns
    -------
    int
        1 without any layer.
    """
    # TASK 3: return the receptive field after all layers.
    # HINT 3: How far apart, in pixels of the image, do two neighbours in the first, the second, the third map lie?
    # HINT 3: Go through the layers with two numbers, the field and that distance. A kernel of k adds k − 1 distances.
    # BEGIN SOLUTION
    field, distance = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * distance
        distance *= stride
    return field
    # END SOLUTION


# %% [markdown]
# A small network for images of 32 × 32 pixels with one channel, layer by layer. Below it stand two rivals of its first
# layer, whose output has the same 32 × 32 × 16 nodes: a dense layer, which connects every node with every pixel, and a
# *locally connected* one, which looks at windows of 3 × 3 pixels as well, but with weights of their own at every place.

# %%
if __name__ == "__main__":
    size, channels, layers = 32, 1, []
    for name, kernel, stride, filters in [
        ("convolution", 3, 1, 16),
        ("pooling", 2, 2, None),
        ("convolution", 3, 1, 32),
        ("pooling", 2, 2, None),
        ("convolution", 3, 1, 32),
    ]:
        n_parameters = count_parameters(kernel, channels, filters) if filters else 0
        size, channels = output_size(size, kernel, stride, "same"), filters or channels
        layers.append((kernel, stride))
        field = receptive_field(layers)
        shape = f"{size:2} × {size:2} × {channels:2}"
        print(f"{name:11}  map {shape}  {n_parameters:5} parameters  field {field:2}")
    n_pixels, n_nodes = 32 * 32, 32 * 32 * 16
    print(f"dense layer              {n_nodes * (n_pixels + 1):10} parameters")
    print(f"locally connected layer  {n_nodes * (3 * 3 + 1):10} parameters")

# %% [markdown]
# ## Task 4: kernels with a meaning
#
# In exercise 14 the kernels are learned. Here you design two. On a grid with unit spacing, the second derivative along
# a row is the difference of two differences,
#
# $$\frac{\partial^2 g}{\partial x^2} \approx \bigl(g(x+1) - g(x)\bigr) - \bigl(g(x) - g(x-1)\bigr) ,$$
#
# and along a column likewise. Their sum is the **Laplacian** $\Delta g$.
#
# The second one is for a magnet. In the Ising model every spin $s = \pm 1$ feels its four neighbours, and the energy
# of each of the $N$ spins of a lattice is, on average,
#
# $$u = -\frac1N \sum_{\text{pairs}} s\, s' .$$
#
# The sum runs over the pairs of neighbours, each counted **once**; the lattice is periodic, so the spins at one edge
# are neighbours of those at the opposite edge. `wrap` is given: it continues a lattice by one spin on each side.


# %%
def laplace_kernel():
    """Return the discrete Laplacian on a grid with unit spacing.

    Returns
    -------
    array of shape (3, 3)
        Its map is 4 everywhere on the image g(x, y) = x² + y².
    """
    # TASK 4: return the weights of the nine pixels in the second derivative along x plus that along y.
    # HINT 4: Write out ∂²g/∂x² first: which weights do the pixels x − 1, x and x + 1 get?
    # BEGIN SOLUTION
    return np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
    # END SOLUTION


# %%
def neighbour_kernel():
    """Return the kernel that sums the four nearest neighbours of a spin.

    Returns
    -------
    array of shape (3, 3)
    """
    # TASK 4: return the weights of the nine spins of a window: those above, below, left and right of the middle count.
    # HINT 4: Is a spin a neighbour of itself? Are those at the corners?
    # BEGIN SOLUTION
    return np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    # END SOLUTION


# %%
def wrap(lattices):
    """Continue periodic lattices (n_lattices, size, size) by one spin on each side."""
    return np.pad(lattices, ((0, 0), (1, 1), (1, 1)), mode="wrap")


# %%
def ising_energy(spins):
    """Return the energy per spin of Ising lattices with periodic boundaries, in units of the coupling J.

    Parameters
    ----------
    spins : array of shape (n_lattices, size, size)
        Whole numbers, −1 or 1.

    Returns
    -------
    array of shape (n_lattices,)
        From −2, where all spins are equal, to 2.
    """
    # TASK 4: sum the neighbours of each spin with `convolve2d`, and return u for every lattice.
    # HINT 4: `convolve2d` needs an axis for the channels, of length 1, in `spins` and in the kernel, which also needs
    #   one for the filters. The bias is zero.
    # HINT 4: How often does each pair count in the sum of spin × (sum of its neighbours) over all spins?
    # BEGIN SOLUTION
    kernels = neighbour_kernel()[:, :, np.newaxis, np.newaxis]
    neighbours = convolve2d(wrap(spins)[..., np.newaxis], kernels, np.zeros(1))[..., 0]
    return -np.mean(spins * neighbours, axis=(1, 2)) / 2
    # END SOLUTION


# %% [markdown]
# Lattices below, at and above the transition temperature, and what each spin contributes to the energy: a feature map,
# dark along the walls between the domains. **What windows of 3 × 3 spins show, and a mean, are enough for the energy**;
# exercise 15 will use that.

# %%
if __name__ == "__main__":
    from dlp_keras.datasets import energy, make_ising

    temperatures = [1.8, 2.27, 4.0]
    spins, _ = make_ising(3, size=64, temperatures=temperatures, seed=4)
    print("energy per spin, with a kernel:", *np.round(ising_energy(spins), 4))
    print("energy per spin, bond by bond: ", *np.round(energy(spins), 4))

    figure, axes = plt.subplots(2, 3, figsize=(9, 6.2), layout="constrained")
    for (above, below), lattice, temperature in zip(axes.T, spins, temperatures, strict=True):
        above.imshow(lattice, cmap=colors.DIVERGING)
        above.set_title(f"spins at $T$ = {temperature} J/$k_B$")
        contribution = (
            -lattice * apply_kernel(np.pad(lattice, 1, mode="wrap"), np.asarray(neighbour_kernel())) / 2
        )
        picture = below.imshow(contribution, cmap=colors.SEQUENTIAL, vmin=-2, vmax=2)
        below.set_title(f"energy per spin: {contribution.mean():.2f} J")
    plt.setp(axes, xticks=[], yticks=[])
    figure.colorbar(picture, ax=axes[1], label="contribution of each spin / J")
    show(figure, "ex13_ising")

# %% [markdown]
# ## Task 5: predict, run, answer
#
# The next picture shows some classic kernels at work, on a square and a disc and on a photograph. One of them, *right
# minus left*, answers to the vertical edges of the square: it is positive at the left one, where the image becomes
# brighter from left to right, and negative at the right one. Before you run the cell: what is it at a horizontal edge?
#
# - **a** Strong: an edge is an edge, whatever direction it has.
# - **b** Zero: on such an edge, left and right are equal.
# - **c** Negative: it is the opposite of a vertical edge.

# %%
# TASK 5: before you run the next cell, say what you expect: "a", "b" or "c".
# STUB: PREDICTIONS = {"edges": None}
# BEGIN SOLUTION
PREDICTIONS = {"edges": "b"}
# END SOLUTION


# %%
def make_kernels():
    """Return some classic kernels by name."""
    right_minus_left = np.array([[-1.0, 0, 1], [-1, 0, 1], [-1, 0, 1]])
    return {
        "blur": np.full((3, 3), 1 / 9),
        "right minus left": right_minus_left,
        "lower minus upper": right_minus_left.T,
        "Laplacian": np.asarray(laplace_kernel()),
        "emboss": np.array([[-2.0, -1, 0], [-1, 1, 1], [0, 1, 2]]),
    }


# %%
def make_shapes(height=60, width=90):
    """Draw a bright square and a bright disc on a dark image."""
    row, column = np.mgrid[:height, :width]
    square = (abs(row - 30) < 16) & (abs(column - 24) < 16)
    disc = (row - 30) ** 2 + (column - 65) ** 2 < 16**2
    return (square | disc).astype(float)


# %%
def plot_kernels(images, kernels):
    """Draw kernels, and below each the maps of the images: grey where the weights sum to 1, else by sign."""
    n_rows, n_columns = 1 + len(images), 1 + len(kernels)
    figure, axes = plt.subplots(n_rows, n_columns, figsize=(14, 5.6))
    figure.subplots_adjust(0.01, 0.01, 0.99, 0.94, wspace=0.05, hspace=0.05)
    plt.setp(axes, xticks=[], yticks=[])
    axes[0, 0].axis("off")
    for ax, image in zip(axes[1:, 0], images, strict=True):
        ax.imshow(image, cmap="gray")
    for column, (name, kernel) in zip(axes.T[1:], kernels.items(), strict=True):
        draw_kernel(column[0], kernel)
        column[0].set_title(name)
        for ax, image in zip(column[1:], images, strict=True):
            feature_map = apply_kernel(image, kernel)
            largest = np.quantile(np.abs(feature_map), 0.99)
            signs = {"cmap": colors.DIVERGING, "vmin": -largest, "vmax": largest}
            ax.imshow(feature_map, **({"cmap": "gray"} if kernel.sum() > 0.5 else signs))
    return figure


# %%
if __name__ == "__main__":
    from sklearn.datasets import load_sample_image

    photograph = load_sample_image("china.jpg")[::2, ::2].mean(axis=2) / 255  # by danielbuechele, CC BY 2.0
    show(plot_kernels([make_shapes(), photograph], make_kernels()), "ex13_kernels")

# %% [markdown]
# Now move a digit over a periodic grid, which has no border. A layer is called **equivariant** if its map moves along
# and changes in no other way. The table gives the largest difference that is left after the best shift of the map.


# %%
def make_layers(kernel):
    """Return three layers by name: functions of one periodic image."""

    def convolution(image, stride):
        return apply_kernel(np.pad(image, 1, mode="wrap"), kernel, stride=stride)

    def pooling(image):
        return np.asarray(max_pool2d(image[np.newaxis, :, :, np.newaxis], 2))[0, :, :, 0]

    return {
        "convolution, stride 1": lambda image: convolution(image, 1),
        "convolution, stride 2": lambda image: convolution(image, 2),
        "max pooling by 2": pooling,
    }


# %%
def mismatch(layer, image, n_pixels):
    """Return the largest difference between the map of a shifted image and the best shift of the map."""
    before, after = layer(image), layer(np.roll(image, n_pixels, axis=1))
    return min(np.abs(after - np.roll(before, n, axis=1)).max() for n in range(before.shape[1]))


# %%
def animate_shift(image, layers):
    """Animate an image that moves to the right over a periodic grid, and the maps of the layers."""
    figure, axes = plt.subplots(1, 1 + len(layers), figsize=(11, 3), layout="constrained")
    plt.setp(axes, xticks=[], yticks=[])
    pictures = [axes[0].imshow(image, cmap="gray")]
    for ax, (name, layer) in zip(axes[1:], layers.items(), strict=True):
        largest = max(np.abs(layer(np.roll(image, step, axis=1))).max() for step in range(image.shape[1]))
        pictures.append(ax.imshow(layer(image), cmap=colors.DIVERGING, vmin=-largest, vmax=largest))
        ax.set_title(name)

    def draw_step(step):
        shifted = np.roll(image, step, axis=1)
        axes[0].set_title(f"image, shifted by {step}")
        for picture, layer in zip(pictures, [np.asarray, *layers.values()], strict=True):
            picture.set_data(layer(shifted))

    fix_layout(figure, draw_step)
    return FuncAnimation(figure, draw_step, frames=image.shape[1])


# %%
if __name__ == "__main__":
    image = np.pad(digit, 2)
    layers = make_layers(make_kernels()["right minus left"])
    for name, layer in layers.items():
        one, two = (mismatch(layer, image, n_pixels) for n_pixels in (1, 2))
        print(f"{name:21}  shift by 1: {one:.2f}  shift by 2: {two:.2f}")
    show_animation(animate_shift(image, layers), "ex13_shift", frames_per_second=2)

# %% [markdown]
# Shift an image by one pixel. The output of which layer shifts along exactly?
#
# - **a** That of max pooling by 2, away from the border.
# - **b** That of a convolution with stride 2, away from the border.
# - **c** That of a convolution with stride 1, away from the border.
#
# Look at the numbers below task 3. The dense layer has 16 793 600 parameters, the locally connected one 163 840, the
# convolution 160. Where does the last factor of 1024 come from?
#
# - **a** The same weights are used at every place of the image.
# - **b** Each node looks at nine pixels, and not at all of them.
# - **c** Pooling removes most of the nodes, and their weights too.
#
# Does it matter whether max pooling stands before or after ReLU? Compare `max_pool2d(np.maximum(maps, 0), 2)` with
# `np.maximum(max_pool2d(maps, 2), 0)` for some maps of random numbers.
#
# - **a** Yes, always: ReLU cuts off what the maximum would need.
# - **b** No, never: ReLU keeps the order of the numbers it gets.
# - **c** Only with padding "valid": it loses pixels at the border.

# %%
# TASK 5: answer the three questions: "a", "b" or "c".
# HINT 5: In how many places does the convolution use its 160 parameters?
# HINT 5: Take the block 3, −1, −2, −5, and one with negative numbers only.
# STUB: ANSWERS = {"equivariant": None, "why_fewer": None, "order": None}
# BEGIN SOLUTION
ANSWERS = {"equivariant": "c", "why_fewer": "a", "order": "b"}
# END SOLUTION

# %% [markdown]
# ## If something looks wrong
#
# - The map of *right minus left* has its colours exchanged: the kernel is turned.
#   <!-- mistake: the kernel is turned by 180 degrees -->
# - The maps have five axes: the channels must be summed. <!-- mistake: the channels are not summed -->
# - With stride 2 the map is still as wide as before: the stride counts in both directions.
#   <!-- mistake: the stride counts downwards only -->
# - `cannot reshape array`, but not for every image: some rows or columns fill no block.
#   <!-- mistake: incomplete blocks are not thought of -->
# - The energies are twice those of the package: each pair counts once. <!-- mistake: each pair counts twice -->

# %% [markdown]
# ## Try it yourself
#
# - Apply the blur twice. Which single kernel of 5 × 5 does the same? Compare the parameters and the receptive fields.
# - Add normal noise with a standard deviation of 0.1 to the square and the disc. How strong is it in the map of the
#   Laplacian, with and without a blur in front? Put both into one kernel.
# - *Right minus left* is a column times a row. How many multiplications does a blur of 15 × 15 pixels cost as two
#   kernels, 15 × 1 and 1 × 15? Measure the time, too.

# %% [markdown] tags=["solution"]
# ## Commentary
#
# A convolution is a dense layer on a small window, with the same weights at every place: the window saves a factor of
# 100 here, the sharing one of 1024. Since all places are treated alike, its map moves along with the image; stride,
# pooling and the zeros at the border limit that. And a kernel is a question about a neighbourhood, whether you design
# it or training finds it.
#
# Another way to convolve: do not move the window, move the image. For each of the few pixels $(u, v)$ of the kernel,
# take the image shifted by $(u, v)$, multiply its channels by the matrix `kernels[u, v]`, and add up. That needs no
# windows in memory, and makes it plain why the map moves along.
#
# The energy needs no product $s \cdot \sum s'$ either. For spins of ±1 the sum of four neighbours lies between −4 and
# 4, so $|4s + \sum s'| = 4 + s \sum s'$, and the absolute value of $z$ is relu($z$) + relu(−$z$). So take two filters
# with ReLU, one with 4 in the middle and 1 beside it, the other its negative: with the mean $m$ of the sum of both
# maps, $u = 2 - m/2$. On 200 lattices of 16 × 16 that is equal to `energy` to the last digit. A network can find it,
# too: exercise 15 lets one try.
#
# Answers to "Try it yourself":
#
# - Blur after blur is one kernel: the outer product of (1, 2, 3, 2, 1)/9 with itself. Two kernels of 3 × 3 have the
#   field of one of 5 × 5 with 18 weights instead of 25 for each pair of channels; three have that of 7 × 7 with 27
#   instead of 49. With a ReLU between them they can do more than one kernel. Without, less: most kernels of 5 × 5 are
#   not two of 3 × 3 in a row.
# - The weights of the Laplacian have the sum of squares 20, so the noise grows from 0.1 to 0.1 · √20 = 0.45, against a
#   largest value of 2 at the corners. With the blur in front 0.063 is left, against 0.67: the signal-to-noise ratio
#   grows from 4.5 to 10.6. The single kernel is the map of the Laplacian on the blur's kernel, padded with two zeros on
#   each side.
# - With two kernels each pixel costs 30 multiplications instead of 225. The time follows where NumPy does the work: the
#   solution took about a sixth of the time for the whole photograph, 427 × 640 pixels. With Python loops over the windows two
#   kernels take longer than one, since every window is visited twice.
