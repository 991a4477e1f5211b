"""Wrong answers to exercise 13. Each cell replaces a function and names the marks it loses."""

# %% one zero on each side, whatever the kernel
# loses: test_padding_of_odd_kernels test_padding_of_even_kernels_and_strides
# says: 0 above, 0 below, 2 to the left
def pad_same(images, kernel_size, stride):
    return np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)))


# %% the zero left over goes above and to the left
# loses: test_padding_of_even_kernels_and_strides
# says: 0 above, 1 below
def pad_same(images, kernel_size, stride):
    margins = []
    for n_pixels, kernel in zip(images.shape[1:3], kernel_size):
        n_zeros = max(0, (-(-n_pixels // stride) - 1) * stride + kernel - n_pixels)
        margins.append((n_zeros - n_zeros // 2, n_zeros // 2))
    return np.pad(images, [(0, 0), *margins, (0, 0)])


# %% the padding does not know the stride
# loses: test_padding_of_even_kernels_and_strides
# says: shape
def pad_same(images, kernel_size, stride):
    margins = [((kernel - 1) // 2, kernel // 2) for kernel in kernel_size]
    return np.pad(images, [(0, 0), *margins, (0, 0)])


# %% the number of windows is rounded down
# loses: test_padding_of_even_kernels_and_strides
# says: to the right
def pad_same(images, kernel_size, stride):
    margins = []
    for n_pixels, kernel in zip(images.shape[1:3], kernel_size):
        n_zeros = max(0, (n_pixels // stride - 1) * stride + kernel - n_pixels)
        margins.append((n_zeros // 2, n_zeros - n_zeros // 2))
    return np.pad(images, [(0, 0), *margins, (0, 0)])


# %% a negative number of zeros is not thought of
# loses: test_padding_of_even_kernels_and_strides
# says: ValueError
def pad_same(images, kernel_size, stride):
    margins = []
    for n_pixels, kernel in zip(images.shape[1:3], kernel_size):
        n_zeros = (-(-n_pixels // stride) - 1) * stride + kernel - n_pixels
        margins.append((n_zeros // 2, n_zeros - n_zeros // 2))
    return np.pad(images, [(0, 0), *margins, (0, 0)])


# %% height and width of the kernel are exchanged
# loses: test_padding_of_odd_kernels test_padding_of_even_kernels_and_strides
# says: shape
def pad_same(images, kernel_size, stride):
    margins = []
    for n_pixels, kernel in zip(images.shape[1:3], kernel_size[::-1]):
        n_zeros = max(0, (-(-n_pixels // stride) - 1) * stride + kernel - n_pixels)
        margins.append((n_zeros // 2, n_zeros - n_zeros // 2))
    return np.pad(images, [(0, 0), *margins, (0, 0)])


# %% the border is continued instead of filled with zeros
# loses: test_padding_of_odd_kernels test_padding_of_even_kernels_and_strides
# says: Zeros around the image
def pad_same(images, kernel_size, stride):
    margins = []
    for n_pixels, kernel in zip(images.shape[1:3], kernel_size):
        n_zeros = max(0, (-(-n_pixels // stride) - 1) * stride + kernel - n_pixels)
        margins.append((n_zeros // 2, n_zeros - n_zeros // 2))
    return np.pad(images, [(0, 0), *margins, (0, 0)], mode="edge")


# %% the kernel is turned by 180 degrees
# loses: test_kernel_is_not_turned test_equal_to_keras
# says: upper right corner
def convolve2d(images, kernels, bias, stride=1, padding="valid"):
    if padding == "same":
        images = pad_same(images, kernels.shape[:2], stride)
    windows = np.lib.stride_tricks.sliding_window_view(images, kernels.shape[:2], axis=(1, 2))
    return np.einsum("nijcuv,uvcf->nijf", windows[:, ::stride, ::stride], kernels[::-1, ::-1]) + bias


# %% the channels are not summed
# loses: test_kernel_is_not_turned test_sum_over_channels_for_each_filter test_bias_of_each_filter test_stride_in_both_directions test_equal_to_keras
# says: array of shape (2, 5, 2, 3, 4)
def convolve2d(images, kernels, bias, stride=1, padding="valid"):
    if padding == "same":
        images = pad_same(images, kernels.shape[:2], stride)
    windows = np.lib.stride_tricks.sliding_window_view(images, kernels.shape[:2], axis=(1, 2))
    return np.einsum("nijcuv,uvcf->nijcf", windows[:, ::stride, ::stride], kernels) + bias


# %% only the first channel counts
# loses: test_sum_over_channels_for_each_filter test_equal_to_keras
# says: a sum of 18 products
def convolve2d(images, kernels, bias, stride=1, padding="valid"):
    if padding == "same":
        images = pad_same(images, kernels.shape[:2], stride)
    windows = np.lib.stride_tricks.sliding_window_view(images, kernels.shape[:2], axis=(1, 2))
    return np.einsum("nijuv,uvf->nijf", windows[:, ::stride, ::stride, 0], kernels[:, :, 0]) + bias


# %% the bias is forgotten
# loses: test_bias_of_each_filter test_equal_to_keras
# says: What the bias adds
def convolve2d(images, kernels, bias, stride=1, padding="valid"):
    if padding == "same":
        images = pad_same(images, kernels.shape[:2], stride)
    windows = np.lib.stride_tricks.sliding_window_view(images, kernels.shape[:2], axis=(1, 2))
    return np.einsum("nijcuv,uvcf->nijf", windows[:, ::stride, ::stride], kernels)


# %% the bias is added for every pixel of the window
# loses: test_bias_of_each_filter test_equal_to_keras
# says: its own bias to its map, once
def convolve2d(images, kernels, bias, stride=1, padding="valid"):
    if padding == "same":
        images = pad_same(images, kernels.shape[:2], stride)
    windows = np.lib.stride_tricks.sliding_window_view(images, kernels.shape[:2], axis=(1, 2))
    maps = np.einsum("nijcuv,uvcf->nijf", windows[:, ::stride, ::stride], kernels)
    return maps + bias * kernels.shape[0] * kernels.shape[1]


# %% maps of whole numbers where the images are
# loses: test_bias_of_each_filter
# says: whole numbers
def convolve2d(images, kernels, bias, stride=1, padding="valid"):
    if padding == "same":
        images = pad_same(images, kernels.shape[:2], stride)
    windows = np.lib.stride_tricks.sliding_window_view(images, kernels.shape[:2], axis=(1, 2))
    maps = np.einsum("nijcuv,uvcf->nijf", windows[:, ::stride, ::stride], kernels) + bias
    return maps.astype(images.dtype)


# %% the stride counts downwards only
# loses: test_stride_in_both_directions test_equal_to_keras
# says: rows and columns 0, 2, 4
def convolve2d(images, kernels, bias, stride=1, padding="valid"):
    if padding == "same":
        images = pad_same(images, kernels.shape[:2], stride)
    windows = np.lib.stride_tricks.sliding_window_view(images, kernels.shape[:2], axis=(1, 2))
    return np.einsum("nijcuv,uvcf->nijf", windows[:, ::stride], kernels) + bias


# %% the stride is not used
# loses: test_stride_in_both_directions test_equal_to_keras
# says: With stride 2
def convolve2d(images, kernels, bias, stride=1, padding="valid"):
    if padding == "same":
        images = pad_same(images, kernels.shape[:2], 1)
    windows = np.lib.stride_tricks.sliding_window_view(images, kernels.shape[:2], axis=(1, 2))
    return np.einsum("nijcuv,uvcf->nijf", windows, kernels) + bias


# %% the windows begin in the middle of the stride
# loses: test_stride_in_both_directions test_equal_to_keras
# says: windows begin at
def convolve2d(images, kernels, bias, stride=1, padding="valid"):
    if padding == "same":
        images = pad_same(images, kernels.shape[:2], stride)
    windows = np.lib.stride_tricks.sliding_window_view(images, kernels.shape[:2], axis=(1, 2))
    start = stride // 2
    return np.einsum("nijcuv,uvcf->nijf", windows[:, start::stride, start::stride], kernels) + bias


# %% the padding is not used
# loses: test_equal_to_keras
# says: padding 'same'
def convolve2d(images, kernels, bias, stride=1, padding="valid"):
    windows = np.lib.stride_tricks.sliding_window_view(images, kernels.shape[:2], axis=(1, 2))
    return np.einsum("nijcuv,uvcf->nijf", windows[:, ::stride, ::stride], kernels) + bias


# %% the map with stride is taken from the one without
# loses: test_equal_to_keras
# says: the stride 2 and the padding 'same'
def convolve2d(images, kernels, bias, stride=1, padding="valid"):
    if padding == "same":
        images = pad_same(images, kernels.shape[:2], 1)
    windows = np.lib.stride_tricks.sliding_window_view(images, kernels.shape[:2], axis=(1, 2))
    return np.einsum("nijcuv,uvcf->nijf", windows, kernels)[:, ::stride, ::stride] + bias


# %% the last window is forgotten
# loses: test_kernel_is_not_turned test_sum_over_channels_for_each_filter test_bias_of_each_filter test_stride_in_both_directions test_equal_to_keras
# says: shape
def convolve2d(images, kernels, bias, stride=1, padding="valid"):
    if padding == "same":
        images = pad_same(images, kernels.shape[:2], stride)
    height, width = kernels.shape[:2]
    rows = range(0, images.shape[1] - height, stride)
    columns = range(0, images.shape[2] - width, stride)
    windows = [[images[:, i : i + height, j : j + width] for j in columns] for i in rows]
    maps = [[np.tensordot(window, kernels, 3) for window in row] for row in windows]
    return np.moveaxis(maps, 2, 0) + bias


# %% the mean of each block
# loses: test_pool_keeps_the_largest
# says: Blocks of 2 × 2
def max_pool2d(images, size):
    n_images, height, width, n_channels = images.shape
    n_rows, n_columns = height // size, width // size
    whole = images[:, : n_rows * size, : n_columns * size]
    return whole.reshape(n_images, n_rows, size, n_columns, size, n_channels).mean(axis=(2, 4))


# %% the blocks overlap
# loses: test_pool_keeps_the_largest test_pool_drops_incomplete_blocks
# says: side by side
def max_pool2d(images, size):
    windows = np.lib.stride_tricks.sliding_window_view(images, (size, size), axis=(1, 2))
    return windows.max(axis=(-1, -2))


# %% the maximum over the channels too
# loses: test_pool_keeps_the_largest test_pool_drops_incomplete_blocks
# says: shape
def max_pool2d(images, size):
    n_images, height, width, n_channels = images.shape
    n_rows, n_columns = height // size, width // size
    whole = images[:, : n_rows * size, : n_columns * size]
    return whole.reshape(n_images, n_rows, size, n_columns, size, n_channels).max(axis=(2, 4, 5))


# %% the search for the largest begins at zero
# loses: test_pool_keeps_the_largest
# says: here all values are negative
def max_pool2d(images, size):
    n_images, height, width, n_channels = images.shape
    n_rows, n_columns = height // size, width // size
    whole = images[:, : n_rows * size, : n_columns * size]
    blocks = whole.reshape(n_images, n_rows, size, n_columns, size, n_channels)
    return blocks.max(axis=(2, 4), initial=0)


# %% blocks of two, whatever the size
# loses: test_pool_keeps_the_largest test_pool_drops_incomplete_blocks
# says: Blocks of 3 × 3
def max_pool2d(images, size):
    n_images, height, width, n_channels = images.shape
    whole = images[:, : height // 2 * 2, : width // 2 * 2]
    return whole.reshape(n_images, height // 2, 2, width // 2, 2, n_channels).max(axis=(2, 4))


# %% incomplete blocks are not thought of
# loses: test_pool_drops_incomplete_blocks
# says: cannot reshape
def max_pool2d(images, size):
    n_images, height, width, n_channels = images.shape
    blocks = images.reshape(n_images, height // size, size, width // size, size, n_channels)
    return blocks.max(axis=(2, 4))


# %% incomplete blocks count
# loses: test_pool_drops_incomplete_blocks
# says: is dropped
def max_pool2d(images, size):
    rows, columns = range(0, images.shape[1], size), range(0, images.shape[2], size)
    maxima = [[images[:, i : i + size, j : j + size].max(axis=(1, 2)) for j in columns] for i in rows]
    return np.moveaxis(maxima, 2, 0)


# %% one window is missing
# loses: test_size_without_padding
# says: the last one at pixel
def output_size(size, kernel, stride, padding):
    return -(-size // stride) if padding == "same" else (size - kernel) // stride


# %% a window that does not fit counts as well
# loses: test_size_without_padding
# says: the last one at pixel
def output_size(size, kernel, stride, padding):
    return -(-size // stride) if padding == "same" else -(-(size - kernel) // stride) + 1


# %% a fraction of a window
# loses: test_size_without_padding test_size_with_padding
# says: returned
def output_size(size, kernel, stride, padding):
    return size / stride if padding == "same" else (size - kernel) / stride + 1


# %% with padding the number of windows is rounded down
# loses: test_size_with_padding
# says: One window for every pixel
def output_size(size, kernel, stride, padding):
    return size // stride if padding == "same" else (size - kernel) // stride + 1


# %% the padding is ignored
# loses: test_size_with_padding
# says: One window for every pixel
def output_size(size, kernel, stride, padding):
    return (size - kernel) // stride + 1


# %% parameters without the biases
# loses: test_number_of_parameters
# says: each filter has a bias
def count_parameters(kernel, channels, filters):
    return kernel**2 * channels * filters


# %% parameters without the channels
# loses: test_number_of_parameters
# says: The kernels have the shape (5, 5, 3, 8)
def count_parameters(kernel, channels, filters):
    return filters * (kernel**2 + 1)


# %% a bias for each channel
# loses: test_number_of_parameters
# says: each filter has a bias
def count_parameters(kernel, channels, filters):
    return kernel**2 * channels * filters + channels


# %% the receptive field does not know the strides
# loses: test_receptive_field
# says: between two neighbours
def receptive_field(layers):
    return 1 + sum(kernel - 1 for kernel, _ in layers)


# %% only the last stride counts
# loses: test_receptive_field
# says: between two neighbours
def receptive_field(layers):
    field, distance = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * distance
        distance = stride
    return field


# %% the stride of a layer widens its own kernel
# loses: test_receptive_field
# says: between two neighbours
def receptive_field(layers):
    field, distance = 1, 1
    for kernel, stride in layers:
        distance *= stride
        field += (kernel - 1) * distance
    return field


# %% the product of the kernels
# loses: test_receptive_field
# says: Expected 5
def receptive_field(layers):
    field = 1
    for kernel, _ in layers:
        field *= kernel
    return field


# %% the Laplacian with the other sign
# loses: test_laplacian_of_polynomials
# says: x² + y² is -4
def laplace_kernel():
    return np.array([[0.0, -1.0, 0.0], [-1.0, 4.0, -1.0], [0.0, -1.0, 0.0]])


# %% all eight neighbours with the same weight
# loses: test_laplacian_of_polynomials
# says: x² + y² is 12
def laplace_kernel():
    return np.array([[1.0, 1.0, 1.0], [1.0, -8.0, 1.0], [1.0, 1.0, 1.0]])


# %% the second derivative along one direction only
# loses: test_laplacian_of_polynomials
# says: the same along a column
def laplace_kernel():
    return np.array([[0.0, 0.0, 0.0], [1.0, -2.0, 1.0], [0.0, 0.0, 0.0]])


# %% the product of the two second differences
# loses: test_laplacian_of_polynomials
# says: x² + y² is 0
def laplace_kernel():
    return np.outer([1.0, -2.0, 1.0], [1.0, -2.0, 1.0])


# %% a kernel as a list
# loses: test_laplacian_of_polynomials
# says: list
def laplace_kernel():
    return [[0, 1, 0], [1, -4, 1], [0, 1, 0]]


# %% the spin is its own neighbour
# loses: test_four_neighbours
# says: the middle and the corners do not
def neighbour_kernel():
    return np.array([[0.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 0.0]])


# %% eight neighbours
# loses: test_four_neighbours
# says: the middle and the corners do not
def neighbour_kernel():
    return np.array([[1.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0]])


# %% each pair counts twice
# loses: test_energy_of_lattices
# says: 32 pairs, those around the edges included
def ising_energy(spins):
    kernels = neighbour_kernel()[:, :, np.newaxis, np.newaxis]
    neighbours = convolve2d(wrap(spins)[..., np.newaxis], kernels, np.zeros(1))[..., 0]
    return -np.mean(spins * neighbours, axis=(1, 2))


# %% zeros beyond the edge
# loses: test_energy_of_lattices
# says: 32 pairs, those around the edges included
def ising_energy(spins):
    kernels = neighbour_kernel()[:, :, np.newaxis, np.newaxis]
    neighbours = convolve2d(spins[..., np.newaxis], kernels, np.zeros(1), padding="same")[..., 0]
    return -np.mean(spins * neighbours, axis=(1, 2)) / 2


# %% the energy of the magnetization
# loses: test_energy_of_lattices
# says: each with the energy 1
def ising_energy(spins):
    return -2 * spins.mean(axis=(1, 2)) ** 2


# %% one energy for all lattices
# loses: test_energy_of_lattices
# says: returned
def ising_energy(spins):
    kernels = neighbour_kernel()[:, :, np.newaxis, np.newaxis]
    neighbours = convolve2d(wrap(spins)[..., np.newaxis], kernels, np.zeros(1))[..., 0]
    return -np.mean(spins * neighbours) / 2


# %% the sum over the spins instead of the mean
# loses: test_energy_of_lattices
# says: Expected
def ising_energy(spins):
    kernels = neighbour_kernel()[:, :, np.newaxis, np.newaxis]
    neighbours = convolve2d(wrap(spins)[..., np.newaxis], kernels, np.zeros(1))[..., 0]
    return -np.sum(spins * neighbours, axis=(1, 2)) / 2


# %% the sign of the energy is forgotten
# loses: test_energy_of_lattices
# says: Expected [-2.]
def ising_energy(spins):
    kernels = neighbour_kernel()[:, :, np.newaxis, np.newaxis]
    neighbours = convolve2d(wrap(spins)[..., np.newaxis], kernels, np.zeros(1))[..., 0]
    return np.mean(spins * neighbours, axis=(1, 2)) / 2


# %% a letter that is no choice
# loses: test_prediction_of_the_edges
# says: none of the choices a, b, c
PREDICTIONS = {"edges": "z"}


# %% pooling moves along
# loses: test_equivariant
# says: 0.81
ANSWERS = {"equivariant": "a", "why_fewer": "a", "order": "b"}


# %% a convolution is equivariant, whatever its stride
# loses: test_equivariant
# says: every second window
ANSWERS = {"equivariant": "b", "why_fewer": "a", "order": "b"}


# %% fewer weights by looking at nine pixels
# loses: test_why_fewer
# says: the first factor
ANSWERS = {"equivariant": "c", "why_fewer": "b", "order": "b"}


# %% fewer weights by pooling
# loses: test_why_fewer
# says: no pooling
ANSWERS = {"equivariant": "c", "why_fewer": "c", "order": "b"}


# %% ReLU spoils the maximum
# loses: test_order
# says: both ways give 0
ANSWERS = {"equivariant": "c", "why_fewer": "a", "order": "a"}


# %% the map has the type of the kernels
# loses: test_kernel_is_not_turned
# says: of whole numbers here
def convolve2d(images, kernels, bias, stride=1, padding="valid"):
    if padding == "same":
        images = pad_same(images, kernels.shape[:2], stride)
    windows = np.lib.stride_tricks.sliding_window_view(images, kernels.shape[:2], axis=(1, 2))
    maps = np.einsum("nijcuv,uvcf->nijf", windows[:, ::stride, ::stride], kernels)
    return maps.astype(kernels.dtype) + bias


# %% the list of layers is used up
# loses: test_receptive_field
# says: Work on a copy
def receptive_field(layers):
    field = 1
    while layers:
        kernel, stride = layers.pop()
        field = (field - 1) * stride + kernel
    return field


# %% strides are added instead of multiplied
# loses: test_receptive_field
# says: Expected 12
def receptive_field(layers):
    field, distance = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * distance
        distance += stride - 1
    return field


# %% every stride counts as 2
# loses: test_receptive_field
# says: Expected 8
def receptive_field(layers):
    field, n_halved = 1, 0
    for kernel, stride in layers:
        field += (kernel - 1) * 2**n_halved
        n_halved += stride > 1
    return field
